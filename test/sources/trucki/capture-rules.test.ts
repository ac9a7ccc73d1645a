import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Masker } from '../../../src/capture/masker.ts';
import { captureRules } from '../../../src/sources/trucki/capture-rules.ts';
import { numberRows, powerWords } from '../../../src/sources/trucki/keys.ts';
import { charger, normalDay, silentNight, threeInverters } from './samples.ts';

function mask(answer: unknown): string {
  const exchange = { method: 'GET', path: '/jsonlive', params: [], status: 200, complete: true };
  const [masked] = new Masker(captureRules, {}).mask([{ ...exchange, body: JSON.stringify(answer) }]);
  return masked?.body ?? '';
}

test('no measured value and no word of a stick is masked', () => {
  for (const answer of [normalDay, silentNight, threeInverters, charger])
    assert.equal(mask(answer), JSON.stringify(answer));
  for (const { key } of numberRows) {
    for (const value of [12.5, '12.5', '-880.10 W', ' 0', '53']) {
      const answer = { [key]: value };
      assert.equal(mask(answer), JSON.stringify(answer));
    }
  }
  for (const key of ['ACPOWER', 'ACPOWERSUN2', 'METERPOWER', 'ZEPCPOWER'])
    for (const word of powerWords) assert.equal(mask({ [key]: word }), JSON.stringify({ [key]: word }));
});

test('what a stick knows of its owner is masked', () => {
  const secrets = {
    WIFIPASS: '12345678',
    BEARER: 'ey.ab.cd',
    MQTT_USER: 'jane',
    SSID: 'Jane at home',
    DEVICENAME: 'Janes stick',
    LOCALIP: '192.168.7.3',
    BSSID: '02:42:AC:11:00:02',
    METERURL: 'http://meter.fritz.box/rpc?password=abc',
    JSONKEYS: 'jane,total',
    NTPSERVER: 'fritz.box',
    TIMEZONE: 'CET-1CEST',
  };
  const masked = mask(secrets);
  for (const value of Object.values(secrets)) assert.ok(!masked.includes(value), value);
  assert.deepEqual(Object.keys(JSON.parse(masked)), Object.keys(secrets));
});

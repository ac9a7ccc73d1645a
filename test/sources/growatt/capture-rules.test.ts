import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Masker } from '../../../src/capture/masker.ts';
import { captureRules } from '../../../src/sources/growatt/capture-rules.ts';
import { busFamilies } from '../../../src/sources/growatt/families/bus.ts';
import { families } from '../../../src/sources/growatt/families/index.ts';
import { v4Families } from '../../../src/sources/growatt/families/v4.ts';

function mask(answer: unknown): string {
  const exchange = { method: 'GET', path: '/v1/plant/list', params: [], status: 200, complete: true };
  const [masked] = new Masker(captureRules, {}).mask([{ ...exchange, body: JSON.stringify(answer) }]);
  return masked?.body ?? '';
}

test('no quantity of any family is masked, whether it comes as a number or as text', () => {
  const all = [...families.values(), ...v4Families.values(), ...busFamilies.map(({ family }) => family)];
  const keys = all.flatMap(({ fields }) =>
    fields.flatMap(([, spelled]) => spelled.match(/[a-z]\w*/gi) ?? []),
  );
  assert.ok(keys.length > 300);
  for (const key of [...new Set(keys)]) {
    for (const value of [12.5, 1234567, '12.5', '1234567', '12 W']) {
      const answer = { [key]: value };
      assert.equal(mask(answer), JSON.stringify(answer));
    }
  }
});

test('what calls say of themselves and what a reading needs is not masked', () => {
  const answer = {
    error_code: 10012,
    error_msg: 'error_frequently_access',
    message: 'FREQUENTLY_ACCESS',
    time: '2025-06-12 11:06:34',
    timezone: 'GMT+1',
    statusText: 'Battery Online',
    model: 'MIN 6000TL-XH',
    device_name: 'Eastron SDM630',
    deviceType: 'sph-s',
    fwVersion: 'AL1.0',
    device_sn: 'AMMETER',
    datalog_sn: 'ENV_DEVICE',
    uwSysWorkMode: 5,
    create_date: '2023-05-02',
    lost: 'true',
    latitude: '',
    user_id: 0,
  };
  assert.equal(mask(answer), JSON.stringify(answer));
});

test('people, places and serial numbers are masked, under whatever key a family has for them', () => {
  const personal = {
    plant_id: 1234567,
    user_id: '223344',
    name: 'Dach Süd',
    plant_name: 'Dach 1',
    alias: 'Garage',
    deviceAlias: 'Keller',
    userName: 'jane',
    nickname: 'meter of jane',
    device_sn: 'METER123',
    city: 'Musterstadt',
    country: 'Germany',
    plant_address1: 'Hauptstr. 1',
    address: 'Hauptstr. 2',
    latitude: '52.51',
    plant_lng: 13.37,
    installer: 'Solar Müller GmbH',
    operator: '4711',
    email: 'jane@example.org',
    phone_num: '0171 234567',
    serialNum: 'ABC1234567',
    dataLogSn: 'XGD1A23456',
    datalog_sn: 'XGD1A23457',
    inverterId: 'GHI1112223',
    tlxs: ['MIN0000001', 'MIN0000002'],
    datalogs: 'XGD1A23458',
    image_url: 'http://cdn.example.org/jane.png',
    token: '0123456789abcdef',
    somethingNew: 'written by the owner',
  };
  const masked = mask(personal);
  for (const value of Object.values(personal).flat())
    assert.ok(!masked.includes(JSON.stringify(value)), String(value));
  assert.deepEqual(Object.keys(JSON.parse(masked)), Object.keys(personal));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/base/duration.ts';
import { hostAddress, listenAddress, urlWithCredentials } from '../../src/settings/addresses.ts';
import { nearest } from '../../src/settings/nearest.ts';
import { load } from './support.ts';

test('durations are read with each unit and as a sum', () => {
  const forms = {
    '500ms': 500,
    '5s': 5000,
    '5m': 300_000,
    '1h': 3_600_000,
    '1d': 86_400_000,
    '1h30m': 5_400_000,
  };
  for (const [text, ms] of Object.entries(forms)) assert.equal(parseDuration(text), ms);
  assert.equal(parseDuration('0'), 0);
  assert.equal(parseDuration('2.5s'), 2500);
  for (const text of ['', '5', '-5s', '5 s', '5S', '1w', '.5s', '1e3s', 's']) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test('a duration that was written is read back as the same', () => {
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
});

test('listen addresses are a port with or without a host', () => {
  assert.deepEqual(listenAddress.parse(':9120'), { host: undefined, port: 9120 });
  assert.deepEqual(listenAddress.parse('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
  assert.deepEqual(listenAddress.parse('[::1]:65535'), { host: '::1', port: 65_535 });
  for (const text of [':9120', '127.0.0.1:0', '[::1]:65535']) {
    assert.equal(listenAddress.show(listenAddress.parse(text)!), text);
  }
  for (const text of ['9120', ':', ':-1', ':65536', '::1:80', '[1.2.3.4]:80', 'http://x:80', 'a b:80']) {
    assert.equal(listenAddress.parse(text), undefined, text);
  }
});

test('a stick’s address is a host with or without a port and nothing else', () => {
  for (const text of ['192.168.1.40', 'shed.local:8080', 'T2SG_1a', '[fe80::1]', '[::1]:80']) {
    assert.equal(hostAddress.parse(text), text);
  }
  const wrong = [
    '',
    'http://h',
    'h/json',
    'h?x=1',
    'h#x',
    'u@h',
    'h:0',
    'h:65536',
    'h:',
    '::1',
    '[x]',
    '300.1.1.1',
    'a b',
  ];
  for (const text of wrong) assert.equal(hostAddress.parse(text), undefined, text);
});

test('a Pushgateway’s address is http or https without a query', () => {
  assert.equal(urlWithCredentials.parse('http://u:p@h:1/'), 'http://u:p@h:1');
  for (const text of ['h:1', 'ftp://h', 'http://', 'http://h?x', 'http://h#x', 'http://h /']) {
    assert.equal(urlWithCredentials.parse(text), undefined, text);
  }
});

test('switches are read in each of their words', () => {
  const enabled = (text: string) =>
    load(undefined, { TRUCKI_TARGETS: 'a', COLLECT_HISTORY: text }).sources.growatt.history.enabled;
  assert.deepEqual(['true', 'Yes', '1', 'false', 'NO', '0'].map(enabled), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('a mistyped word leads to the nearest one, a strange word to none', () => {
  const words = ['interval', 'password', 'targets'];
  assert.equal(nearest('intrval', words), 'interval');
  assert.equal(nearest('tragets', words), 'targets');
  assert.equal(nearest('colour', words), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseUptime, parseValue } from '../../../src/sources/trucki/parse.ts';

test('a number may be bare or quoted, with or without a unit', () => {
  const accepted: [unknown, number][] = [
    [234.2, 234.2],
    [0, 0],
    ['234.2', 234.2],
    [' 0', 0],
    ['880.10 W', 880.1],
    ['230W', 230],
    ['-5.1', -5.1],
    ['-50.19 W', -50.19],
    ['53 ms', 53],
    ['24.5 V', 24.5],
    ['12.47 A', 12.47],
    ['95 %', 95],
    ['46.5 °C', 46.5],
    ['1.2 kWh', 1.2],
  ];
  for (const [given, number] of accepted) assert.deepEqual(parseValue(given), { number }, String(given));
});

test('a missing or empty value is absent, an unreadable one is bad', () => {
  for (const nothing of [undefined, null, '', '  ']) assert.equal(parseValue(nothing), undefined);
  const bad = [
    ...[
      '1,5',
      '0x10',
      '1e3',
      '12 parsecs',
      '1.2.3',
      '--1',
      '.',
      '5.',
      '<b>',
      'nan W',
      'inf W',
      '-inf',
      'NaN',
    ],
    ...[Number.NaN, Number.POSITIVE_INFINITY, true, [1], { W: 1 }],
    ...[`9${'0'.repeat(400)}`, 'x'.repeat(50), 'not\u0000found', 'not\u001b[31mfound'],
  ];
  for (const given of bad) assert.equal(parseValue(given), 'bad', JSON.stringify(given));
});

test('words come through as they are', () => {
  for (const word of ['not found', 'VBat low', 'LINKED', 'CONNECTING...', 'CONNECTION_LOST', '(ENABLED) 1']) {
    assert.deepEqual(parseValue(word), { word });
  }
});

test('whatever comes is a finite number, a plain word, bad or nothing', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withObjectString: true }), (given) => {
      const field = parseValue(given);
      if (field === undefined || field === 'bad') return;
      if (field.word === undefined) assert.ok(Number.isFinite(field.number));
      else assert.match(field.word, /^[\x20-\x7e]{1,41}$/);
    }),
  );
});

test('every number that a stick can print is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e7, max: 1e7 }), fc.constantFrom(' W', 'W', ' V', ''), (cents, unit) => {
      assert.deepEqual(parseValue(`${(cents / 100).toFixed(2)}${unit}`), { number: cents / 100 });
    }),
  );
});

test('an uptime is days and a time of day', () => {
  assert.equal(parseUptime('03d 14:07:58'), 3 * 86_400 + 14 * 3600 + 7 * 60 + 58);
  assert.equal(parseUptime('00d 00:00:00'), 0);
  assert.equal(parseUptime('412d 00:00:01'), 412 * 86_400 + 1);
  for (const other of ['14:07:58', '3d', '03d 14:07', '', 5, null, undefined, '999999d 00:00:00']) {
    assert.equal(parseUptime(other), undefined);
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCode, parseNumber, parseText } from '../../../src/sources/growatt/numbers.ts';

test('numbers come as JSON numbers or as text', () => {
  assert.equal(parseNumber(45), 45);
  assert.equal(parseNumber('45'), 45);
  assert.equal(parseNumber(' 91.8 '), 91.8);
  assert.equal(parseNumber('-12.5'), -12.5);
  assert.equal(parseNumber('+3'), 3);
  assert.equal(parseNumber('.5'), 0.5);
  assert.equal(parseNumber('1.5e3'), 1500);
  assert.equal(parseNumber(0), 0);
  assert.equal(parseNumber('0'), 0);
});

test('an absent number is undefined, never 0', () => {
  for (const absent of [undefined, null, '', '  ', 'null', 'NULL', 'N/A', 'n/a', '-', '--']) {
    assert.equal(parseNumber(absent), undefined, JSON.stringify(absent));
  }
});

test('the markers for "not available" are undefined, as numbers and as text', () => {
  for (const marker of [-1, -0.5, -0.1, -0.01, '-1', '-0.1', '-0.10', '-1.0']) {
    assert.equal(parseNumber(marker), undefined, JSON.stringify(marker));
  }
  assert.equal(parseNumber(-2), -2);
  assert.equal(parseNumber(-0.2), -0.2);
});

test('what is neither a number nor absent is bad', () => {
  const bad = ['abc', '12 W', '1,5', '1e400', '0x10', 'NaN', 'Infinity', true, {}, [], [1]];
  for (const value of [...bad, Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e300, JSON.parse('1e400')]) {
    assert.equal(parseNumber(value), 'bad', JSON.stringify(value));
  }
});

test('the noise of 32-bit floats is taken away', () => {
  assert.equal(parseNumber(21.600000381469727), 21.6);
  assert.equal(parseNumber(0.30000001192092896), 0.3);
  assert.equal(parseNumber(50.0099983215332), 50.01);
  assert.equal(parseNumber(210345.59375), 210345.6);
  assert.equal(parseNumber('505.8999938964844'), 505.9);
  assert.equal(parseNumber(Math.fround(-12.3)), -12.3);
});

test('seven digits of a 32-bit float count, whatever its size and sign', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), (float) => {
      const expected = Math.round(Number(float.toPrecision(7)) * 10_000) / 10_000;
      const isMarker = [-1, -0.5, -0.1, -0.01, -0.001].includes(expected);
      assert.ok(parseNumber(float) === (isMarker ? undefined : expected));
    }),
    { numRuns: 2000 },
  );
  const decimals = fc.tuple(
    fc.integer({ min: -10_000_000, max: 10_000_000 }),
    fc.constantFrom(1, 10, 100, 1000, 10_000),
  );
  fc.assert(
    fc.property(decimals, ([digits, unit]) => {
      const number = parseNumber(Math.fround(digits / unit));
      const expected = Math.round(Number(Math.fround(digits / unit).toPrecision(7)) * 10_000) / 10_000;
      assert.ok((number ?? expected) === expected);
    }),
    { numRuns: 2000 },
  );
});

test('integers and large totals keep all of their digits', () => {
  assert.equal(parseNumber(16777217), 16777217);
  assert.equal(parseNumber('123456789'), 123456789);
  assert.equal(parseNumber(12345678.9), 12345678.9);
  assert.equal(parseNumber(10568.9), 10568.9);
});

test('codes are integers, -1 included', () => {
  assert.equal(parseCode(5), 5);
  assert.equal(parseCode('10012'), 10012);
  assert.equal(parseCode(-1), -1);
  assert.equal(parseCode(' -1 '), -1);
  for (const none of ['', 'x', '1.5', 1.5, null, undefined, true, {}, 1e300]) {
    assert.equal(parseCode(none), undefined, JSON.stringify(none));
  }
});

test('texts for labels have no control characters, no padding and a limit', () => {
  assert.equal(parseText('   PV Inverter  '), 'PV Inverter');
  assert.equal(parseText('\u0000\u0000-0'), '-0');
  assert.equal(parseText('a\nb\u001b[31mc\u202ed'), 'a b [31mc d');
  assert.equal(parseText(1234567), '1234567');
  assert.equal(parseText('x'.repeat(1000)).length, 200);
  for (const none of [null, undefined, {}, [], true]) assert.equal(parseText(none), '');
});

test('a text of a million characters is no number, and takes no time', () => {
  const digits = '9'.repeat(1_000_000);
  const before = process.cpuUsage().user;
  for (const text of [digits, `${digits}x`, `${digits}.${digits}x`, `${' '.repeat(1_000_000)}x`]) {
    assert.equal(parseNumber(text), 'bad');
    assert.equal(parseCode(text), undefined);
    assert.ok(parseText(text).length <= 200);
  }
  assert.ok(process.cpuUsage().user - before < 1e6, 'less than a second');
});

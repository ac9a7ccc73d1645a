import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printable, printableJson } from '../../src/base/printable.ts';

/** Characters that terminals, editors and pages act on. */
const hostile = fc.constantFrom(
  '\u001b[31m',
  '\u009b2J',
  '\r',
  '\n',
  '\u0000',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\u{e0001}',
  'ü',
  '😀',
  '"',
  '\\',
);
const text = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''));
const ACTED_ON = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/u;

test('a printable text has nothing that a terminal acts on, and all else', () => {
  fc.assert(
    fc.property(text, (given) => {
      const shown = printable(given);
      assert.doesNotMatch(shown, ACTED_ON);
      assert.equal([...shown].length, [...given].length);
    }),
  );
  assert.equal(printable('Dach Süd 😀\u202e\u001b[31m'), 'Dach Süd 😀  [31m');
});

test('a printable JSON text means the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), text, (value, key) => {
      const json = JSON.stringify({ [key]: value, text: key });
      assert.doesNotMatch(printableJson(json), ACTED_ON);
      assert.deepEqual(JSON.parse(printableJson(json)), JSON.parse(json));
    }),
  );
});

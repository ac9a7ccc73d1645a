import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { legacyRows, numberRows } from '../../../src/sources/trucki/keys.ts';
import { readAnswer } from '../../../src/sources/trucki/readings.ts';
import { valuesOf } from '../../helpers/context.ts';

type Keys = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, number | null>>;

/**
 * An answer in which no key is 0 and no two are equal, written by hand, and what must come of it; of metrics with the
 * label `state` only the present state. In the variants, null stands for a key that is missing and a value that ends.
 */
const { answer, values, legacy, variants } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'answer.json'), 'utf8'),
) as { answer: Keys; values: Values; legacy: Values; variants: readonly { change: Keys; values: Values }[] };

function read(body: Keys, legacyNames = false): Values {
  const reading = readAnswer('stick', body, legacyNames);
  assert.deepEqual(reading.rejections, []);
  const entries = Object.entries(valuesOf(reading));
  return Object.fromEntries(entries.filter(([name, value]) => value !== 0 || !name.includes('{state=')));
}

test('each quantity is read from its key', () => {
  assert.deepEqual(read(answer), values);
});

test('each legacy name is read from its key', () => {
  assert.deepEqual(read(answer, true), { ...values, ...legacy });
});

for (const { change, values: changed } of variants) {
  test(`${JSON.stringify(change)} changes its own values and no others`, () => {
    const expected = Object.entries({ ...values, ...changed }).filter(([, value]) => value !== null);
    assert.deepEqual(read({ ...answer, ...change }), Object.fromEntries(expected));
  });
}

test('every key of the tables has a number of its own in the answer', () => {
  for (const { key } of [...numberRows, ...legacyRows]) assert.ok(key in answer, key);
  const numbers = Object.values(answer).map((value) => Number.parseFloat(String(value)));
  assert.ok(!numbers.includes(0));
  assert.equal(new Set(numbers).size, numbers.length);
});

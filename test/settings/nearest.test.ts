import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from '../../src/settings/nearest.ts';

test('letters that are missing, added, changed or swapped count as one edit each', () => {
  const cases: [string, string, number][] = [
    ['region', 'region', 0],
    ['regon', 'region', 1],
    ['reegion', 'region', 1],
    ['regian', 'region', 1],
    ['reigon', 'region', 1],
    ['', 'region', 6],
    ['token', 'region', 5],
  ];
  for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

test('words that are further apart than asked for are told from those that are not, without measuring them', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), maxLength: 9 });
  fc.assert(
    fc.property(word, word, fc.nat({ max: 9 }), (a, b, most) => {
      const distance = editDistance(a, b);
      const limited = editDistance(a, b, most);
      if (distance <= most) assert.equal(limited, distance);
      else assert.ok(limited > most, `${limited}`);
    }),
  );
});

test('the nearest word is named, and none where all are far away', () => {
  const words = ['region', 'token', 'plants'];
  assert.equal(nearest('regoin', words), 'region');
  assert.equal(nearest('TOKN', words), 'token');
  assert.equal(nearest('interval', words), undefined);
});

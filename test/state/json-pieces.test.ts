import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonPieces } from '../../src/state/json-pieces.ts';

test('the pieces of any value are its JSON text', () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 8, withNullPrototype: false }), (value) => {
      assert.deepEqual(JSON.parse([...jsonPieces(value)].join('')), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what is undefined is left out of objects, and null in lists', () => {
  const value = { a: undefined, list: [undefined, { b: undefined }], empty: {}, none: [] };
  assert.equal([...jsonPieces(value)].join(''), JSON.stringify(value));
});

test('the text of a big account comes in pieces of some ten thousand characters', () => {
  const entity = {
    totals: {},
    readings: Array.from({ length: 40 }, (_, i) => ({ metric: `m${i}`, value: i })),
  };
  const entities = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`device/${i}`, entity]));
  const pieces = [...jsonPieces({ source: {}, entities })];
  assert.ok(pieces.every(({ length }) => length < 64 * 1024));
  assert.ok(pieces.length > 20);
});

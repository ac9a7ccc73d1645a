import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf } from '../src/catalogue.ts';
import { quantities, sourceOfStick, titleOf } from '../src/kind-overviews.ts';
import { kinds } from '../src/kinds.ts';

test('what the page shows are metrics of the catalogue', () => {
  for (const metric of Object.keys(quantities)) assert.equal(definitionOf(metric).name, metric);
});

test('a source of each kind has a name for people, and a source of another kind keeps its own', () => {
  for (const kind of Object.keys(kinds)) assert.match(titleOf(`${kind}/roof`), /^[A-Z].* roof/, kind);
  assert.equal(titleOf('growatt/default'), 'Growatt account');
  assert.equal(titleOf('forecast/1234567'), 'forecast/1234567');
});

test('the source that reads a stick is known by its name', () => {
  assert.equal(sourceOfStick('shed'), 'trucki/shed');
});

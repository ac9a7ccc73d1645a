import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf } from '../src/catalogue.ts';
import { quantities, sourceOfStick, titleOf } from '../src/kind-overviews.ts';
import { parts } from '../src/kinds.ts';

test('what the page shows are metrics of the catalogue', () => {
  for (const metric of Object.keys(quantities)) assert.equal(definitionOf(metric).name, metric);
});

test('a source of each part has a name for people, and a source of another one keeps its own', () => {
  for (const part of Object.keys(parts)) assert.match(titleOf(`${part}/roof`), /^[A-Z].* roof/, part);
  assert.equal(titleOf('growatt/default'), 'Growatt account');
  assert.equal(titleOf('other/1234567'), 'other/1234567');
});

test('the source that reads a stick is known by its name', () => {
  assert.equal(sourceOfStick('shed'), 'trucki/shed');
});

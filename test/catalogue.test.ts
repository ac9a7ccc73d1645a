import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogue, definitionOf } from '../src/catalogue.ts';
import { metricsReference } from '../src/docs/metrics.ts';
import { UNITS } from '../src/model/metric.ts';
import { busFamilies } from '../src/sources/growatt/families/bus.ts';
import { families } from '../src/sources/growatt/families/index.ts';
import { v4Families } from '../src/sources/growatt/families/v4.ts';
import { legacyRows, numberRows } from '../src/sources/trucki/keys.ts';
import { ownCatalogue } from '../src/telemetry/own-catalogue.ts';

test('docs/metrics.md is what `npm run docs` makes of the catalogue', () => {
  const page = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8');
  assert.equal(page, metricsReference());
});

test('every metric has a legal name of its own and a sentence of help', () => {
  const names = [...catalogue.map(({ name }) => name), ...Object.keys(ownCatalogue)];
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z][a-z0-9_]*$/);
  for (const { name, help } of catalogue) assert.match(help, /\.$/, name);
});

test('lifetime energies are counters that keep their names, all else are gauges', () => {
  const counters = catalogue.filter(({ kind }) => kind === 'counter').map(({ name }) => name);
  assert.ok(counters.includes('growatt_energy_total_kwh'));
  for (const name of counters) assert.match(name, /_total_kwh$/);
});

test('every row of every field table names a metric of the catalogue, with its labels', () => {
  const tables = [...families.values(), ...v4Families.values(), ...busFamilies.map(({ family }) => family)];
  for (const { word, fields } of tables) {
    for (const [metric, , labels = {}] of fields) {
      const allowed = definitionOf(metric).labels;
      for (const label of Object.keys(labels))
        assert.ok(allowed.includes(label), `${word} ${metric} ${label}`);
    }
  }
  for (const { metric } of [...numberRows, ...legacyRows]) assert.ok(definitionOf(metric));
});

test('a metric states the unit that its name ends with, and none where the name has none', () => {
  for (const { name, unit } of catalogue) {
    const words = UNITS.filter((word) => name.endsWith(`_${word}`));
    // Of meters_per_second and seconds the longer one is meant.
    const word = words.toSorted((a, b) => b.length - a.length)[0] ?? '';
    assert.equal(unit, word, name);
  }
});

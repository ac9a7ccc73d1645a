import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogue, definitionOf, definitionsOf } from '../src/catalogue.ts';
import { examples, kindPages } from '../src/docs/checked-answers.ts';
import { metricsReference } from '../src/docs/metrics.ts';
import { define, type MetricGroup, UNITS } from '../src/model/metric.ts';
import { allFamilies, familiesOf } from '../src/sources/growatt/families/all.ts';
import { legacyRows, numberRows } from '../src/sources/trucki/keys.ts';
import { ownCatalogue } from '../src/telemetry/own-catalogue.ts';

test('docs/metrics.md is what `npm run docs` makes of the catalogue', () => {
  const page = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8');
  assert.equal(page, metricsReference(examples()));
});

test('docs/families.md is what `npm run docs` makes of the field tables and the cases', async () => {
  for (const [path, text] of Object.entries(await kindPages()))
    assert.equal(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'), text);
});

test('a group of metrics that two kinds share is listed and described once, a group of its own with its texts', () => {
  const group = (title: string, name: string): MetricGroup => ({
    title,
    definitions: define({}, [[name, 'A number.', { validity: 'today' }]]),
  });
  const shared = group('Shared', 'shared_metric');
  const one = { title: 'One', metrics: [shared], metricsDocs: { sourceNames: '`one/NAME`' } };
  const two = {
    title: 'Two',
    metrics: [shared, { ...group('Own', 'own_metric'), introduction: 'About these.' }],
    metricsDocs: {
      sourceNames: '`two/NAME`',
      introduction: 'About two.',
      valid: { today: 'instant' },
      familiesOf: (metric: string) => [`family of ${metric}`, 'b'],
    },
  };
  assert.deepEqual(
    definitionsOf([one, two]).map(({ name }) => name),
    ['shared_metric', 'own_metric'],
  );
  const page = metricsReference(new Map([['shared_metric', 12.5]]), [one, two]);
  const headings = page.split('\n').filter((line) => line.startsWith('#'));
  assert.deepEqual(headings, [
    '# Metrics',
    '## One',
    '### Shared',
    '## Two',
    '### Own',
    '## The agent itself',
  ]);
  assert.ok(page.includes('## Two\n\nAbout two.\n\n### Own\n\nAbout these.\n\n| Metric |'));
  assert.ok(page.includes('| `shared_metric` | A number. | gauge |  |  | 12.5 | today |\n'));
  assert.ok(
    page.includes('| `own_metric` | A number. | gauge |  |  |  | instant | family of own_metric, b |\n'),
  );
  assert.ok(page.includes('The label `source` is `one/NAME`; `two/NAME`.'));
});

test('every metric has an example that is in its range', () => {
  const values = examples();
  for (const { name, example, range } of catalogue) {
    if (/_pv([3-9]|1\d)_/.test(name)) continue;
    const value = values.get(name) ?? example;
    assert.ok(value !== undefined, name);
    if (range) assert.ok(value >= range[0] && value <= range[1], `${name} ${value}`);
  }
});

test('a metric is of the families whose tables have it', () => {
  assert.deepEqual(familiesOf('growatt_device_info'), ['all']);
  assert.deepEqual(familiesOf('growatt_meter_power_watts'), ['meter']);
  assert.deepEqual(familiesOf('growatt_plant_power_watts'), []);
  assert.ok(familiesOf('growatt_inverter_status').includes('noah'));
  assert.ok(!familiesOf('growatt_inverter_status').includes('meter'));
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
  for (const name of counters) assert.match(name, /_total(_kwh)?$/);
});

test('every row of every field table names a metric of the catalogue, with its labels', () => {
  for (const { word, fields } of allFamilies) {
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

/** What the columns of a definition must say, by its name: the first pattern that fits. */
const FEATURES: readonly (readonly [RegExp, string | undefined])[] = [
  [/^growatt_battery_/, 'battery'],
  [/^growatt_(grid|load)_/, 'grid'],
  [/_phase_(voltage|current)_/, 'phases'],
  [/^growatt_self_consumption_/, 'self-consumption'],
  [/^growatt_eps_/, 'eps'],
  [/^growatt_string_/, 'string'],
  [/^growatt_meter_.*_energy_/, 'energies'],
  [/^growatt_pv1_energy_/, 'pv1-energy'],
  [/^growatt_pv2_energy_/, 'pv2-energy'],
  [/^growatt_pv[12]_/, undefined],
  ...Array.from({ length: 14 }, (_, i) => [new RegExp(`^growatt_pv${i + 3}_`), `pv${i + 3}`] as const),
];
const SIGNED = /_celsius$|_battery_current_amps$|_meter_|^growatt_power_factor/;
/** A PV input or string that is not connected has some voltage. */
const FLOATS = /^growatt_(pv\d+|string)_voltage_/;
/** 0 means that it is not measured. */
const NEVER_ZERO =
  /^growatt_(inverter_temp|battery_temp|temperature|meter_freq|power_factor|pv_insul|bus_|battery_soh|battery_cycles|eps_freq|environment_humid)/;

test('a metric belongs to the optional feature that its name says, and has the sign of its quantity', () => {
  for (const definition of catalogue) {
    const { name, feature, phase1, signed = false, zeroFromMidnight = false } = definition;
    if (!name.startsWith('growatt_')) continue;
    assert.equal(definition.floats ?? false, FLOATS.test(name), name);
    assert.equal(definition.neverZero ?? false, NEVER_ZERO.test(name), name);
    assert.equal(feature, FEATURES.find(([pattern]) => pattern.test(name))?.[1], name);
    assert.equal(phase1 !== undefined, feature === 'phases', name);
    assert.equal(signed, SIGNED.test(name), name);
    assert.equal(zeroFromMidnight, name === 'growatt_energy_today_kwh', name);
  }
});

test('a table gives its labels and options to its rows, whose own win', () => {
  const [plain, own] = define({ labels: ['stick'], unit: 'watts', validity: 'today' }, [
    ['a_watts', 'Power.'],
    ['b_kwh', 'Energy.', { unit: 'kwh', validity: 'lifetime', labels: ['phase'] }],
  ]);
  assert.deepEqual([plain?.name, plain?.kind, plain?.help], ['a_watts', 'gauge', 'Power.']);
  assert.deepEqual([plain?.unit, plain?.labels, plain?.validity], ['watts', ['stick'], 'today']);
  assert.equal(own?.kind, 'counter');
  assert.deepEqual([own?.unit, own?.labels, own?.validity], ['kwh', ['stick', 'phase'], 'lifetime']);
});

test('help begins with a noun and says the unit', () => {
  const words: Partial<Record<string, RegExp>> = {
    watts: /\bwatts\b/,
    volts: /\bvolts\b/,
    amps: /\bamperes\b/,
    hz: /\bhertz\b/,
    kwh: /\bkilowatt hours\b/,
    ohms: /\bohms\b/,
    celsius: /\bdegrees Celsius\b/,
    percent: /\bpercent\b/,
    seconds: /\bseconds\b/,
    degrees: /\bdegrees\b/,
    ratio: /\b-?[01] to 1\b/,
  };
  for (const { name, unit, help } of catalogue) {
    assert.doesNotMatch(help, /^(Whether|When|How|The|A|An|If|Is) /, name);
    assert.match(help, words[unit] ?? /./, name);
  }
});

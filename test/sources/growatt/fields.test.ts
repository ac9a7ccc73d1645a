import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf } from '../../../src/catalogue.ts';
import { foldCase } from '../../../src/sources/growatt/expressions.ts';
import { busFamilies } from '../../../src/sources/growatt/families/bus.ts';
import { families } from '../../../src/sources/growatt/families/index.ts';
import { v4Families } from '../../../src/sources/growatt/families/v4.ts';
import { extract, type FieldRow, phases, pvInputs } from '../../../src/sources/growatt/fields.ts';

const all = [...families.values(), ...v4Families.values(), ...busFamilies.map(({ family }) => family)];

function read(field: string, data: Record<string, unknown>, metric = 'growatt_current_power_watts') {
  const { values, rejections } = extract([[metric, field]], foldCase(data), new Set(['grid', 'battery']));
  return [values[0]?.value, ...rejections];
}

test('keys are compared without case', () => {
  assert.deepEqual(read('etoGridTotal', { etogridTotal: 840.5 }), [840.5]);
  assert.deepEqual(read('appv', { aPpv: 3 }), [3]);
});

test('a|b takes the spelling that is filled, zero when neither is', () => {
  assert.deepEqual(read('a|b', { a: 5 }), [5]);
  assert.deepEqual(read('a|b', { b: 7 }), [7]);
  assert.deepEqual(read('a|b', { a: 0, b: 7 }), [7]);
  assert.deepEqual(read('a|b', { a: 5, b: 5 }), [5]);
  assert.deepEqual(read('a|b', { a: 0, b: 0 }), [0]);
  assert.deepEqual(read('a|b', { a: -1, b: '' }), [undefined]);
});

test('a else b takes the second quantity where the first is absent or zero', () => {
  assert.deepEqual(read('a else b', { a: 5, b: 7 }), [5]);
  assert.deepEqual(read('a else b', { a: 0, b: 7 }), [7]);
  assert.deepEqual(read('a else b', { b: 7 }), [7]);
  assert.deepEqual(read('a else b', { a: 0, b: 0 }), [0]);
  assert.deepEqual(read('a else b else c', { a: 0, b: -1, c: 9 }), [9]);
  assert.deepEqual(read('a else b', { a: -1, b: '' }), [undefined]);
});

test('a+b adds what is there', () => {
  assert.deepEqual(read('a+b', { a: 1.1, b: 2.2 }), [3.3]);
  assert.deepEqual(read('a+b', { a: 1.1, b: null }), [1.1]);
  assert.deepEqual(read('a+b', {}), [undefined]);
  assert.deepEqual(read('a|b+c', { b: 1, c: 2 }), [3]);
  assert.deepEqual(read('a+b else c', { a: 0, b: 0, c: 4 }), [4]);
});

test('a*1000 is given in a unit a thousand times as large', () => {
  assert.deepEqual(read('a*1000', { a: 1.8345 }), [1834.5]);
  assert.deepEqual(read('a*1000', { a: 0.001 }), [1]);
  assert.deepEqual(read('a*1000', { a: '' }), [undefined]);
});

test('>a and <a take the two directions of a signed power', () => {
  assert.deepEqual(read('>a', { a: 120 }), [120]);
  assert.deepEqual(read('<a', { a: 120 }), [0]);
  assert.deepEqual(read('>a', { a: -80 }), [0]);
  assert.deepEqual(read('<a', { a: -80 }), [80]);
  assert.deepEqual(read('<a', {}), [undefined]);
});

test('a negative number is no value, but for temperatures, battery currents and meters', () => {
  assert.deepEqual(read('a', { a: -30 }), [undefined]);
  assert.deepEqual(read('a', { a: -7.5 }, 'growatt_inverter_temperature_celsius'), [-7.5]);
  assert.deepEqual(read('a', { a: -31 }, 'growatt_battery_current_amps'), [-31]);
  assert.deepEqual(read('a', { a: -512 }, 'growatt_meter_power_watts'), [-512]);
});

test('what cannot be parsed is held back and counted', () => {
  assert.deepEqual(read('a', { a: 'abc' }), [undefined, 'unparsed_value']);
  assert.deepEqual(read('a|b', { a: 'abc', b: 4 }), [4, 'unparsed_value']);
});

test('inputs, phases, batteries and meters show once they were ever not zero', () => {
  const table: FieldRow[] = [
    ...pvInputs(3, { voltage: 'vpvN' }),
    ['growatt_pv3_power_watts', 'ppv3'],
    ...phases(['vac1', 'vac2']),
    ['growatt_battery_soc_percent', 'soc'],
    ['growatt_load_power_watts', 'load'],
  ];
  const features = new Set<string>();
  const shown = (data: Record<string, unknown>) =>
    extract(table, foldCase(data), features).values.map(
      ({ metric, labels }) => `${metric}${labels?.phase ?? ''}`,
    );
  const bare = { vpv1: 0, vpv2: 0, vpv3: 0, ppv3: 0, vac1: 230, vac2: 0, soc: 0, load: 0 };
  const always = ['growatt_pv1_voltage_volts', 'growatt_pv2_voltage_volts', 'growatt_ac_voltage_volts'];
  assert.deepEqual(shown(bare), always);
  const full = [
    ...always.slice(0, 2),
    'growatt_pv3_voltage_volts',
    'growatt_pv3_power_watts',
    'growatt_ac_voltage_volts',
    'growatt_ac_phase_voltage_volts1',
    'growatt_ac_phase_voltage_volts2',
    'growatt_battery_soc_percent',
    'growatt_load_power_watts',
  ];
  assert.deepEqual(shown({ ...bare, vpv3: 310, ppv3: 2, vac2: 231, soc: 55, load: 300 }), full);
  assert.deepEqual(shown(bare), full, 'also when they read zero again');

  const alone: Record<string, [number, string[]]> = {
    ppv3: [310, ['growatt_pv3_voltage_volts', 'growatt_pv3_power_watts']],
    vpv3: [310, []],
    vac2: [231, ['growatt_ac_phase_voltage_volts1', 'growatt_ac_phase_voltage_volts2']],
    soc: [55, ['growatt_battery_soc_percent']],
    load: [300, ['growatt_load_power_watts']],
  };
  for (const [key, [value, names]] of Object.entries(alone)) {
    const { values } = extract(table, foldCase({ ...bare, [key]: value }), new Set());
    const more = values.map(({ metric, labels }) => `${metric}${labels?.phase ?? ''}`);
    assert.deepEqual(
      more.filter((name) => !always.includes(name)),
      names,
      'nothing shows another feature',
    );
  }
});

test('every field table names metrics of the catalogue, each once', () => {
  for (const { word, fields } of all) {
    const rows = fields.map(([metric, , labels]) => `${definitionOf(metric).name} ${JSON.stringify(labels)}`);
    assert.equal(new Set(rows).size, rows.length, word);
    for (const [metric, , labels = {}] of fields) {
      const { labels: allowed } = definitionOf(metric);
      assert.deepEqual(allowed, ['plant_id', 'device_sn', ...Object.keys(labels)], `${word} ${metric}`);
    }
  }
});

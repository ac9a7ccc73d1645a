import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf } from '../../../src/catalogue.ts';
import { foldCase } from '../../../src/sources/growatt/answer.ts';
import { keysOf } from '../../../src/sources/growatt/expressions.ts';
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

test('a 0 does not stand in for a quantity or spelling that cannot be read', () => {
  assert.deepEqual(read('a else b', { a: '1e999x', b: 0 }), [undefined, 'unparsed_value']);
  assert.deepEqual(read('a|b', { a: 'NaN', b: 0 }), [undefined, 'unparsed_value']);
  assert.deepEqual(read('a else b', { a: 'NaN', b: 7 }), [7, 'unparsed_value']);
});

test('a sum of which a part cannot be read is unknown', () => {
  assert.deepEqual(read('a+b', { a: 'NaN', b: 5 }), [undefined, 'unparsed_value']);
  assert.deepEqual(read('a+b', { a: 4, b: '1e999x' }), [undefined, 'unparsed_value']);
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

test('a if b>40 is absent unless the condition holds; of a key that is missing only != and < do', () => {
  assert.deepEqual(read('a if b>40', { a: 5, b: 41 }), [5]);
  assert.deepEqual(read('a if b>40', { a: 5, b: 40 }), [undefined]);
  assert.deepEqual(read('a if b>40', { a: 5 }), [undefined]);
  assert.deepEqual(read('a if b=0', { a: 5 }), [5]);
  assert.deepEqual(read('a if b=0 and c=0', { a: 5, c: 1 }), [undefined]);
  assert.deepEqual(read('a if b!=0', { a: 5 }), [5]);
  assert.deepEqual(read('a if b!=0', { a: 5, b: 0 }), [undefined]);
  assert.deepEqual(read('a if b<40 else c', { a: 5, b: 50, c: 6 }), [6]);
});

test('a ~ b+c is absent where it is not the sum of its parts', () => {
  const metric = 'growatt_pv_energy_total_kwh';
  assert.deepEqual(read('a ~ b+c', { a: 100, b: 60, c: 40.5 }, metric), [100]);
  assert.deepEqual(read('a ~ b+c', { a: 200, b: 60, c: 40 }, metric), [undefined]);
  assert.deepEqual(read('a ~ b+c', { a: 100, b: 0, c: 0 }, metric), [100]);
  assert.deepEqual(read('a ~ b+c', { a: 0.3, b: 0.1, c: 0 }, metric), [0.3]);
});

test('a but not b+c is absent where it is that sum, and not b alone', () => {
  assert.deepEqual(read('a but not b+c', { a: 4477.3, b: 2250.7, c: 2226.6 }), [undefined]);
  assert.deepEqual(read('a but not b+c', { a: 3820.5, b: 5193.8, c: 1373.3 }), [3820.5]);
  assert.deepEqual(read('a but not b+c', { a: 500, b: 500, c: 0 }), [500]);
});

test('lowest and highest take the extremes of those that were measured', () => {
  assert.deepEqual(read('lowest 1: a,b,c', { a: 3.3, b: 0.002, c: 3.2 }), [3.2]);
  assert.deepEqual(read('highest 1: a*0.001,b*0.001', { a: 3311, b: 3308 }), [3.311]);
  assert.deepEqual(read('lowest 1: a,b', { a: 0 }), [undefined]);
});

test('of keys that differ only in case the one that is filled counts', () => {
  assert.deepEqual(read('vacRs', { vacRs: 406.6, vacrs: 0 }), [406.6]);
  assert.deepEqual(read('vacRs', { vacrs: 0, vacRs: 406.6 }), [406.6]);
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

test('the keys of an expression are those of its conditions too, each once', () => {
  const expression = 'a+b if c>40 and d=0 else a ~ e+f else g but not h+i else <j|k*0.001';
  assert.deepEqual(keysOf(expression), ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']);
  assert.deepEqual(keysOf('lowest 1: a*1000,b'), ['a', 'b']);
});

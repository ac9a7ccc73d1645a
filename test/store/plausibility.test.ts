import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { catalogue } from '../../src/catalogue.ts';
import { isPossible } from '../../src/store/plausibility.ts';
import { replay, utc } from './replay.ts';

const HOME = { zone: utc, ratedPower: 6000 };
const definitionNamed = (name: string) => catalogue.find((definition) => definition.name === name)!;

test('no value outside of the range of its metric is ever shown, whatever comes before and after', () => {
  const withRange = catalogue.filter(({ range }) => range);
  assert.ok(withRange.length > 100);
  fc.assert(
    fc.property(fc.constantFrom(...withRange), fc.double({ noNaN: true }), (definition, value) => {
      const [least, greatest] = definition.range!;
      const isInside = (value >= least && value <= greatest) || (definition.unit === 'hz' && value === 0);
      assert.equal(isPossible(definition, value, undefined), isInside);
    }),
  );
});

test('the false values that owners have seen are rejected', () => {
  for (const [metric, value] of [
    ['growatt_battery_soc_percent', 1280],
    ['growatt_ac_frequency_hz', 1.6],
    ['growatt_energy_total_kwh', 1e300],
    ['growatt_grid_import_energy_total_kwh', 24_137_119.8],
    ['growatt_inverter_temperature_celsius', 6548],
    ['growatt_current_power_watts', 9001],
    ['growatt_battery_discharge_power_watts', 9001],
    ['growatt_energy_today_kwh', 301],
    ['trucki_grid_voltage_volts', -1234],
    ['trucki_meter_power_watts', 1e300],
  ] as const) {
    assert.ok(!isPossible(definitionNamed(metric), value, 6000), `${metric} ${value}`);
  }
});

test('what devices really reach is possible', () => {
  for (const [metric, value] of [
    ['growatt_ac_frequency_hz', 0],
    ['growatt_ac_frequency_hz', 59.98],
    ['growatt_ac_voltage_volts', 505],
    ['growatt_battery_voltage_volts', 749],
    ['growatt_current_power_watts', 8999],
    ['growatt_grid_import_power_watts', 43_000],
    ['growatt_meter_power_watts', -12_000],
    ['growatt_battery_current_amps', -0.7],
    ['growatt_energy_total_kwh', 210_345.6],
    ['growatt_plant_power_watts', 4_800_000],
    ['growatt_plant_energy_total_kwh', 3e9],
  ] as const) {
    const ratedPower = metric.startsWith('growatt_plant_') ? undefined : 6000;
    assert.ok(isPossible(definitionNamed(metric), value, ratedPower), `${metric} ${value}`);
  }
});

test('a value out of its range is no sample, and the others of its reading are shown', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { frequency: 50.01, soc: 64 }, { frequency: 50.01, soc: 64 }],
      ['06-12 10:05', { frequency: 1.6, soc: 65 }, { soc: 65 }],
      ['06-12 10:10', { frequency: 49.99, soc: 1280 }, { frequency: 49.99 }],
      ['06-12 10:15', { frequency: 0, soc: 66 }, { frequency: 0, soc: 66 }],
    ],
    HOME,
  );
  assert.deepEqual(rejections, ['out_of_range', 'out_of_range']);
});

test('a total that no device of this size can have reached keeps the last believed one', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { imported: 24_137_119.8 }, {}],
      ['06-12 10:05', { imported: 1430.2 }, { imported: 1430.2 }],
      ['06-12 10:10', { imported: 24_137_119.8 }, { imported: 1430.2 }],
      ['06-12 10:15', { imported: 24_137_119.8 }, { imported: 1430.2 }],
      ['06-12 10:20', { imported: 24_137_119.8 }, { imported: 1430.2 }],
      ['06-12 10:25', { imported: 1430.4 }, { imported: 1430.4 }],
    ],
    HOME,
  );
  assert.deepEqual(rejections, Array(4).fill('out_of_range'));
});

test('energy that grows faster than twice the rated power allows is held, and believed after three readings', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { total: 500, today: 9 }, { total: 500, today: 9 }],
      // 5 minutes at 12 kW are 1 kWh, and two steps of 0.1 kWh.
      ['06-12 10:05', { total: 501.2, today: 10.2 }, { total: 501.2, today: 10.2 }],
      ['06-12 10:10', { total: 502.5, today: 11.5 }, { total: 501.2, today: 10.2 }],
      ['06-12 10:15', { total: 501.5, today: 10.5 }, { total: 501.5, today: 10.5 }],
      ['06-12 10:20', { total: 700, today: 60 }, { total: 501.5, today: 10.5 }],
      ['06-12 10:25', { total: 700.3, today: 60.3 }, { total: 501.5, today: 10.5 }],
      ['06-12 10:30', { total: 700.6, today: 60.6 }, { total: 700.6, today: 60.6 }],
      ['06-12 10:35', { total: 700.9, today: 60.9 }, { total: 700.9, today: 60.9 }],
    ],
    HOME,
  );
  assert.deepEqual(rejections, Array(6).fill('too_fast'));
});

test('the rated power says nothing of a counter that is no energy', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { cycles: 196 }, { cycles: 196 }],
      ['06-12 10:05', { cycles: 198 }, { cycles: 198 }],
    ],
    { zone: utc, ratedPower: 1000 },
  );
  assert.deepEqual(rejections, []);
});

test('a jump that does not repeat itself is never believed', () => {
  replay(
    [
      ['06-12 10:00', { total: 500 }, { total: 500 }],
      ['06-12 10:05', { total: 900 }, { total: 500 }],
      ['06-12 10:10', { total: 800 }, { total: 500 }],
      ['06-12 10:15', { total: 990 }, { total: 500 }],
      ['06-12 10:20', { total: 500.5 }, { total: 500.5 }],
    ],
    HOME,
  );
});

test('what was produced while no reading came is believed at once', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { total: 500 }, { total: 500 }],
      ['06-14 10:00', { total: 560 }, { total: 560 }],
    ],
    HOME,
  );
  assert.deepEqual(rejections, []);
});

test('what the house draws does not depend on the inverter', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { imported: 100 }, { imported: 100 }],
      ['06-12 10:05', { imported: 102.5 }, { imported: 102.5 }],
    ],
    HOME,
  );
  assert.deepEqual(rejections, []);
});

test('without a rated power no energy is too fast', () => {
  const rejections = replay(
    [
      ['06-12 10:00', { total: 500 }, { total: 500 }],
      ['06-12 10:05', { total: 900 }, { total: 900 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(rejections, []);
});

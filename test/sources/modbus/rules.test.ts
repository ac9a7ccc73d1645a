import assert from 'node:assert/strict';
import { test } from 'node:test';
import { families } from '../../../src/sources/modbus/families.ts';
import { parseRating } from '../../../src/sources/modbus/holding.ts';
import { named, read, shown } from './shown.ts';

test('line voltages in the registers of the phases become phase voltages', () => {
  const tl3 = { family: families.sphTl3, phases: 3 };
  const lines = { ac_l1_voltage: 400.3, ac_l2_voltage: 401.1, ac_l3_voltage: 399.8, line_rs_voltage: 0 };
  assert.deepEqual(shown(lines, tl3), {
    ac_voltage_volts: 231.1,
    'ac_phase_voltage_volts/1': 231.1,
    'ac_phase_voltage_volts/2': 231.6,
    'ac_phase_voltage_volts/3': 230.8,
  });
  // An 800 V grid has 462 V between phase and neutral.
  const high = shown({ ac_l1_voltage: 462, line_rs_voltage: 800 }, { family: families.max, phases: 3 });
  assert.equal(high.ac_voltage_volts, 462);
  assert.equal(shown({ ac_l1_voltage: 299 }, tl3).ac_voltage_volts, 299);
});

test('phases beyond the first are shown where there are three', () => {
  const phases = { ac_l1_voltage: 230, ac_l2_voltage: 231, ac_l1_current: 1, ac_l2_current: 2 };
  assert.equal('ac_phase_voltage_volts/1' in shown(phases, { phases: 1 }), false);
  assert.equal(shown(phases)['ac_phase_current_amps/2'], 2);
  assert.equal('ac_phase_voltage_volts/1' in shown({ ac_l1_voltage: 230, ac_l2_voltage: 3 }), false);
});

test('an SPH has no further PV inputs, whatever stands in their registers', () => {
  // As owners saw them: 2115.2 A and 16.3 MW, 461.3 A.
  const others = { pv3_voltage: 1.2, pv3_current: 2115.2, pv3_power: 16_300_000, pv4_current: 461.3 };
  assert.deepEqual(Object.keys(shown(others)), []);
  assert.deepEqual(Object.keys(shown(others, { trackers: 4 })), []);
  const real = { pv3_voltage: 301.2, pv3_current: 4.1, pv3_power: 1240 };
  assert.deepEqual(shown(real, { trackers: 3 }), {
    pv3_voltage_volts: 301.2,
    pv3_current_amps: 4.1,
    pv3_power_watts: 1240,
  });
  assert.deepEqual(Object.keys(shown(real, { trackers: 2 })), []);
});

test('a further PV input stays once it was seen', () => {
  const features = new Set<string>();
  const max = { family: families.max };
  assert.deepEqual(shown({ pv3_power: 0, pv3_voltage: 0, pv3_current: 0 }, max, features), {});
  shown({ pv3_power: 1240, pv3_voltage: 301.2, pv3_current: 4.1 }, max, features);
  assert.equal(shown({ pv3_power: 0, pv3_voltage: 0, pv3_current: 0 }, max, features).pv3_power_watts, 0);
});

test('an SPA has no PV at all', () => {
  const pv = { pv_power: 0, pv1_voltage: 0, pv_energy_today: 0, pv_energy_total: 12, ac_power: 5 };
  assert.deepEqual(shown(pv, { family: families.spaTl3 }), { current_power_watts: 5 });
});

test('an off-grid inverter with one PV input repeats its voltage: there is no second', () => {
  const spf = { family: families.spf };
  const one = { pv1_voltage: 133.5, pv2_voltage: 133.5, pv1_power: 294, pv2_power: 0 };
  assert.deepEqual(Object.keys(shown(one, spf)).sort(), [
    'pv1_power_watts',
    'pv1_voltage_volts',
    'pv_power_watts',
  ]);
  assert.equal(shown({ ...one, pv2_power: 100 }, spf).pv2_voltage_volts, 133.5);
});

test('a total of 0 is unknown, and with it what an input made', () => {
  const totals = { ac_energy_total: 0, pv_energy_total: 753.7, ac_energy_today: 1.2 };
  assert.deepEqual(shown(totals), { pv_energy_total_kwh: 753.7, energy_today_kwh: 1.2 });
  const input = { pv1_energy_total: 0, pv1_energy_today: 0, pv2_energy_total: 3, pv2_energy_today: 0 };
  assert.deepEqual(shown(input), {
    pv2_energy_total_kwh: 3,
    pv2_energy_today_kwh: 0,
    pv_energy_today_kwh: 0,
  });
});

test('energy of the day that stays 0 while it is made is the sum of the inputs', () => {
  const inputs = { pv1_energy_total: 9, pv1_energy_today: 3.2, pv_energy_total: 9.1 };
  assert.equal(shown({ ...inputs, pv_energy_today: 0 }).pv_energy_today_kwh, 3.2);
  assert.equal(shown({ ...inputs, pv1_energy_today: 0, pv_energy_today: 0 }).pv_energy_today_kwh, 0);
  assert.deepEqual(shown({ pv_energy_today: 0, pv_energy_total: 0 }), {});
});

test('what cannot be 0 at the present power is unknown', () => {
  const inverter = { family: families.min, ratedPower: 6000 };
  const of = (ac_power: number) =>
    Object.keys(
      shown({ ac_power, ac_l1_current: 0, output_percent: 0, pv_power: 0, pv1_power: ac_power }, inverter),
    );
  assert.deepEqual(of(100), [
    'pv_power_watts',
    'current_power_watts',
    'ac_current_amps',
    'output_power_percent',
    'pv1_power_watts',
  ]);
  assert.deepEqual(of(3000), ['current_power_watts', 'pv1_power_watts']);
  const battery = { battery_soc: 7, battery_voltage: 50, battery_current: 0 };
  assert.equal(shown({ ...battery, battery_charge_power: 99 }).battery_current_amps, 0);
  assert.equal(shown({ ...battery, battery_charge_power: 100 }).battery_current_amps, undefined);
});

test('charging from the grid, self-consumption and leakage are shown once they were not 0', () => {
  const features = new Set<string>();
  const none = { ac_charge_energy_total: 0, ac_charge_power: 0, self_energy_today: 0, leakage_current: 0 };
  assert.deepEqual(shown(none, {}, features), {});
  shown({ ac_charge_energy_total: 4.4, self_power: 700, leakage_current: 21 }, {}, features);
  assert.deepEqual(shown(none, {}, features), {
    battery_ac_charge_power_watts: 0,
    battery_ac_charge_energy_total_kwh: 0,
    self_consumption_energy_today_kwh: 0,
    leakage_current_amps: 0,
  });
});

test('AC energy above PV energy is no mistake', () => {
  const { rejections, values } = read({ ac_energy_total: 787.1, pv_energy_total: 753.7 });
  assert.deepEqual([rejections.length, values.length], [0, 2]);
});

test('a temperature of exactly 0 is not measured', () => {
  const warm = { temp_inverter: 41.2, temp_ipm: 0, temp_boost: 38.1, battery_temperature: 0, battery_soc: 5 };
  const { battery_soc_percent: _, ...values } = shown(warm);
  assert.deepEqual(values, { inverter_temperature_celsius: 41.2, 'temperature_celsius/boost': 38.1 });
});

test('where the boost converter’s own register stays 0, it is measured beside it', () => {
  const min = { family: families.min };
  assert.deepEqual(shown({ temp_inverter: 40, temp_boost: 0, temp_comm_board: 42.2 }, min), {
    inverter_temperature_celsius: 40,
    'temperature_celsius/boost': 42.2,
  });
  assert.deepEqual(shown({ temp_inverter: 40, temp_boost: 44, temp_comm_board: 42.2 }, min), {
    inverter_temperature_celsius: 40,
    'temperature_celsius/boost': 44,
    'temperature_celsius/board': 42.2,
  });
});

test('power beyond what the inverter is rated for is rejected and counted', () => {
  const inverter = { family: families.min, ratedPower: 6000 };
  assert.deepEqual(shown({ ac_power: 7800, pv_power: 15_000 }, inverter), {
    current_power_watts: 7800,
    pv_power_watts: 15_000,
  });
  const { values, rejections } = read({ ac_power: -7801, pv_power: 15_001 }, inverter);
  assert.deepEqual([values, rejections], [[], ['implausible_value', 'implausible_value']]);
});

test('grid and loads are shown once something flowed through the meter; load power alone proves none', () => {
  const features = new Set<string>();
  const none = { grid_import_power: 0, grid_export_power: 0, load_power: 707.4, load_energy_today: 3 };
  assert.deepEqual(shown(none, { family: families.min }, features), {});
  const some = { ...none, grid_import_energy_total: 164.3 };
  assert.equal(shown(some, { family: families.min }, features).load_power_watts, 707.4);
  assert.equal(shown(none, { family: families.min }, features).grid_import_power_watts, 0);
});

test('export below 0 is unknown', () => {
  assert.equal('grid_export_power_watts' in shown({ grid_export_power: -5, grid_import_power: 3 }), false);
});

test('power of an input without voltage or current is rejected and counted', () => {
  // A SPH at night: 209715.2 W from 0 V and 0 A.
  const night = read({ pv1_voltage: 0, pv1_current: 0, pv1_power: 209_715.2 });
  assert.deepEqual(named(night), { pv1_voltage_volts: 0, pv1_current_amps: 0 });
  assert.deepEqual(night.rejections, ['implausible_value']);
  const clouds = read({ pv1_voltage: 320, pv1_current: 5, pv1_power: 2400 });
  assert.deepEqual([clouds.values.length, clouds.rejections], [3, []]);
});

test('of a further PV input nothing is believed where power, voltage and current do not fit', () => {
  const features = new Set(['pv3']);
  const of = (pv3_voltage: number, pv3_current: number, pv3_power: number) =>
    Object.keys(shown({ pv3_voltage, pv3_current, pv3_power }, { family: families.max }, features)).length;
  assert.equal(of(600, 10, 6000), 3);
  assert.equal(of(600, 10, 3200), 3);
  assert.equal(of(320, 461.3, 1500), 0);
  assert.equal(of(600, 1, 6000), 0);
});

test('a power factor of 0 and an insulation that was not measured are unknown', () => {
  const factor = (power_factor_raw: number) => shown({ power_factor_raw }).power_factor_ratio;
  assert.deepEqual([0, 20_000, 10_500, 9_800, 20_001].map(factor), [undefined, 1, 0.05, -0.02, undefined]);
  const ohms = (pv_insulation: number) => shown({ pv_insulation }).pv_insulation_ohms;
  assert.deepEqual([0, 1234, 65_530].map(ohms), [undefined, 1_234_000, undefined]);
});

/** Register, number in it, and what it means. */
const statuses: readonly (readonly [quantity: string, code: number, status: number])[] = [
  ...[2, 1, 4, 3, 4, 2].map((status, code) => ['status', code, status] as const),
  ...[2, 1, 1, 3, 4, 4].map((status, code) => ['grid_status', code, status] as const),
  ...[2, 4, 4, 3, 4, 1, 1, 1, 1, 1, 4].map((status, code) => ['work_mode', code, status] as const),
  ...[2, 1, 1, 3, 4, 1].map((status, code) => ['offgrid_status', code, status] as const),
  ['offgrid_status', 23, 1],
  ['offgrid_status', 24, 4],
  ['status', 6, 1],
];
for (const [quantity, code, status] of statuses) {
  test(`${quantity} ${code} is status ${status}`, () => {
    assert.deepEqual(shown({ [quantity]: code }), { inverter_status: status, inverter_status_code: code });
  });
}

test('the high byte of the TL-X status is not part of it', () => {
  assert.deepEqual(shown({ grid_status: 0x0501 }), { inverter_status: 1, inverter_status_code: 1 });
});

test('a hybrid’s status is its way of working, or what its status says while that says nothing', () => {
  const both = (status: number, work_mode: number) => {
    const { inverter_status, inverter_status_code } = shown({ status, work_mode });
    return [inverter_status, inverter_status_code];
  };
  assert.deepEqual(both(5, 5), [1, 5]);
  assert.deepEqual(both(1, 0), [1, 1]);
  assert.deepEqual(both(6, 1), [1, 6]);
  assert.deepEqual(both(0, 0), [2, 0]);
  assert.deepEqual(both(1, 3), [3, 3]);
});

test('text in the registers of insulation and leakage is neither', () => {
  assert.deepEqual(shown({ pv_insulation: 0x4142, leakage_current: 0x3132 }), {});
  const real = { pv_insulation_ohms: 2_500_000, leakage_current_amps: 0.012 };
  assert.deepEqual(shown({ pv_insulation: 2500, leakage_current: 12 }), real);
});

test('a small negative current of a PV input or string is the offset of a sensor at night', () => {
  const quantities = { pv1_current: -0.1, pv1_voltage: 12, string3_voltage: 11, string3_current: -0.2 };
  assert.deepEqual(shown(quantities), { pv1_voltage_volts: 12, 'string_voltage_volts/3': 11 });
});

test('a current that has the sign of its power is a magnitude', () => {
  assert.equal(shown({ ac_l1_current: -8.3 }, { family: families.vpp }).ac_current_amps, 8.3);
});

test('a rating that is too low for any model of the family is in another unit: unknown', () => {
  assert.equal(parseRating([0, 10_000], families.sphTl3.smallest), undefined);
  assert.equal(parseRating([0, 60_000], families.minXh.smallest), 6000);
  assert.equal(parseRating([15, 16_960], families.max.smallest), 100_000);
});

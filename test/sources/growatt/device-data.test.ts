import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../../src/base/calendar.ts';
import { familyNamed, newDevice } from '../../../src/sources/growatt/device.ts';
import { readDevice } from '../../../src/sources/growatt/device-data.ts';
import { deviceEntities } from '../../../src/sources/growatt/entities.ts';
import { valuesOf } from '../../helpers/context.ts';

const NOW = Date.parse('2026-06-12T10:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function deviceOf(word: string) {
  const family = familyNamed(word)!;
  const listed = { sn: 'A', type: 0, model: '', dataloggerSn: '', lost: false, lastUpdate: '' };
  const device = newDevice('1', listed, { family });
  const read = (
    data: Record<string, unknown>,
    zone = fixedZone(120) as ReturnType<typeof fixedZone> | undefined,
  ) => readDevice(device, family, zone, data, NOW).reading;
  return { device, read, ratedPower: () => deviceEntities(device, undefined)[0]?.ratedPower };
}

test('the rated power is what the answer states, where that can be true, else that of the largest model', () => {
  for (const [opFullwatt, expected] of [
    [12_000, 12_000],
    [555.5, 60_000],
    [0, 60_000],
    [250, 60_000],
    [1e9, 60_000],
    [3000, 60_000],
  ]) {
    const { read, ratedPower } = deviceOf('min');
    assert.equal(ratedPower(), 60_000);
    read({ pac: 4600, opFullwatt });
    assert.equal(ratedPower(), expected, `${opFullwatt}`);
  }
});

test('it is kept where a later answer does not state it', () => {
  const { read, ratedPower } = deviceOf('min');
  read({ opFullwatt: 12_000 });
  read({ pac: 10 });
  assert.equal(ratedPower(), 12_000);
});

test('the time of a NOAH is a wall clock taken for that of China, with and without a zone', () => {
  const wall = NOW + 2 * HOUR - 3 * MINUTE;
  for (const zone of [fixedZone(120), undefined])
    assert.equal(deviceOf('noah').read({ time: wall - 8 * HOUR }, zone).wallTime, wall);
});

test('a NOAH whose wall clock would be in the future gives UTC, and keeps doing so', () => {
  const { read } = deviceOf('noah');
  const taken = NOW - 3 * MINUTE;
  assert.equal(read({ time: taken }).wallTime, taken + 2 * HOUR);
  assert.equal(read({ time: taken - 9 * HOUR }).wallTime, taken - 7 * HOUR);
});

test('a fault has its meaning, where it is documented', () => {
  const faults = (word: string, answer: Record<string, unknown>) =>
    Object.keys(valuesOf(deviceOf(word).read(answer))).filter((name) => name.includes('fault_info'));
  const named = (word: string, answer: Record<string, unknown>, code: number, text: string) =>
    assert.deepEqual(faults(word, answer), [`growatt_fault_info{code="${code}",text="${text}"}`]);
  named('min', { faultType: 302 }, 302, 'no grid');
  named('inverter', { faultType: 30 }, 30, 'grid voltage out of range');
  named('storage', { faultCode: 56 }, 56, 'battery disconnected');
  named('noah', { faultStatus: 5 }, 5, 'fault of battery pack 1, 3');
  named('max', { faultType: 9999 }, 9999, 'unknown');
  assert.deepEqual(faults('min', { faultType: 0, warnCode: 302 }), []);
});

test('a battery that does not answer has energies only, an empty one has a state of charge of 0', () => {
  const answer = { soc: 0, vbat: 0, bmsBatteryCurr: 0, pcharge1: 0, echarge1Today: 0, echarge1Total: 64.5 };
  const battery = (change: Record<string, unknown>) =>
    Object.keys(valuesOf(deviceOf('sph').read({ ...answer, ...change }))).filter((name) =>
      name.includes('battery'),
    );
  const energies = ['growatt_battery_charge_energy_today_kwh', 'growatt_battery_charge_energy_total_kwh'];
  assert.deepEqual(battery({}), energies);
  assert.deepEqual(battery({ vBatDsp: 2.1 }), energies);
  assert.ok(battery({ vbat: 48.2 }).includes('growatt_battery_soc_percent'));
});

test('a high-voltage battery is read from its converter, where its own electronics answer little', () => {
  const values = valuesOf(
    deviceOf('min').read({
      bmsSoc: 50,
      bmsVbat: 1.6,
      bdc1Vbat: 749,
      bmsIbat: 0,
      bdc1Ibat: -0.7,
      bmsTemp1Bat: 0,
      bdc1Soc: 50,
    }),
  );
  assert.equal(values.growatt_battery_voltage_volts, 749);
  assert.equal(values.growatt_battery_current_amps, -0.7);
  assert.equal(values.growatt_battery_temperature_celsius, undefined);
});

test('a second battery converter counts only while it has the voltage of a battery', () => {
  const answer = { bdc1Vbat: 700, bmsSoc: 50, bdc1ChargePower: 100, bdc2ChargePower: 50 };
  const charge = (bdc2Vbat: number) =>
    valuesOf(deviceOf('min').read({ ...answer, bdc2Vbat })).growatt_battery_charge_power_watts;
  assert.equal(charge(12.5), 100);
  assert.equal(charge(690), 150);
});

test('what an unsigned register has for "not measured" is no value, but for energies', () => {
  const values = valuesOf(deviceOf('min').read({ pac: 6553.5, vpv1: 655.35, fac: 65535, eacTotal: 6553.5 }));
  assert.deepEqual(
    Object.keys(values).filter((name) => /current_power|pv1_voltage|frequency/.test(name)),
    [],
  );
  assert.equal(values.growatt_energy_total_kwh, 6553.5);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLOT_MS } from '../../../src/simulators/growatt/day.ts';
import { asleep, type Measurement, measure } from '../../../src/simulators/growatt/measurement.ts';
import { everyFamily, homePlant } from '../../../src/simulators/growatt/plants.ts';
import { createWorld } from '../../../src/simulators/growatt/world.ts';
import { inverterBank } from '../../../src/simulators/modbus/inverter.ts';
import { layouts } from '../../../src/simulators/modbus/layouts.ts';
import { eventsOf } from '../../helpers/context.ts';
import { polled, serveBanks, sourceTo } from '../../sources/modbus/support.ts';

/** Noon in summer in Berlin. */
const NOON = Date.parse('2026-06-12T10:00:00Z');

/** One device of every family in one place, and what it measures now. */
function worldAt(clock: { at: number }) {
  const home = homePlant(NOON, {
    latitude: 52.5,
    longitude: 13.4,
    zone: 'Europe/Berlin',
    createDate: '2026-06-01',
    devices: everyFamily(),
  });
  return createWorld([home], { now: () => clock.at, uploadEvery: SLOT_MS, seed: 1 });
}

type FamilyName = keyof typeof layouts;

function inverterIn(world: ReturnType<typeof worldAt>, family: FamilyName, clock: { at: number }) {
  const device = world.devices().find(({ spec }) => spec.family === family);
  assert.ok(device);
  const now = (): Measurement => {
    const measured = measure(device, clock.at);
    // In its last light it waits, as real ones do before they switch themselves off.
    const goesOn = world.awake(device, clock.at + SLOT_MS);
    return goesOn ? measured : { ...asleep(measured), state: 'waiting' };
  };
  const bank = inverterBank(layouts[family], {
    serial: device.spec.sn,
    ratedPower: device.spec.peakPowerW,
    measure: () => (world.awake(device, clock.at) ? now() : undefined),
  });
  return { bank, now };
}

/** What a poll has to show of a measurement, and how far the registers' steps may put it off. */
const expectations: readonly (readonly [metric: string, of: (m: Measurement) => number, step: number])[] = [
  ['growatt_ac_frequency_hz', (m) => m.frequency, 0.01],
  ['growatt_ac_voltage_volts', (m) => m.phases[0]!.voltage, 0.1],
  ['growatt_inverter_temperature_celsius', (m) => m.temperature, 0.1],
];

const pv: typeof expectations = [
  ['growatt_current_power_watts', (m) => m.power.ac, 0.1],
  ['growatt_energy_today_kwh', (m) => m.today.ac, 0.1],
  ['growatt_energy_total_kwh', (m) => m.total.ac, 0.1],
  ['growatt_pv_power_watts', (m) => m.power.pv, 0.1],
  ['growatt_pv_energy_total_kwh', (m) => m.total.pv, 0.1],
  ['growatt_pv1_voltage_volts', (m) => m.strings[0]!.voltage, 0.1],
  ['growatt_pv2_current_amps', (m) => m.strings[1]!.current, 0.1],
  ['growatt_pv2_power_watts', (m) => m.strings[1]!.power, 0.1],
  ['growatt_pv2_energy_total_kwh', (m) => m.total.pv * m.shares[1]!, 0.1],
];

const battery: typeof expectations = [
  ['growatt_battery_soc_percent', (m) => m.battery.soc, 1],
  ['growatt_battery_voltage_volts', (m) => m.battery.voltage, 0.1],
  ['growatt_battery_charge_power_watts', (m) => m.power.charge, 0.1],
  ['growatt_battery_discharge_power_watts', (m) => m.power.discharge, 0.1],
  ['growatt_battery_charge_energy_total_kwh', (m) => m.total.charge, 0.1],
  ['growatt_battery_discharge_energy_today_kwh', (m) => m.today.discharge, 0.1],
  ['growatt_load_power_watts', (m) => m.power.load, 0.1],
];

const meter: typeof expectations = [
  ['growatt_grid_export_power_watts', (m) => m.power.gridExport, 0.1],
  ['growatt_grid_import_energy_total_kwh', (m) => m.total.gridImport, 0.1],
  ['growatt_load_energy_today_kwh', (m) => m.today.load, 0.1],
];

const byFamily: readonly (readonly [FamilyName, typeof expectations])[] = [
  ['min', pv],
  ['max', pv],
  ['inverter', pv],
  ['sph', [...pv, ...battery, ...meter]],
  ['spa', [...battery, ...meter]],
  ['wit', [...pv, ...battery, ...meter]],
  ['storage', [...battery, ['growatt_pv_power_watts', (m) => m.power.pv, 0.1]]],
];

for (const [family, more] of byFamily) {
  test(`what a simulated ${family} measures is what a poll of it shows, by day and in the evening`, async (t) => {
    const clock = { at: NOON };
    const world = worldAt(clock);
    const { bank, now } = inverterIn(world, family, clock);
    const source = sourceTo(await serveBanks(t, { 1: bank }));
    for (const hours of [0, 4, 9]) {
      clock.at = NOON + hours * 60 * 60_000;
      if (!bank.awake) continue;
      const measured = now();
      const values = await polled(source);
      for (const [metric, of, step] of [...expectations, ...more]) {
        const value = values[metric];
        assert.ok(value !== undefined, `${metric} at +${hours} h`);
        assert.ok(Math.abs(value - of(measured)) <= 0.51 * step, `${metric} at +${hours} h: ${value}`);
      }
    }
  });
}

test('a simulated inverter without a battery is silent at night, and back in the morning', async (t) => {
  const clock = { at: NOON };
  const { bank } = inverterIn(worldAt(clock), 'min', clock);
  const source = sourceTo(await serveBanks(t, { 1: bank }));
  await polled(source);
  const hour = 60 * 60_000;
  // Until sunset, as often as an agent polls.
  for (; bank.awake && clock.at < NOON + 14 * hour; clock.at += 60_000) await polled(source);
  const [asleep] = (await eventsOf(source)).slice(-1);
  assert.ok(asleep?.type === 'attempt' && asleep.asleep);
  clock.at = NOON + 24 * hour;
  assert.equal((await polled(source)).growatt_inverter_status, 1);
});

test('a simulated inverter has no registers beyond those of its family', () => {
  const clock = { at: NOON };
  const { bank } = inverterIn(worldAt(clock), 'min', clock);
  assert.equal(bank.read('input', 3000, 125)?.length, 125);
  assert.equal(bank.read('input', 0, 1), undefined);
  assert.equal(bank.read('input', 3249, 2), undefined);
  assert.equal(bank.read('holding', 30_000, 1), undefined);
});

test('its identity is where the vendor has it: code, layout, clock, serial number, rating', () => {
  const clock = { at: NOON };
  const { bank } = inverterIn(worldAt(clock), 'min', clock);
  const holding = (address: number, count: number) => bank.read('holding', address, count);
  assert.deepEqual(holding(43, 2), [5200, 0x0201]);
  assert.deepEqual(holding(45, 6), [2026, 6, 12, 12, 0, 0]);
  assert.deepEqual(holding(6, 2), [0, 60_000]);
  const text = Buffer.from(holding(3001, 4)!.flatMap((word) => [word >> 8, word & 0xff])).toString();
  assert.equal(text, 'SIMMIN01');
});

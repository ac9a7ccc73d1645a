import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedUnderClearSky, type Plane } from '../../../src/derived/forecast/plane.ts';
import { HOUR, MIDNIGHT, MINUTE, polled, samples, setUp } from './support.ts';

const SECTION = { source: 'clear-sky', planes: [{ plant_id: '7', kwp: 5, tilt: 35, azimuth: 180 }] };
const PLANE: Plane = {
  latitude: 52.52,
  longitude: 13.405,
  altitude: 0,
  tilt: 35,
  azimuth: 180,
  rated: 5000,
  coefficient: -0.0037,
  losses: 0.09,
  acLimit: undefined,
};
const POLL = 5 * MINUTE;
const clock = (at: number) => (at - MIDNIGHT) / HOUR;
const RATIO = 'solar_performance_ratio';

/** What the devices show beside their energy, and how much of the possible power they give, by the hour of the day. */
interface Behaviour {
  readonly share?: (hour: number) => number;
  readonly shown?: (hour: number) => Readonly<Record<string, number>>;
  readonly side?: 'ac' | 'dc';
  readonly energy?: string;
  readonly section?: object;
}

/** A day of the plant, which the agent looks at every five minutes. */
function dayOf(behaviour: Behaviour) {
  const { share = () => 1, shown = () => ({}), side = 'ac', energy = 'growatt_energy_today_kwh' } = behaviour;
  const section = behaviour.section ?? SECTION;
  let { world, source } = setUp({ section });
  let one = source();
  let given = 0;
  let at = MIDNIGHT;
  const show = () => {
    const hour = clock(at);
    const read = { [energy]: Math.floor(given * 10) / 10, growatt_last_update_timestamp_seconds: at / 1000 };
    world.shown = samples({ ...read, ...shown(hour) }, 'SN1');
    world.now = at + MINUTE;
  };
  const values = async () => (await polled(one)).values;
  /** Lets time pass until an hour of the day. @returns the ratio at each poll, by the hour */
  const until = async (hour: number, isWatched = true) => {
    const ratios = new Map<number, number | undefined>();
    while (clock(at) < hour - 1e-9) {
      given +=
        (expectedUnderClearSky(PLANE, at + POLL / 2, {})[side] * share(clock(at)) * POLL) / HOUR / 1000;
      at += POLL;
      show();
      if (isWatched) ratios.set(clock(at), (await values())[RATIO]);
    }
    return ratios;
  };
  return {
    until,
    values,
    show,
    get world() {
      return world;
    },
    /** The agent begins again, with or without its state. */
    restart(withState = true) {
      const state = JSON.parse(JSON.stringify(one.snapshot?.()));
      ({ world, source } = setUp({ section }));
      one = source();
      if (withState) one.restore?.(state);
      show();
    },
  };
}

function assertRatio(actual: number | undefined, expected: number, within = 0.015): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < within, `${actual} is not ${expected}`);
}

const lastOf = (ratios: Map<number, number | undefined>) => [...ratios.values()].at(-1);

test('the ratio is the share of the expected energy, from an hour of sun until midnight', async () => {
  const day = dayOf({ share: () => 0.9 });
  const ratios = await day.until(23.5);
  const first = [...ratios].find(([, ratio]) => ratio !== undefined)?.[0] ?? 0;
  assert.ok(first > 7.5 && first < 9.5, `first at ${first}`);
  for (const [hour, ratio] of ratios) if (hour >= first) assertRatio(ratio, 0.9, hour < 11 ? 0.08 : 0.015);
  const after = await day.until(24.5);
  assert.equal(lastOf(after), undefined, 'another day begins');
});

test('the specific yield is the energy of the day for each kilowatt of modules', async () => {
  const day = dayOf({});
  await day.until(15, false);
  const values = await day.values();
  const [energy] = day.world.shown.filter(({ metric }) => metric === 'growatt_energy_today_kwh');
  assert.ok(Math.abs(values.solar_specific_yield_today_kwh_per_kwp! - energy!.value / 5) < 1e-4);
});

test('while a device limits its output there is no ratio, and neither side counts what it was', async () => {
  const isLimited = (hour: number) => hour > 11 && hour <= 14;
  const day = dayOf({
    share: (hour) => (isLimited(hour) ? 0.3 : 0.9),
    shown: (hour) => ({ growatt_derating_mode: isLimited(hour) ? 7 : 0 }),
  });
  const ratios = await day.until(20);
  for (const [hour, ratio] of ratios) if (isLimited(hour)) assert.equal(ratio, undefined, String(hour));
  assertRatio(lastOf(ratios), 0.9, 0.02);
});

test('a full battery that takes nothing, with nothing fed in, is no fault of the modules', async () => {
  const isFull = (hour: number) => hour > 12 && hour <= 15;
  const battery = (exported: number) =>
    dayOf({
      side: 'dc',
      energy: 'growatt_pv_energy_today_kwh',
      share: (hour) => (isFull(hour) ? 0.2 : 1),
      shown: (hour) => ({
        growatt_battery_soc_percent: isFull(hour) ? 100 : 60,
        growatt_grid_export_power_watts: isFull(hour) ? exported : 0,
      }),
    });
  const ratios = await battery(10).until(20);
  assert.equal(ratios.get(13), undefined);
  assertRatio(lastOf(ratios), 1, 0.02);
  const exporting = await battery(900).until(20);
  assert.ok((lastOf(exporting) ?? 1) < 0.8, 'what is fed in could have been more');
});

test('an output that stands still while the sun does not is limited, from when it began to stand still', async () => {
  const isLimited = (hour: number) => hour > 10 && hour <= 12;
  const percent = (hour: number) => {
    const at = MIDNIGHT + hour * HOUR;
    const free = expectedUnderClearSky(PLANE, at, {}).ac / 50;
    return isLimited(hour) ? 45 : free;
  };
  const share = (hour: number) => {
    const free = expectedUnderClearSky(PLANE, MIDNIGHT + hour * HOUR, {}).ac / 50;
    return isLimited(hour + POLL / HOUR) && free > 0 ? 45 / free : 1;
  };
  const day = dayOf({ share, shown: (hour) => ({ growatt_output_power_percent: percent(hour) }) });
  const ratios = await day.until(21);
  assert.equal(ratios.get(12), undefined);
  assertRatio(lastOf(ratios), 1, 0.02);
  const soiled = dayOf({
    share: () => 0.8,
    shown: (hour) => ({ growatt_output_power_percent: 0.8 * percent(hour) * (isLimited(hour) ? 0 : 1) }),
  });
  const free = await soiled.until(21);
  assert.notEqual(free.get(13.5), undefined, 'modules that are dirty all day are not limited');
  assertRatio(lastOf(free), 0.8);
});

test('a plant with a battery is judged by the energy of its modules, before the inverter', async () => {
  const day = dayOf({
    side: 'dc',
    energy: 'growatt_pv_energy_today_kwh',
    shown: () => ({ growatt_battery_charge_energy_total_kwh: 5, growatt_energy_today_kwh: 3 }),
  });
  assertRatio(lastOf(await day.until(20)), 1, 0.01);
  const ofInputs = dayOf({
    side: 'dc',
    energy: 'growatt_pv1_energy_today_kwh',
    shown: () => ({ growatt_battery_charge_energy_total_kwh: 5, growatt_pv2_energy_today_kwh: 0 }),
  });
  assertRatio(lastOf(await ofInputs.until(20)), 1, 0.01);
});

test('after a restart with its state the agent goes on as if there had been none', async () => {
  const share = (hour: number) => (hour > 12 ? 0.6 : 1);
  const derated = (hour: number) => ({ growatt_derating_mode: hour > 10 && hour < 11 ? 1 : 0 });
  const [whole, interrupted] = [dayOf({ share, shown: derated }), dayOf({ share, shown: derated })];
  const expected = lastOf(await whole.until(20));
  for (const hour of [6, 10.5, 13, 17]) {
    await interrupted.until(hour);
    interrupted.restart();
  }
  assertRatio(lastOf(await interrupted.until(20)), expected!, 0.005);
});

test('what devices counted while nobody looked counts, unless output is held back at times', async () => {
  const day = dayOf({ share: () => 0.9 });
  await day.until(15, false);
  day.restart(false);
  assertRatio((await day.values())[RATIO], 0.9);
  const derating = (hour: number) => ({ growatt_derating_mode: hour > 8 && hour < 8.2 ? 1 : 0 });
  const limited = dayOf({ share: () => 0.9, shown: derating });
  await limited.until(9);
  await limited.until(15, false);
  limited.restart();
  assert.equal((await limited.values())[RATIO], undefined);
});

test('the energy of yesterday, which devices show until they wake, is none of today', async () => {
  const day = dayOf({});
  day.world.shown = samples(
    { growatt_energy_today_kwh: 21, growatt_last_update_timestamp_seconds: MIDNIGHT / 1000 - 600 },
    'SN1',
  );
  day.world.now = MIDNIGHT + MINUTE;
  await day.values();
  assertRatio(lastOf(await day.until(20)), 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyFamily, fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import { berlinHome, HOUR, MIDNIGHT, MINUTE, NOON, startWorld } from './world.ts';

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** At the equator the sun is up for twelve hours on every day of the year. */
const equator = { latitude: 0, longitude: 15, zone: 60 } as const;

test('a home with one inverter needs fewer than 210 calls on a day of twelve sunny hours', async (t) => {
  const world = await startWorld(t, { plants: [berlinHome(equator)], start: MIDNIGHT });
  world.boot().run();
  // The first day begins with the agent; the second is like all others.
  await world.clock.pass(MIDNIGHT + 48 * HOUR);
  const counts = world.callCounts(MIDNIGHT + 24 * HOUR, MIDNIGHT + 48 * HOUR);
  assert.deepEqual(counts, { 'tlx/tlx_last_data': 166, 'plant/list': 5, 'device/list': 5, 'plant/data': 24 });
  assert.ok(sum(counts) < 210);
  assert.deepEqual(world.lines, ['growatt/default: first readings are in'], 'and none of them is refused');
});

test('a home with three families makes one live call for each in a cycle', async (t) => {
  const devices = everyFamily().filter(({ family }) => ['min', 'sph', 'max'].includes(family));
  const world = await startWorld(t, { plants: [berlinHome({ devices })] });
  world.boot().run();
  await world.clock.pass(NOON + HOUR);
  const counts = world.callCounts(NOON + 10 * MINUTE, NOON + HOUR);
  console.log(counts, world.lines);
});

test('an installer', async (t) => {
  const t0 = performance.now();
  const world = await startWorld(t, { plants: fleetPlants(NOON, 500), cloud: { limits: true } });
  world.boot().run();
  await world.clock.pass(NOON + MINUTE);
  console.log(
    performance.now() - t0,
    world.store.samples().filter((s) => s.metric === 'growatt_current_power_watts').length,
    world.callCounts(),
  );
  for (const m of [5, 10, 20, 30, 40, 50, 60, 90, 120]) {
    await world.clock.pass(NOON + m * MINUTE);
    console.log(
      m,
      performance.now() - t0,
      world.store.samples().filter((s) => s.metric === 'growatt_current_power_watts').length,
      world.store.samples().filter((s) => s.metric === 'growatt_energy_year_kwh').length,
      world.callCounts(),
    );
  }
  console.log(world.callCounts(NOON + 90 * MINUTE, NOON + 120 * MINUTE), world.lines);
});

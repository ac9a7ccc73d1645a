import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHome } from './helpers/home.ts';
import { stateDir } from './sources/growatt/history-support.ts';
import { HOUR, MIDNIGHT, MIN, MINUTE } from './sources/growatt/world.ts';

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

test('an inverter that is read locally needs fewer than 90 cloud calls on a day of twelve sunny hours', async (t) => {
  const world = await startHome(t);
  const agent = world.run({ local: world.local() });
  let total = 0;
  for (let at = MIDNIGHT; at <= MIDNIGHT + 48 * HOUR; at += 10 * MINUTE) {
    await world.until(at);
    const shown = agent.store.samples().filter(({ metric }) => metric === 'growatt_energy_total_kwh');
    assert.ok(shown.length <= 1);
    assert.ok((shown[0]?.value ?? 0) >= total, `${shown[0]?.value} after ${total}`);
    total = shown[0]?.value ?? total;
  }
  const counts = world.callCounts(MIDNIGHT + 24 * HOUR, MIDNIGHT + 48 * HOUR);
  assert.ok(sum(counts) < 90, JSON.stringify(counts));
  assert.ok(total > 20);
});

test('when the local way fails, the cloud is asked at its own interval at once', async (t) => {
  const noon = MIDNIGHT + 12 * HOUR;
  const world = await startHome(t, { start: noon });
  world.run({ local: world.local() });
  await world.until(noon + 2 * HOUR);
  const live = (from: number, to: number) => world.callCounts(from, to)['tlx/tlx_last_data'] ?? 0;
  assert.ok(live(noon + HOUR / 2, noon + 2 * HOUR) <= 3);
  world.state.isReachable = false;
  await world.until(noon + 3 * HOUR);
  assert.ok(live(noon + 2 * HOUR, noon + 2 * HOUR + 8 * MINUTE) >= 1);
  assert.ok(live(noon + 2 * HOUR, noon + 3 * HOUR) >= 10);
  world.state.isReachable = true;
  await world.until(noon + 5 * HOUR);
  assert.ok(live(noon + 3.5 * HOUR, noon + 5 * HOUR) <= 4);
});

test('local series wait for the list of the account, so that their plant never changes', async (t) => {
  const noon = MIDNIGHT + 12 * HOUR;
  const world = await startHome(t, { start: noon });
  const agent = world.run({ local: world.local() });
  const plants = new Set<string | undefined>();
  for (let at = noon; at < noon + 2 * MINUTE; at += 1000) {
    await world.until(at);
    for (const { attributes } of agent.store.samples()) plants.add(attributes.plant_id);
  }
  plants.delete(undefined);
  assert.deepEqual([...plants], ['1']);
});

test('after a restart the lists of the run before count: local series are shown before the next poll of the account', async (t) => {
  const noon = MIDNIGHT + 12 * HOUR;
  const world = await startHome(t, { start: noon });
  const folder = stateDir(t);
  const first = world.run({ local: world.local(), stateDir: folder });
  await world.until(noon + 3 * MINUTE);
  await first.stop();
  const calls = world.cloud.calls.length;
  const second = world.run({ local: world.local(), stateDir: folder });
  await world.until(noon + 3 * MINUTE + 5000);
  assert.equal(world.cloud.calls.length, calls);
  const { growatt_last_update_timestamp_seconds: at } = second.values({ device_sn: MIN, plant_id: '1' });
  assert.ok(at !== undefined && at * 1000 >= noon + 3 * MINUTE);
});

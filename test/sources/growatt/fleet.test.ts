import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import { type Agent, MINUTE, NOON, startWorld } from './world.ts';

function ages({ store }: Agent, now: number): number[] {
  return store
    .samples()
    .filter(({ metric }) => metric === 'growatt_last_update_timestamp_seconds')
    .map(({ value }) => (now - value * 1000) / MINUTE);
}

test('500 plants: values within a minute, all found within 40 minutes, none of them starved, 10 calls a cycle', async (t) => {
  const world = await startWorld(t, { plants: fleetPlants(NOON, 500) });
  const agent = world.run();
  const known = async (minutes: number) => {
    const now = NOON + minutes * MINUTE;
    await world.until(now);
    const readings = ages(agent, now);
    // Uploads are up to 5 minutes old when they are read, and read again within 5 minutes and a bit.
    const oldest = Math.max(...readings);
    assert.ok(oldest < 12, `after ${minutes} minutes a reading is ${oldest} minutes old`);
    return readings.length;
  };
  assert.equal(await known(1), 20);
  assert.deepEqual(world.callCounts(), { 'plant/list': 5, 'device/list': 15, 'tlx/tlxs_data': 1 });
  assert.ok((await known(10)) > 300);
  assert.ok((await known(20)) > 600);
  assert.equal(await known(35), 1000);
  const counts = world.callCounts();
  assert.equal(counts['device/list'], 500);
  assert.equal(counts['plant/list'], 5);
  const start = world.cloud.calls.findLastIndex(({ path }) => path.endsWith('device/list'));
  const poll = world.cloud.calls.slice(start);
  await world.until(NOON + 46 * MINUTE);
  assert.deepEqual(poll.filter(({ path }) => /device\/list/.test(path)).length, 1);
  const cycle = world.callCounts(NOON + 40.5 * MINUTE, NOON + 45.5 * MINUTE);
  assert.equal(cycle['tlx/tlxs_data'], 10);
  assert.ok((cycle['plant/data'] ?? 0) > 50, 'the rest of the gap is for months and years');
  assert.deepEqual(agent.lines.length, 1, agent.lines.join('\n'));
});

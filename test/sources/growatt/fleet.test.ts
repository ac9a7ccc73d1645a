import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import { MINUTE, NOON, startWorld, type World } from './world.ts';

/** When each device was asked for its values, in minutes since noon. */
function readTimes({ cloud }: World): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { at, params } of cloud.calls) {
    for (const sn of (params.tlxs ?? params.tlx_sn ?? '').split(',').filter(Boolean)) {
      times.set(sn, [...(times.get(sn) ?? []), (at - NOON) / MINUTE]);
    }
  }
  return times;
}

test('500 plants: values within a minute, all found in 35 minutes, nobody starves, 10 calls a cycle', async (t) => {
  // Plants without a past are quicker to simulate.
  const plants = fleetPlants(NOON, 500).map((plant) => ({ ...plant, createDate: '2026-06-12' }));
  const world = await startWorld(t, { plants });
  const agent = world.run();
  const known = async (minutes: number) => {
    await world.until(NOON + minutes * MINUTE);
    return agent.store.samples().filter(({ metric }) => metric === 'growatt_current_power_watts').length;
  };
  assert.equal(await known(1), 20);
  assert.deepEqual(world.callCounts(), { 'plant/list': 5, 'device/list': 15, 'tlx/tlxs_data': 1 });
  assert.ok((await known(15)) > 450);
  assert.equal(await known(35), 1000);
  assert.equal(world.callCounts()['device/list'], 500);
  await world.until(NOON + 43 * MINUTE);

  const listedAt = new Map(
    world.cloud.calls
      .filter(({ path }) => path.endsWith('device/list'))
      .map(({ at, params }) => [Number(params.plant_id) - 2_000_000, (at - NOON) / MINUTE]),
  );
  const reads = readTimes(world);
  assert.equal(reads.size, 1000);
  for (const [sn, times] of reads) {
    const listed = listedAt.get(Number(sn.slice(5, 9)) - 1) ?? 0;
    assert.ok(times[0]! - listed < 1.5, `${sn} is listed at ${listed} and read at ${times[0]}`);
    for (const [i, time] of times.entries()) {
      const gap = time - (times[i - 1] ?? time);
      assert.ok(gap < 6.5, `${sn} is not read for ${gap} minutes`);
    }
  }
  const polls = world.callCounts(NOON + 32.5 * MINUTE, NOON + 42.5 * MINUTE);
  assert.deepEqual(polls['tlx/tlxs_data'], 20, 'ten calls for a thousand inverters, twice in ten minutes');
  assert.ok((polls['plant/data'] ?? 0) > 100, 'the rest of the gap is for months and years');
  assert.equal(agent.lines.length, 1, agent.lines.join('\n'));
});

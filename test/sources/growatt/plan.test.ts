import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyFamily } from '../../../src/simulators/growatt/plants.ts';
import { berlinHome, HOUR, MIDNIGHT, MINUTE, NOON, startWorld } from './world.ts';

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** At the equator the sun is up for twelve hours on every day of the year. */
const equator = { latitude: 0, longitude: 15, zone: 60 } as const;

test('a home with one inverter needs fewer than 210 calls on a day of twelve sunny hours', async (t) => {
  const world = await startWorld(t, { plants: [berlinHome(equator)], start: MIDNIGHT });
  const agent = world.run();
  // The first day begins with the agent; the second is like all others.
  await world.until(MIDNIGHT + 48 * HOUR);
  const counts = world.callCounts(MIDNIGHT + 24 * HOUR, MIDNIGHT + 48 * HOUR);
  assert.deepEqual(counts, {
    'tlx/tlx_last_data': 166,
    'plant/list': 5,
    'device/list': 5,
    'plant/data': 24,
  });
  assert.ok(sum(counts) < 210);
  assert.deepEqual(agent.lines.slice(1), [], 'and none of them is refused');
});

test('with no slower polls at night a day needs about 300 calls', async (t) => {
  const world = await startWorld(t, {
    plants: [berlinHome(equator)],
    start: MIDNIGHT,
    settings: { idleInterval: 0 },
  });
  world.run();
  await world.until(MIDNIGHT + 24 * HOUR);
  const counts = world.callCounts();
  assert.equal(counts['tlx/tlx_last_data'], 281);
  assert.ok(sum(counts) < 330);
});

test('at night a home is asked every half hour, and at the daily pace within half an hour of sunrise', async (t) => {
  const world = await startWorld(t, { plants: [berlinHome(equator)], start: NOON });
  const agent = world.run();
  const intervals: string[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 10) {
    await world.until(NOON + minute * MINUTE);
    const interval = `${agent.source.interval() / MINUTE} min`;
    if (interval !== intervals.at(-1)?.split(' from ')[0])
      intervals.push(`${interval} from ${minute / 60} h`);
  }
  assert.deepEqual(
    intervals.map((line) => line.replace(/\.\d+ h/, ' h')),
    ['5 min from 0 h', '30 min from 7 h', '5 min from 19 h'],
  );
});

test('a home with three families makes one live call for each in a cycle', async (t) => {
  const devices = everyFamily().filter(({ family }) => ['min', 'sph', 'max'].includes(family));
  const world = await startWorld(t, { plants: [berlinHome({ devices })] });
  const agent = world.run();
  await world.until(NOON + HOUR);
  assert.deepEqual(world.callCounts(NOON + 10 * MINUTE, NOON + HOUR), {
    'tlx/tlx_last_data': 10,
    'mix/mix_last_data': 10,
    'max/max_last_data': 10,
    'plant/data': 1,
  });
  assert.deepEqual(agent.lines.slice(1), []);
});

test('several devices of one family share one call, but where the API has no such call', async (t) => {
  const several = everyFamily()
    .filter(({ family }) => ['min', 'storage'].includes(family))
    .flatMap((device) => ['1', '2', '3'].map((n) => ({ ...device, sn: `${device.sn}${n}` })));
  const world = await startWorld(t, { plants: [berlinHome({ devices: several })] });
  world.run();
  await world.until(NOON + 5 * MINUTE);
  assert.deepEqual(world.callCounts(), {
    'plant/list': 1,
    'device/list': 1,
    'tlx/tlxs_data': 1,
    'storage/storage_last_data': 3,
    'plant/data': 1,
  });
});

test('live calls that fill their interval leave room for one other call each time', async (t) => {
  const world = await startWorld(t, {
    settings: { collectInterval: 2000, plantInterval: 10_000 },
    cloud: { limits: false },
  });
  world.run();
  await world.until(NOON + MINUTE);
  const { 'tlx/tlx_last_data': live = 0, 'plant/data': data = 0 } = world.callCounts();
  assert.ok(data >= 3, `plant/data was called ${data} times`);
  assert.ok(live >= 2 * data, 'most calls are still live ones');
});

test('an account that is limited slows down step by step, and recovers step by step', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 8 * MINUTE);
  world.cloud.faults.next({ kind: 'rate-limited', match: 'tlx', times: 2 });
  const minutes: number[] = [];
  for (let minute = 9; minute < 100; minute++) {
    await world.until(NOON + minute * MINUTE);
    const interval = Math.round((agent.source.interval() / MINUTE) * 10) / 10;
    if (interval !== minutes.at(-1)) minutes.push(interval);
  }
  assert.deepEqual(minutes, [5, 7.5, 11.3, 9, 7.2, 5.8, 5]);
  assert.equal(agent.value('growatt_up'), 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays } from '../../../src/base/calendar.ts';
import {
  assertDay,
  assertHours,
  BERLIN,
  datesAsked,
  datesShown,
  daysBack,
  hoursShown,
  stateDir,
  truth,
  week,
  YESTERDAY,
} from './history-support.ts';
import { berlinHome, DAY, HOUR, MIDNIGHT, MINUTE, NOON, startWorld } from './world.ts';

test('on start the last days are read, after the live values, the newest first, with one call for their energies', async (t) => {
  const world = await startWorld(t, { history: week, account: BERLIN });
  const agent = world.run();
  await world.until(NOON + 5 * MINUTE - 1);
  const paths = world.cloud.calls.map(({ path }) => path.split('/').slice(-2).join('/'));
  assert.deepEqual(paths, [
    'plant/list',
    'device/list',
    'tlx/tlx_last_data',
    'plant/data',
    'plant/energy',
    ...Array(7).fill('plant/power'),
  ]);
  assert.deepEqual(datesAsked(world), daysBack(YESTERDAY, 7));
  for (const date of daysBack(YESTERDAY, 7)) assertDay(agent, date, truth(berlinHome(), date, NOON));
  assertHours(agent, truth(berlinHome(), YESTERDAY, NOON));
  assert.equal(agent.value('growatt_up'), 1);
  const problems = agent.lines.filter((line) => !line.startsWith('info: '));
  assert.deepEqual(problems, []);
});

test('without COLLECT_HISTORY no day is read', async (t) => {
  const world = await startWorld(t, { account: BERLIN });
  const agent = world.run();
  await world.until(NOON + 30 * MINUTE);
  assert.deepEqual(datesAsked(world), []);
  assert.deepEqual(datesShown(agent), []);
  assert.deepEqual(hoursShown(agent), []);
});

test('days before the plant began are not asked for', async (t) => {
  const plants = [berlinHome({ createDate: '2026-06-10' })];
  const world = await startWorld(t, { plants, history: { enabled: true, days: 366 }, account: BERLIN });
  const agent = world.run();
  await world.until(NOON + 10 * MINUTE);
  assert.deepEqual(datesAsked(world), ['2026-06-11', '2026-06-10']);
  assert.deepEqual(datesShown(agent), ['2026-06-10', '2026-06-11']);
});

test('at 00:05 of the plant the day before is read, though the inverter sleeps, and the oldest day ends', async (t) => {
  const start = MIDNIGHT + DAY - 2 * HOUR;
  const world = await startWorld(t, { start, history: week, account: BERLIN });
  const agent = world.run();
  const midnight = MIDNIGHT + DAY;
  await world.until(midnight + 5 * MINUTE - 1);
  assert.equal(datesAsked(world)[0], YESTERDAY);
  assert.equal(datesAsked(world).length, 7);
  await world.until(midnight + 6 * MINUTE);
  assert.deepEqual(datesAsked(world).slice(7), ['2026-06-12']);
  const [last] = world.cloud.calls.filter(({ path }) => path.endsWith('plant/power')).slice(-1);
  assert.ok(last && last.at - midnight - 5 * MINUTE < 10_000, 'within seconds');
  assert.deepEqual(datesShown(agent), daysBack('2026-06-12', 7).toSorted());
  assertDay(agent, '2026-06-12', truth(berlinHome(), '2026-06-12', midnight));
  assertHours(agent, truth(berlinHome(), '2026-06-12', midnight));
});

test('HISTORY_SCHEDULE is read in the time zone of each plant', async (t) => {
  const tokyo = berlinHome({
    id: 2,
    latitude: 35.7,
    longitude: 139.7,
    timezone: 'GMT+9',
    zone: 'Asia/Tokyo',
    devices: [{ sn: 'TOKYO00001', family: 'min', dataloggerSn: 'TOKYOLOG01' }],
  });
  const history = { enabled: true, days: 1, schedule: '30 2 * * *' };
  const world = await startWorld(t, { plants: [berlinHome(), tokyo], history, start: MIDNIGHT - 12 * HOUR });
  world.run();
  await world.until(MIDNIGHT + 6 * HOUR);
  const calls = world.cloud.calls
    .filter(({ path }) => path.endsWith('plant/power'))
    .map(({ at, params }) => `${new Date(at).toISOString().slice(5, 16)} ${params.plant_id} ${params.date}`);
  assert.deepEqual(calls, [
    '06-11T10:00 1 2026-06-10',
    '06-11T10:00 2 2026-06-10',
    // Its cloud says GMT+1, also in summer.
    '06-11T17:30 2 2026-06-11',
    '06-12T01:30 1 2026-06-11',
  ]);
});

test('a restart reads no day again, and shows them from the first poll on', async (t) => {
  const folder = stateDir(t);
  const world = await startWorld(t, { history: week, account: BERLIN });
  const first = world.run({ stateDir: folder });
  await world.until(NOON + 10 * MINUTE);
  const shown = { ...first.values() };
  await first.stop();
  const again = world.run({ stateDir: folder });
  await world.until(NOON + 30 * MINUTE);
  assert.equal(datesAsked(world).length, 7);
  assert.equal(datesAsked(world, 'plant/energy').length, 1);
  const history = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => /daily|hourly/.test(name)));
  assert.ok(Object.keys(history(shown)).length > 20);
  assert.deepEqual(history(again.values()), history(shown));
});

test('days that an agent slept through are read when it is back, and those too old are gone', async (t) => {
  const folder = stateDir(t);
  const world = await startWorld(t, { history: week, account: BERLIN });
  const first = world.run({ stateDir: folder });
  await world.until(NOON + 10 * MINUTE);
  await first.stop();
  await world.until(NOON + 3 * DAY);
  const again = world.run({ stateDir: folder });
  await world.until(NOON + 3 * DAY + 10 * MINUTE);
  assert.deepEqual(datesAsked(world).slice(7), ['2026-06-14', '2026-06-13', '2026-06-12']);
  assert.deepEqual(datesShown(again), daysBack('2026-06-14', 7).toSorted());
  assertDay(again, '2026-06-13', truth(berlinHome(), '2026-06-13', NOON + 3 * DAY));
});

test('of several plants the newest days go first, and a plant that is gone takes its days with it', async (t) => {
  const other = berlinHome({
    id: 2,
    devices: [{ sn: 'OTHER00001', family: 'min', dataloggerSn: 'OTHERLOG01' }],
  });
  const world = await startWorld(t, { plants: [berlinHome(), other], history: { enabled: true, days: 2 } });
  const agent = world.run();
  await world.until(NOON + 10 * MINUTE);
  assert.deepEqual(datesAsked(world), [YESTERDAY, YESTERDAY, '2026-06-10', '2026-06-10']);
  assert.equal(datesShown(agent).length, 4);
  world.cloud.removePlant(2);
  await world.until(NOON + 4 * HOUR);
  assert.deepEqual(datesShown(agent), ['2026-06-10', YESTERDAY]);
  assert.equal(agent.value('growatt_daily_energy_kwh', { plant_id: '2' }), undefined);
});

/** A battery gives power at night, too. */
const hybrid = (createDate: string) =>
  berlinHome({
    createDate,
    devices: [
      { sn: 'SIMSPH0001', family: 'sph', dataloggerSn: 'SIMLOG0009', peakPowerW: 6000, batteryKwh: 10 },
    ],
  });

for (const [name, date, length, hours] of [
  ['23 hours in spring', '2026-03-29', 23, 23],
  ['25 hours in autumn', '2026-10-25', 25, 24],
] as const) {
  test(`the day of ${name} is as long as it was`, async (t) => {
    const home = hybrid(addDays(date, -3));
    const start = Date.parse(`${addDays(date, 1)}T09:00:00Z`);
    const world = await startWorld(t, {
      start,
      plants: [home],
      history: { enabled: true, days: 1 },
      account: BERLIN,
    });
    const agent = world.run();
    await world.until(start + 10 * MINUTE);
    const expected = truth(home, date, start);
    assert.equal(expected.length, length);
    assert.equal(expected.hourly.size, hours);
    assertDay(agent, date, expected);
    assertHours(agent, expected);
  });

  test(`the integral of the day of ${name} is its energy`, async (t) => {
    const home = hybrid(addDays(date, -3));
    const start = Date.parse(`${addDays(date, 1)}T09:00:00Z`);
    const world = await startWorld(t, {
      start,
      plants: [home],
      history: { enabled: true, days: 1 },
      account: BERLIN,
    });
    world.cloud.faults.next({ kind: 'permission', match: 'plant/energy' });
    const agent = world.run();
    await world.until(start + 10 * MINUTE);
    const integrated = agent.value('growatt_daily_energy_kwh', { date }) ?? Number.NaN;
    assert.ok(Math.abs(integrated - truth(home, date, start).energy) < 0.1, String(integrated));
  });
}

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { addDays } from '../../../src/calendar.ts';
import { parseDate } from '../../../src/simulators/calendar.ts';
import { dayPowers, energyBetween } from '../../../src/simulators/growatt/plant-figures.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import {
  type Agent,
  berlinHome,
  DAY,
  HOUR,
  MIDNIGHT,
  MIN,
  MINUTE,
  NOON,
  startModel,
  startWorld,
  type World,
} from './world.ts';

/** The history of a home in Berlin, and that its clock follows the seasons. */
const BERLIN = { plants: [{ id: '1', timezone: 'Europe/Berlin' }] };
const YESTERDAY = '2026-06-11';
const week = { enabled: true, days: 7 };

const datesAsked = (world: World, path = 'plant/power') =>
  world.cloud.calls
    .filter((call) => call.path.endsWith(path))
    .map(({ params }) => params.date ?? params.end_date);

const datesShown = (agent: Agent, metric = 'growatt_daily_energy_kwh') =>
  agent.store
    .samples()
    .filter((sample) => sample.metric === metric)
    .map(({ attributes }) => attributes.date)
    .toSorted();

const hoursShown = (agent: Agent) =>
  agent.store
    .samples()
    .filter(({ metric }) => metric === 'growatt_hourly_avg_power_watts')
    .map(({ attributes }) => attributes.hour)
    .toSorted();

function daysBack(newest: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addDays(newest, -i));
}

/** What the model says of a day that is over, in the cloud's precision. */
function truth(spec: PlantSpec, date: string, now: number) {
  const { model } = startModel([spec], () => now);
  const plant = model.plants.get(spec.id);
  const day = parseDate(date);
  assert.ok(plant && day !== undefined);
  const slots = dayPowers(model, plant, day).flatMap(({ at, power }) =>
    power === null
      ? []
      : [{ hour: new Date(at + plant.zone(at)).getUTCHours(), watts: Math.round(power * 10) / 10 }],
  );
  const byHour = Map.groupBy(slots, ({ hour }) => hour);
  const mean = (some: readonly { watts: number }[]) =>
    some.reduce((sum, { watts }) => sum + watts, 0) / some.length;
  const begin = dayPowers(model, plant, day)[0]!.at;
  const end = dayPowers(model, plant, day + 1)[0]!.at;
  return {
    length: (end - begin) / HOUR,
    energy: Number(energyBetween(plant, begin, end).toFixed(1)),
    integral: slots.reduce((sum, { watts }) => sum + watts / 12_000, 0),
    peak: Math.max(...slots.map(({ watts }) => watts)),
    hourly: new Map([...byHour].map(([hour, some]) => [String(hour).padStart(2, '0'), mean(some)])),
  };
}

function assertDay(
  agent: Agent,
  date: string,
  expected: ReturnType<typeof truth>,
  energy = expected.energy,
): void {
  assert.equal(agent.value('growatt_daily_energy_kwh', { date }), energy, date);
  assert.equal(agent.value('growatt_daily_peak_power_watts', { date }), expected.peak, date);
}

function assertHours(agent: Agent, expected: ReturnType<typeof truth>): void {
  assert.deepEqual(hoursShown(agent), [...expected.hourly.keys()].toSorted());
  for (const [hour, watts] of expected.hourly) {
    const seen = agent.value('growatt_hourly_avg_power_watts', { hour }) ?? Number.NaN;
    assert.ok(Math.abs(seen - watts) < 0.001, `${hour}: ${seen}, not ${watts}`);
  }
}

function stateDir(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

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
    Object.entries(values).filter(([name]) => /daily|hourly/.test(name));
  assert.ok(history(shown).length > 20);
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

test('without energies from the API the curve is integrated, until the API gives them a day later', async (t) => {
  const start = MIDNIGHT + DAY - HOUR;
  const world = await startWorld(t, { start, history: { enabled: true, days: 3 }, account: BERLIN });
  world.cloud.faults.next({ kind: 'permission', match: 'plant/energy', times: 3 });
  const agent = world.run();
  await world.until(start + 30 * MINUTE);
  const { energy, integral } = truth(berlinHome(), YESTERDAY, start);
  const integrated = agent.value('growatt_daily_energy_kwh', { date: YESTERDAY }) ?? Number.NaN;
  assert.ok(Math.abs(integrated - integral) < 0.001);
  assert.ok(Math.abs(integrated - energy) < 0.1);
  assert.equal(agent.value('growatt_up'), 1);
  await world.until(MIDNIGHT + DAY + 10 * MINUTE);
  assert.equal(agent.value('growatt_daily_energy_kwh', { date: YESTERDAY }), energy);
  assertDay(agent, '2026-06-12', truth(berlinHome(), '2026-06-12', start + DAY));
});

test('a cloud that never tells energies is asked once for a week, not for each day', async (t) => {
  const world = await startWorld(t, { history: week, account: BERLIN, cloud: { limits: false } });
  const agent = world.boot();
  const fetches: string[] = [];
  world.cloud.faults.next({ kind: 'empty-devices', match: 'plant/energy', times: Number.POSITIVE_INFINITY });
  agent.run();
  await world.until(NOON + 10 * MINUTE);
  fetches.push(...datesAsked(world, 'plant/energy').map(String));
  assert.deepEqual(fetches, [YESTERDAY]);
  assert.equal(datesShown(agent).length, 7);
});

test('a day with too few values has no power, its energy stays, and the log says so', async (t) => {
  const world = await startWorld(t, { history: { enabled: true, days: 2 }, account: BERLIN });
  world.cloud.disturb(MIN, { silentSince: MIDNIGHT - DAY + 5.2 * HOUR });
  const agent = world.run();
  await world.until(NOON + 10 * MINUTE);
  assert.deepEqual(datesShown(agent, 'growatt_daily_peak_power_watts'), ['2026-06-10']);
  assert.deepEqual(hoursShown(agent), []);
  assert.equal(agent.value('growatt_daily_energy_kwh', { date: YESTERDAY }), 0);
  const told = agent.lines.filter((line) => line.includes('too few power values'));
  assert.deepEqual(told, [
    `warn: growatt/default: plant 1 has too few power values on ${YESTERDAY}: the day's power is left out`,
  ]);
});

test('a cloud that says "too frequently" is left alone, without harm to the live values', async (t) => {
  const world = await startWorld(t, { history: { enabled: true, days: 2 }, account: BERLIN });
  world.cloud.faults.next({ kind: 'rate-limited', match: 'plant/power', times: 2 });
  const agent = world.run();
  await world.until(NOON + 4 * MINUTE);
  assert.equal(datesAsked(world).length, 1);
  assert.equal(agent.value('growatt_up'), 1);
  assert.ok(agent.value('growatt_current_power_watts'));
  await world.until(NOON + HOUR);
  assert.deepEqual(datesShown(agent), ['2026-06-10', YESTERDAY]);
  assert.ok(datesAsked(world).length <= 4);
});

test('a plant whose days are refused is asked about one of them an hour, and that is logged once', async (t) => {
  const world = await startWorld(t, { history: week, account: BERLIN });
  world.cloud.faults.next({ kind: 'permission', match: 'plant/power', times: Number.POSITIVE_INFINITY });
  const agent = world.run();
  await world.until(NOON + 6 * HOUR - 5 * MINUTE);
  assert.equal(datesAsked(world).length, 6);
  assert.equal(agent.value('growatt_up'), 1);
  const told = agent.lines.filter((line) => line.includes('the history of plant 1'));
  assert.equal(told.length, 1);
  assert.match(
    told[0] ?? '',
    /^warn: growatt\/default: the history of plant 1 cannot be read \(plant\/power: 10011 .*: it is tried again later$/,
  );
});

test('one day that cannot be read does not keep back the older ones', async (t) => {
  const world = await startWorld(t, { history: { enabled: true, days: 4 }, account: BERLIN });
  // The first date fails with each try; the cloud gives the others.
  world.cloud.faults.next({ kind: 'truncated', match: 'plant/power', times: 4 });
  const agent = world.run();
  await world.until(NOON + 90 * MINUTE);
  assert.equal(datesAsked(world).filter((date) => date === YESTERDAY).length, 5);
  assert.equal(datesAsked(world)[4], '2026-06-10', 'another day goes first after a failure');
  assert.deepEqual(datesShown(agent), daysBack(YESTERDAY, 4).toSorted());
  assert.equal(agent.value('growatt_up'), 1);
});

test('a plant without a known time zone has no days, and the log says what to do', async (t) => {
  const world = await startWorld(t, { plants: [berlinHome({ timezone: 'somewhere' })], history: week });
  const agent = world.run();
  await world.until(NOON + 40 * MINUTE);
  assert.deepEqual(datesAsked(world), []);
  assert.ok(agent.value('growatt_current_power_watts'));
  const told = agent.lines.filter((line) => line.includes('time zone'));
  assert.deepEqual(told, [
    'warn: growatt/default: the time zone of plant 1 is unknown: set plants[].timezone, or its days cannot be told',
  ]);
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

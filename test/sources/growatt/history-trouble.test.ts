import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assertDay,
  BERLIN,
  datesAsked,
  datesShown,
  daysBack,
  hoursShown,
  truth,
  week,
  YESTERDAY,
} from './history-support.ts';
import { berlinHome, DAY, HOUR, MIDNIGHT, MIN, MINUTE, NOON, startWorld } from './world.ts';

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
  const logged = agent.lines.filter((line) => line.includes('too few power values'));
  assert.deepEqual(logged, [
    `warn: growatt/default: plant 1 has too few power values on ${YESTERDAY} for a peak and hourly means`,
  ]);
});

test('a cloud that says "too frequently" is not called for a while, and the live values do not suffer', async (t) => {
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
  const logged = agent.lines.filter((line) => line.includes('the daily history of plant 1'));
  assert.equal(logged.length, 1);
  assert.match(
    logged[0] ?? '',
    /^warn: growatt\/default: the daily history of plant 1 cannot be read: plant\/power: 10011 .*; next attempt in 1 h$/,
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
  const logged = agent.lines.filter((line) => line.includes('time zone'));
  assert.deepEqual(logged, [
    'warn: growatt/default: the time zone of plant 1 is unknown: set plants[].timezone, which its daily values need',
  ]);
});

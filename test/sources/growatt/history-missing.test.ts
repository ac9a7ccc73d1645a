import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import { AccountCalls } from '../../../src/sources/growatt/account-calls.ts';
import type { GrowattClient } from '../../../src/sources/growatt/client.ts';
import { DailyHistory } from '../../../src/sources/growatt/history/daily.ts';
import { DaySchedule } from '../../../src/sources/growatt/history/day-schedule.ts';
import { parseGmtZone } from '../../../src/sources/growatt/zone.ts';
import { instantClock } from '../../helpers/clock.ts';
import { plainContext } from '../../helpers/context.ts';
import { DAY, HOUR, MINUTE, NOON } from './world.ts';

const PLANTS = 500;
const DAYS = 366;
const { signal } = new AbortController();

/** The history of a big account, and how much work it does: dates computed, calls looked up. */
function setUp(t: TestContext, refuse: () => SourceError | undefined = () => undefined) {
  const clock = instantClock(NOON);
  const client: Pick<GrowattClient, 'call' | 'circuit'> = {
    circuit: 'closed',
    async call({ path }) {
      const error = path === 'plant/power' ? refuse() : undefined;
      if (error) throw error;
      return { data: {} };
    },
  };
  const pollInterval = () => 5 * MINUTE;
  const calls = new AccountCalls({
    client,
    backgroundClient: client,
    clock,
    failurePause: MINUTE,
    discoveryInterval: HOUR,
    pollInterval,
  });
  const history = new DailyHistory({ enabled: true, days: DAYS, schedule: '5 0 * * *' }, calls, clock);
  const plants = Array.from({ length: PLANTS }, (_, i) => ({
    id: String(i + 1),
    zone: parseGmtZone('GMT+1'),
    listed: undefined,
  }));
  const dates = t.mock.method(Date.prototype, 'toISOString').mock;
  const lookups = t.mock.method(calls, 'overdue').mock;
  return {
    clock,
    calls,
    history,
    plants,
    /** One choice of the next day, as between two calls. */
    choose: () => plants.map((plant) => history.missing(plant)),
    fetch: (plantId: string, date: string) => Array.fromAsync(history.fetch(plainContext(), plantId, date)),
    /** What was done since the last time. */
    work() {
      const done = { dates: dates.callCount(), lookups: lookups.callCount() };
      dates.resetCalls();
      lookups.resetCalls();
      return done;
    },
  };
}

test('the next day of 500 plants with 366 days each is found without going through all days again', async (t) => {
  const { choose, fetch, work, plants } = setUp(t);
  assert.deepEqual(new Set(choose()), new Set(['2026-06-11']));
  assert.ok(work().dates < DAYS + 3 * PLANTS, 'even the first time');
  for (let call = 0; call < 10; call++) choose();
  const { dates, lookups } = work();
  assert.equal(dates, 0);
  assert.equal(lookups, 10 * PLANTS, 'one for each plant');

  await fetch('1', '2026-06-11');
  work();
  const [first, second] = choose();
  assert.deepEqual([first, second], ['2026-06-10', '2026-06-11']);
  const after = work();
  assert.ok(after.dates < 10 && after.lookups <= PLANTS, JSON.stringify(after));
  assert.equal(plants.length, PLANTS);
});

test('a new day is added to the days that are missing, without computing those again', async (t) => {
  const { choose, clock, work, history, plants } = setUp(t);
  choose();
  await clock.sleep(13 * HOUR + 6 * MINUTE, signal);
  work();
  assert.deepEqual(new Set(choose()), new Set(['2026-06-12']));
  const { dates } = work();
  assert.ok(dates > 0 && dates <= 5 * PLANTS, `${dates} dates`);
  choose();
  assert.equal(work().dates, 0);
  assert.equal(history.nextRelease(plants[0]!), Date.parse('2026-06-13T23:05:00Z'));
});

test('for a new day, the days that are read are not gone through', () => {
  const clock = instantClock(NOON);
  const schedule = new DaySchedule({ enabled: true, days: DAYS, schedule: '5 0 * * *' }, clock);
  const zone = parseGmtZone('GMT+1')!;
  const read = ['2026-06-10', '2026-06-11'].map((date) => ({ date }));
  const before = schedule.missing(undefined, zone, '2026-06-09', read);
  assert.deepEqual(before.dates, ['2026-06-09']);
  clock.sleep(2 * DAY, signal);
  const noLook = read.map(() => ({
    get date(): string {
      return assert.fail('it was looked at');
    },
  }));
  const after = schedule.missing(before, zone, '2026-06-09', noLook);
  assert.deepEqual([after.newest, ...after.dates], ['2026-06-13', '2026-06-09', '2026-06-12', '2026-06-13']);
  const younger = schedule.missing(after, zone, '2026-06-12', read);
  assert.deepEqual(younger.dates, ['2026-06-12', '2026-06-13'], 'a first day that became known counts');
  clock.sleep(-2 * DAY, signal);
  assert.deepEqual(
    schedule.missing(after, zone, '2026-06-09', read).dates,
    ['2026-06-09'],
    'as does a clock that was set back',
  );
});

test('while plant/power is rate limited, no day of any plant is looked up', async (t) => {
  const { choose, fetch, work, calls } = setUp(t, () => new SourceError('rate-limited', 'too often'));
  choose();
  await fetch('1', '2026-06-11');
  work();
  assert.deepEqual(new Set(choose()), new Set([undefined]));
  assert.equal(work().lookups, 0);
  calls.beginPoll();
  const [limited, other] = choose();
  assert.deepEqual([limited, other], [undefined, '2026-06-11'], 'the others are tried in the next poll');
});

test('days of a plant that comes back are read again, but not within five minutes', async (t) => {
  const { choose, fetch, history, clock } = setUp(t);
  await fetch('1', '2026-06-11');
  history.retain(new Set());
  assert.equal(choose()[0], '2026-06-10');
  await clock.sleep(5 * MINUTE, signal);
  assert.equal(choose()[0], '2026-06-11');
});

test('days that are read are not missing after a restart, nor are those before the plant began', async (t) => {
  const { plants, history, fetch } = setUp(t);
  await fetch('1', '2026-06-11');
  const next = setUp(t).history;
  next.restore(JSON.parse(JSON.stringify(history.snapshot())));
  const [plant] = plants;
  assert.equal(next.missing(plant!), '2026-06-10');
  const listed = { id: '1', name: '', location: '', peakPowerKw: '', created: '2026-06-11' };
  assert.equal(next.missing({ ...plant!, listed }), undefined);
});

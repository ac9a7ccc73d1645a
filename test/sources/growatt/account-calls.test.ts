import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimeOfDay } from '../../../src/base/duration.ts';
import { type ErrorKind, SourceError } from '../../../src/base/errors.ts';
import { AccountCalls } from '../../../src/sources/growatt/account-calls.ts';
import { callOf } from '../../../src/sources/growatt/call.ts';
import type { GrowattClient } from '../../../src/sources/growatt/client.ts';
import type { Page } from '../../../src/sources/growatt/listings.ts';
import { instantClock } from '../../helpers/clock.ts';
import { plainContext } from '../../helpers/context.ts';
import { HOUR, MINUTE, NOON } from './world.ts';

const live = callOf({ method: 'POST', path: 'device/tlx/tlx_last_data' }, { tlx_sn: 'A1' });
const list = callOf({ method: 'GET', path: 'device/list' }, { plant_id: 1 });
const signal = new AbortController().signal;

/** The calls of an account whose cloud answers, or refuses, like this; polled every 5 minutes times the slowdown. */
function setUp(answer: (params: Readonly<Record<string, string | number>>) => object, isSent = true) {
  const clock = instantClock(NOON);
  const made: string[] = [];
  const client: Pick<GrowattClient, 'call' | 'circuit'> = {
    circuit: 'closed',
    async call({ path }, params, _signal, { onSent } = {}) {
      made.push(path);
      if (isSent) onSent?.();
      return { ...answer(params) };
    },
  };
  const calls: AccountCalls = new AccountCalls({
    client,
    backgroundClient: client,
    clock,
    failurePause: 4.5 * MINUTE,
    discoveryInterval: 3 * HOUR,
    pollInterval: () => 5 * MINUTE * calls.slowdown,
  });
  const reported: (string | undefined)[][] = [];
  const limits: string[] = [];
  const context = {
    ...plainContext(),
    report: (...condition: [string, string | undefined, string?]) => void reported.push(condition),
    limitReached: (limit: string) => void limits.push(limit),
  };
  return { calls, clock, made, reported, limits, context };
}

const failing = (kind: ErrorKind, retryAfter?: number) => () => {
  throw new SourceError(kind, kind, { ...(retryAfter && { retryAfter }) });
};

/** A list of so many rows, in pages of 100. */
const pagesOf = (count: number) => (params: Readonly<Record<string, string | number>>) => {
  const first = (Number(params.page) - 1) * 100;
  return {
    count,
    rows: Array.from({ length: Math.max(0, Math.min(100, count - first)) }, (_, i) => first + i),
  };
};
const parse = (envelope: unknown) => envelope as Page<number>;

test('rate limits slow polls down to a sixth and no further, and polls without one bring them back', async () => {
  const { calls, clock, context } = setUp(failing('rate-limited'));
  const slowdowns: number[] = [];
  for (let poll = 0; poll < 12; poll++) {
    calls.beginPoll();
    await calls.attempt(context, live);
    slowdowns.push(Math.round(calls.slowdown * 100) / 100);
    await clock.sleep(3 * HOUR, signal);
  }
  assert.deepEqual(slowdowns.slice(0, 6), [1.5, 2.25, 3.38, 5.06, 6, 6]);
  assert.equal(Math.max(...slowdowns), 6);
  calls.beginPoll();
  assert.equal(calls.slowdown, 6, 'the poll before had a rate limit');
  calls.beginPoll();
  assert.equal(calls.slowdown, 4.8);
  for (let poll = 0; poll < 20; poll++) calls.beginPoll();
  assert.equal(calls.slowdown, 1);
});

test('a rate limit is reported with its end and the poll interval; calls omitted for it say the same', async () => {
  const { calls, clock, context, reported, made } = setUp(failing('rate-limited'));
  calls.beginPoll();
  const first = await calls.attempt(context, live);
  const message = `rate limited on tlx/tlx_last_data: pausing it until ${formatTimeOfDay(NOON + 5 * MINUTE)}, polling every 7.5 min until it recovers`;
  assert.equal(first.error?.message, message);
  assert.deepEqual(reported, [['tlx/tlx_last_data A1', message, 'rate limited']]);
  const other = callOf(live.endpoint, { tlx_sn: 'A2' });
  assert.equal(
    (await calls.attempt(context, other)).error?.message,
    message,
    'the same endpoint, in this poll',
  );
  calls.beginPoll();
  await clock.sleep(MINUTE, signal);
  assert.equal((await calls.attempt(context, live)).error?.message, message);
  assert.equal(made.length, 1);
  assert.equal(reported.length, 1);
});

test('outside of polls a rate limit says nothing of them', async () => {
  const { calls, context } = setUp(failing('rate-limited', 20 * MINUTE));
  const { error } = await calls.attempt(context, live);
  assert.equal(
    error?.message,
    `rate limited on tlx/tlx_last_data: pausing it until ${formatTimeOfDay(NOON + 20 * MINUTE)}`,
  );
});

test('a list is read up to 5 000 rows; a longer one is cut, reported and counted', async () => {
  const whole = setUp(pagesOf(5000));
  const { value: all } = await whole.calls.list(whole.context, list, parse);
  assert.equal(all?.rows.length, 5000);
  assert.equal(whole.made.length, 50);
  assert.deepEqual(whole.limits, []);
  assert.ok(whole.reported.every(([, problem]) => problem === undefined));

  const long = setUp(pagesOf(5001));
  const { value } = await long.calls.list(long.context, list, parse);
  assert.deepEqual([value?.rows.length, value?.count, value?.rows.at(-1)], [5000, 5000, 4999]);
  assert.equal(long.made.length, 50);
  assert.deepEqual(long.limits, ['list_rows']);
  assert.deepEqual(long.reported.at(-1)?.slice(0, 2), [
    'the length of device/list 1',
    'device/list 1 has 5001 rows: reading only the first 5000',
  ]);
  assert.ok(long.calls.doneAt(list) !== undefined, 'it is not read again before its time');
});

test('a list that ends before its own count is taken as it is', async () => {
  const { calls, context, made, limits } = setUp(({ page }) => ({
    count: 250,
    rows: page === 1 ? [1, 2] : [],
  }));
  const { value } = await calls.list(context, list, parse);
  assert.deepEqual([value?.rows, value?.count], [[1, 2], 250]);
  assert.equal(made.length, 2);
  assert.deepEqual(limits, []);
});

test('a call that a signal ends counts from when it was sent, and not at all while it waited for its turn', async () => {
  const abort = new AbortController();
  const stop = () => {
    abort.abort(new Error('stopped'));
    throw abort.signal.reason;
  };
  const sent = setUp(stop);
  await assert.rejects(sent.calls.attempt({ ...sent.context, signal: abort.signal }, live), /stopped/);
  assert.equal(sent.calls.madeAt(live), NOON);
  assert.equal(sent.calls.doneAt(live), undefined, 'nothing was read');
  assert.equal(sent.calls.wait(live, 5 * MINUTE), 5 * MINUTE);
  assert.equal(sent.calls.overdue(live, 5 * MINUTE), 0);
  const waiting = setUp(stop, false);
  await assert.rejects(waiting.calls.attempt({ ...waiting.context, signal: abort.signal }, live), /stopped/);
  assert.equal(waiting.calls.madeAt(live), undefined);
});

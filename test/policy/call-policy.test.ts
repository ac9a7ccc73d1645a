import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { type ErrorKind, SourceError, treatments } from '../../src/base/errors.ts';
import { logCalls } from '../../src/policy/call-log.ts';
import { createCallPolicy } from '../../src/policy/call-policy.ts';
import { RateLimiter } from '../../src/policy/rate-limiter.ts';
import { instantClock, virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';

const retry = { timeout: 1000, retries: 3, firstDelay: 1000 };
const never = new AbortController().signal;
const unreachable = () => Promise.reject(new SourceError('unreachable', 'no answer'));

/** A policy on a clock of its own, and a call that fails with each of these in turn and then answers. */
function setUp(options: { clock?: Clock; timeout?: number; retries?: number } = {}) {
  const clock = instantClock();
  let retries = 0;
  const policy = createCallPolicy({
    clock: options.clock ?? clock,
    retry: { ...retry, ...options },
    observer: { attempted() {}, retried: () => retries++ },
  });
  const failures: (ErrorKind | Error)[] = [];
  let calls = 0;
  const call = async () => {
    calls++;
    const failure = failures.shift();
    if (failure === undefined) return 'answer';
    throw failure instanceof Error ? failure : new SourceError(failure, failure);
  };
  return {
    policy,
    failures,
    waits: clock.waits,
    run: (signal = never) => policy.execute('what', call, signal),
    counted: () => ({ calls, retries }),
  };
}

/** Makes the circuit open by five failures in a row. */
async function opened() {
  const set = setUp({ retries: 0 });
  set.failures.push(...Array<ErrorKind>(5).fill('unreachable'));
  for (let i = 0; i < 5; i++) await assert.rejects(set.run());
  assert.equal(set.policy.circuit, 'open');
  return set;
}

test('a transient failure is tried again, after delays that grow and are never the same', async () => {
  const { run, failures, waits, counted } = setUp();
  failures.push('unreachable', 'timeout', 'server');
  assert.equal(await run(), 'answer');
  assert.deepEqual(counted(), { calls: 4, retries: 3 });
  assert.equal(waits.length, 3);
  assert.ok(waits.every((wait) => wait > 0 && wait <= 30_000));
});

test('delays start near the first delay and grow about twofold, spread by chance', async () => {
  const sums = [0, 0, 0];
  const seen = new Set<number>();
  const rounds = 500;
  const round = async () => {
    const { waits, run, failures } = setUp();
    failures.push('server', 'server', 'server');
    await run();
    for (const [i, wait] of waits.entries()) {
      sums[i] = (sums[i] ?? 0) + wait / rounds;
      seen.add(wait);
    }
  };
  await Promise.all(Array.from({ length: rounds }, round));
  const [first = 0, , third = 0] = sums;
  assert.ok(first > 500 && first < 1500, `${first}`);
  assert.ok(third > first * 1.5 && third < first * 6, sums.join());
  assert.ok(seen.size > rounds);
});

test('delays grow to half a minute and no further', async () => {
  const clock = instantClock();
  const policy = createCallPolicy({ clock, retry: { timeout: 1000, retries: 4, firstDelay: 20_000 } });
  for (let i = 0; i < 20; i++) {
    let tries = 0;
    await policy.execute('what', async () => (++tries < 5 ? await unreachable() : 'answer'), never);
  }
  assert.ok(Math.max(...clock.waits) > 20_000 && Math.max(...clock.waits) <= 30_000);
});

test('after the last retry the failure itself comes out', async () => {
  const { run, failures, counted } = setUp();
  failures.push('server', 'server', 'server', 'unreachable');
  await assert.rejects(run(), { kind: 'unreachable' });
  assert.deepEqual(counted(), { calls: 4, retries: 3 });
});

test('what asking again cannot mend is asked once, and does not open the circuit', async () => {
  const final = (Object.keys(treatments) as ErrorKind[]).filter((kind) => !treatments[kind].retry);
  assert.deepEqual(final, ['rate-limited', 'unauthorized', 'missing', 'refused']);
  for (const kind of [...final, new TypeError('a defect')]) {
    const { run, failures, counted, policy } = setUp();
    for (let i = 0; i < 10; i++) {
      failures.push(kind);
      await assert.rejects(run());
    }
    assert.deepEqual(counted(), { calls: 10, retries: 0 });
    assert.equal(policy.circuit, 'closed');
  }
});

test('an abort during a backoff returns at once, and no call and no retry follows', async () => {
  const clock = virtualClock();
  const { run, failures, counted } = setUp({ clock });
  const abort = new AbortController();
  failures.push('unreachable');
  const running = run(abort.signal);
  await clock.sleeping();
  abort.abort(new Error('stop'));
  await assert.rejects(running, { message: 'stop' });
  await clock.pass(60_000);
  assert.deepEqual(counted(), { calls: 1, retries: 0 });
});

test('an abort during a call returns at once, even from a call that does not listen', async () => {
  const { policy } = setUp();
  const abort = new AbortController();
  const running = policy.execute(
    'what',
    () => {
      setImmediate(() => abort.abort(new Error('stop')));
      return new Promise(() => {});
    },
    abort.signal,
  );
  await assert.rejects(running, { message: 'stop' });
});

test("the caller's aborts are no failures of the source", async () => {
  const { policy, run } = setUp();
  for (let i = 0; i < 10; i++) {
    const abort = new AbortController();
    const hanging = policy.execute(
      'what',
      () => new Promise(() => abort.abort(new Error('stop'))),
      abort.signal,
    );
    await assert.rejects(hanging, { message: 'stop' });
  }
  assert.equal(policy.circuit, 'closed');
  assert.equal(await run(), 'answer');
});

test('with an aborted signal no call is made', async () => {
  const { run, counted } = setUp();
  await assert.rejects(run(AbortSignal.abort(new Error('over'))), { message: 'over' });
  assert.equal(counted().calls, 0);
});

test('a call that takes too long is ended, told so, and fails as a time-out', async () => {
  const { policy } = setUp({ timeout: 5, retries: 0 });
  const signals: AbortSignal[] = [];
  const hang = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  await assert.rejects(policy.execute('GET /jsonlive', hang, never), {
    name: 'SourceError',
    kind: 'timeout',
    message: 'GET /jsonlive: no complete answer within 0.005 s',
  });
  assert.equal(signals[0]?.aborted, true);
  assert.equal(never.aborted, false);
});

test('time-outs open the circuit like any other failure of the source', async () => {
  const { policy } = setUp({ timeout: 1, retries: 0 });
  for (let i = 0; i < 5; i++)
    await assert.rejects(policy.execute('what', () => new Promise(() => {}), never));
  assert.equal(policy.circuit, 'open');
});

test('five failures in a row open the circuit, four and a success do not', async () => {
  const { run, failures, policy } = setUp({ retries: 0 });
  for (let round = 0; round < 3; round++) {
    failures.push('server', 'server', 'server', 'server');
    for (let i = 0; i < 4; i++) await assert.rejects(run());
    await run();
  }
  assert.equal(policy.circuit, 'closed');
  await opened();
});

test('the circuit opens in the middle of retrying, and that ends it', async () => {
  const { run, failures, counted, policy } = setUp();
  failures.push(...Array<ErrorKind>(8).fill('unreachable'));
  await assert.rejects(run());
  assert.equal(counted().calls, 4);
  await assert.rejects(run(), { kind: 'unreachable' });
  assert.deepEqual([counted().calls, policy.circuit], [5, 'open']);
});

test('an open circuit lets exactly one trial through, which is not retried, and a success closes it', async () => {
  const { run, failures, counted, policy } = await opened();
  for (let trial = 1; trial <= 3; trial++) {
    failures.push('unreachable');
    await assert.rejects(run(), { kind: 'unreachable' });
    assert.deepEqual([counted().calls, policy.circuit], [5 + trial, 'open']);
  }
  assert.equal(await run(), 'answer');
  assert.equal(policy.circuit, 'closed');
});

test('a rate limit as the answer to a trial shows that the source is there', async () => {
  const { run, failures, policy } = await opened();
  failures.push('rate-limited');
  await assert.rejects(run(), { kind: 'rate-limited' });
  assert.equal(policy.circuit, 'closed');
});

test('while a trial is under way the circuit is half open', async () => {
  const { policy } = await opened();
  const trial = policy.execute('what', async () => policy.circuit, never);
  assert.equal(await trial, 'half-open');
});

test("setting the system's clock back does not keep the circuit open", async (t: TestContext) => {
  const { run, policy } = await opened();
  const now = Date.now();
  t.mock.method(Date, 'now', () => now - 3_600_000);
  assert.equal(await run(), 'answer');
  assert.equal(policy.circuit, 'closed');
});

test('each try, retries included, passes the rate limiter', async () => {
  const clock = instantClock();
  const started: number[] = [];
  const policy = createCallPolicy({
    clock,
    retry: { ...retry, firstDelay: 1 },
    rateLimiter: new RateLimiter(clock, 60_000),
  });
  const call = async () => {
    started.push(clock.now());
    return started.length < 3 ? await unreachable() : 'answer';
  };
  await policy.execute('what', call, never);
  assert.deepEqual(started, [0, 60_000, 120_000]);
});

test('an observer learns of each call: its outcome, how long it took, and when the next is allowed', async () => {
  const clock = instantClock();
  const seen: unknown[] = [];
  const policy = createCallPolicy({
    clock,
    retry: { timeout: 1000, retries: 1, firstDelay: 1 },
    rateLimiter: new RateLimiter(clock, 3000),
    observer: {
      attempted: (...call) => seen.push(call),
      retried: (...call) => seen.push(call),
    },
  });
  const outcomes = [new SourceError('server', 'HTTP 502'), undefined];
  const call = async () => {
    await clock.sleep(40, never);
    const failure = outcomes.shift();
    if (failure) throw failure;
  };
  await policy.execute('plant/list', call, never);
  assert.deepEqual(seen, [
    ['plant/list', 'server', 40, 3000],
    ['plant/list'],
    ['plant/list', 'success', 40, 3000],
  ]);
});

test('at level debug each call is one line', () => {
  const log = memoryLog();
  const passedOn: unknown[] = [];
  const observer = logCalls('growatt/default', log, {
    attempted: (...call) => passedOn.push(call),
    retried: (...call) => passedOn.push(call),
  });
  observer.attempted('plant/list', 'server', 340.4, 3000);
  observer.retried('plant/list');
  observer.attempted('jsonlive', 'success', 12, 0);
  assert.deepEqual(log.lines, [
    'debug: growatt/default: plant/list: server after 340 ms; next call in 3 s or later',
    'debug: growatt/default: plant/list: trying again',
    'debug: growatt/default: jsonlive: success after 12 ms',
  ]);
  assert.equal(passedOn.length, 3);
});

test('the tries of a call end with its total time, the last one early', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = virtualClock();
  const policy = createCallPolicy({
    clock,
    retry: { timeout: 30_000, retries: 3, firstDelay: 1000, total: 50_000 },
  });
  const start = clock.now();
  const tries: number[] = [];
  const forever = () => {
    tries.push(clock.now() - start);
    return new Promise<never>(() => {});
  };
  let ended: number | undefined;
  const failed = assert
    .rejects(policy.execute('plant/data', forever, never), { kind: 'timeout' })
    .then(() => {
      ended = clock.now() - start;
    });
  for (let second = 0; second < 60; second++) {
    t.mock.timers.tick(1000);
    await clock.pass(1000);
  }
  await failed;
  assert.equal(tries.length, 2);
  assert.ok(ended !== undefined && ended <= 51_000, `${ended}`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { RateLimiter } from '../../src/policy/rate-limiter.ts';
import { virtualClock } from '../helpers/clock.ts';
import { always, scriptedServer } from '../helpers/http.ts';

const { signal } = new AbortController();

test('a server never sees two calls closer together than the spacing, and in the order they were asked', async (t) => {
  const spacing = 15;
  const seen: { at: number; path: string | undefined }[] = [];
  const server = await scriptedServer(t, (request, response) => {
    seen.push({ at: performance.now(), path: request.url });
    always('ok')(request, response);
  });
  const queue = new RateLimiter(systemClock, spacing);
  const call = async (n: number) => (await fetch(new URL(`/${n}`, server.url))).text();
  await Promise.all([0, 1, 2, 3, 4, 5].map((n) => queue.run(signal, () => call(n))));
  assert.deepEqual(
    seen.map(({ path }) => path),
    ['/0', '/1', '/2', '/3', '/4', '/5'],
  );
  assert.equal(server.mostAtOnce, 1);
  for (const [i, { at }] of seen.entries()) {
    const gap = at - (seen[i - 1]?.at ?? Number.NEGATIVE_INFINITY);
    assert.ok(gap >= spacing, `call ${i} came ${gap} ms after the one before it`);
  }
});

test('a call that fails keeps the spacing and blocks nobody', async () => {
  const clock = virtualClock();
  const queue = new RateLimiter(clock, 3000);
  const times: number[] = [];
  const start = clock.now();
  const call = async () => void times.push(clock.now() - start);
  const failing = queue.run(signal, async () => {
    await call();
    throw new Error('refused');
  });
  const after = queue.run(signal, call);
  await assert.rejects(failing, /refused/);
  await clock.pass(3000);
  await after;
  assert.deepEqual(times, [0, 3000]);
});

test('who gives up waiting leaves at once, without a call, and the others go on', async () => {
  const clock = virtualClock();
  const queue = new RateLimiter(clock, 3000);
  const made: string[] = [];
  const ask = (name: string, asked = signal) => queue.run(asked, async () => void made.push(name));
  const controller = new AbortController();
  await ask('first');
  const second = ask('second', controller.signal);
  const third = ask('third');
  await clock.sleeping();
  controller.abort(new Error('stopped'));
  await assert.rejects(second, /stopped/);
  await clock.pass(3000);
  await third;
  assert.deepEqual(made, ['first', 'third']);
});

test('a clock that is set back does not stretch the wait', async () => {
  const clock = virtualClock();
  const queue = new RateLimiter(clock, 3000);
  await queue.run(signal, async () => {});
  clock.jump(-24 * 60 * 60_000);
  let made = false;
  const waiting = queue.run(signal, async () => {
    made = true;
  });
  await clock.pass(3000);
  assert.equal(made, true);
  await waiting;
});

test('a call that hangs in one lane holds up its own lane only, and the spacing holds between all', async () => {
  const clock = virtualClock();
  const queue = new RateLimiter(clock, 3000);
  const start = clock.now();
  const times: Record<string, number> = {};
  const ask = (name: string, lane: object, hang?: Promise<void>) =>
    queue.run(
      signal,
      async () => {
        times[name] = clock.now() - start;
        await hang;
      },
      lane,
    );
  const [background, live] = [{}, {}];
  const hanging = Promise.withResolvers<void>();
  const first = ask('hanging', background, hanging.promise);
  const second = ask('behind it', background);
  const others = [ask('live', live), ask('live again', live)];
  await clock.pass(60_000);
  await Promise.all(others);
  assert.deepEqual({ ...times }, { hanging: 0, live: 3000, 'live again': 6000 });
  hanging.resolve();
  await first;
  await clock.pass(3000);
  await second;
  assert.deepEqual(times, { hanging: 0, live: 3000, 'live again': 6000, 'behind it': 63_000 });
});

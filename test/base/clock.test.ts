import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';

test('a wait ends after its time, not a moment earlier, even where a timer fires early', async (t) => {
  // What the clock shows at the start, when the timer fires half a millisecond early, and when it fires again.
  const shown = [1000, 1004.5, 1005.2];
  let looks = 0;
  t.mock.method(performance, 'now', () => shown[Math.min(looks++, shown.length - 1)]);
  await systemClock.sleep(5, new AbortController().signal);
  assert.equal(looks, 3);
});

test('a wait that is longer than a timer can be does not end at once', async () => {
  const stop = new AbortController();
  let ended = false;
  const waiting = systemClock.sleep(30 * 86_400_000, stop.signal).finally(() => {
    ended = true;
  });
  const end = performance.now() + 20;
  while (performance.now() < end) await setImmediate();
  assert.equal(ended, false);
  const reason = new Error('stop');
  stop.abort(reason);
  await assert.rejects(waiting, (error) => error === reason);
});

test('a signal ends a wait with its reason, also when it is aborted beforehand', async () => {
  const reason = new Error('stop');
  await assert.rejects(systemClock.sleep(60_000, AbortSignal.abort(reason)), (error) => error === reason);
});

import type { TestContext } from 'node:test';
import type { VirtualClock } from './clock.ts';

/**
 * Lets `setTimeout` and `performance.now` follow a virtual clock until the test ends: libraries set their time-outs
 * with them. Node's own timers, those of sockets among them, stay real. Random numbers are 0, so that no wait varies.
 */
export function virtualTimers(t: TestContext, clock: VirtualClock): void {
  const start = clock.now();
  const running = new Map<object, AbortController>();
  const set = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const abort = new AbortController();
    const timer = { ref: () => timer, unref: () => timer, hasRef: () => true };
    running.set(timer, abort);
    const fire = () => {
      if (running.delete(timer)) callback(...args);
    };
    clock.sleep(ms, abort.signal).then(fire, () => {});
    return timer;
  };
  const clear = (timer: object) => {
    running.get(timer)?.abort();
    running.delete(timer);
  };
  t.mock.method(globalThis, 'setTimeout', set as unknown as typeof setTimeout);
  t.mock.method(globalThis, 'clearTimeout', clear as unknown as typeof clearTimeout);
  t.mock.method(performance, 'now', () => clock.now() - start);
  t.mock.method(Math, 'random', () => 0);
}

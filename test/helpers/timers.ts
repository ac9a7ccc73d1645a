import type { VirtualClock } from './clock.ts';

/** What undoes when it ends, such as a test. */
export interface Cleanup {
  after(undo: () => unknown): void;
}

/**
 * Lets `setTimeout` and `performance.now` follow a virtual clock until the test ends: libraries set their time-outs
 * with them. Node's own timers, those of sockets among them, stay real. Random numbers are 0, so that no wait varies.
 */
export function virtualTimers(t: Cleanup, clock: VirtualClock): void {
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
  replace(t, globalThis, 'setTimeout', set as unknown as typeof setTimeout);
  replace(t, globalThis, 'clearTimeout', clear as unknown as typeof clearTimeout);
  replace(t, performance, 'now', () => clock.now() - start);
  replace(t, Math, 'random', () => 0);
}

/** As `mock.method`, which would remember every call. */
function replace<T extends object, K extends keyof T>(t: Cleanup, target: T, name: K, by: T[K]): void {
  const original = target[name];
  target[name] = by;
  t.after(() => {
    target[name] = original;
  });
}

import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/base/clock.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test lets time pass. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass: who sleeps until then wakes in order, each working until it sleeps again. */
  pass(ms: number): Promise<void>;
  /** Sets the wall clock ahead or back, as time servers do; sleepers do not notice. */
  jump(ms: number): void;
  /** Resolves as soon as so many sleep; for work that waits for real I/O in between. */
  sleeping(count?: number): Promise<void>;
}

/** Rounds of the event loop that work in memory is given to come to rest. */
const ROUNDS = 8;

/** What operations on files are called while they are under way; closing a file is the last of them. */
export const FILE_WORK: ReadonlySet<string> = new Set(['FSReqCallback', 'FSReqPromise', 'CloseReq']);

/** @param busy resolves when the real work that is under way ends, such as calls to a server; time then stands still */
export function virtualClock(
  start = Date.parse('2026-06-12T10:00:00Z'),
  busy: () => Promise<unknown> | undefined = () => undefined,
): VirtualClock {
  let wall = start;
  let elapsed = 0;
  let sleepers: Sleeper[] = [];

  function move(to: number): void {
    wall += to - elapsed;
    elapsed = to;
  }

  return {
    now: () => wall,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const leave = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal.removeEventListener('abort', abort);
        };
        const abort = () => {
          leave();
          reject(signal.reason);
        };
        const wake = () => {
          leave();
          resolve();
        };
        const sleeper = { due: elapsed + ms, wake };
        sleepers.push(sleeper);
        signal.addEventListener('abort', abort);
      }),
    async pass(ms) {
      const end = elapsed + ms;
      for (;;) {
        for (let round = 0; round < ROUNDS; round++) {
          await setImmediate();
          const work = busy();
          if (!work) continue;
          await work;
          round = 0;
        }
        const next = sleepers.toSorted((a, b) => a.due - b.due)[0];
        if (!next || next.due > end) break;
        move(Math.max(elapsed, next.due));
        next.wake();
      }
      move(end);
    },
    jump(ms) {
      wall += ms;
    },
    async sleeping(count = 1) {
      while (sleepers.length < count) await setImmediate();
    },
  };
}

/** A clock on which every wait is over at once, and noted in `waits`. */
export function instantClock(start = 0): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let wall = start;
  return {
    waits,
    now: () => wall,
    async sleep(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      wall += ms;
    },
  };
}

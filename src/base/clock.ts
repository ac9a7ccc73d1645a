import { setTimeout as delay } from 'node:timers/promises';

/** Time and timers of the process, injected so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects at once with the signal's reason when it is aborted, also beforehand. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** setTimeout fires at once for anything longer than this (about 24.8 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real time. */
export const systemClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    signal.throwIfAborted();
    const until = performance.now() + ms;
    // Timers may fire up to a millisecond early; call spacing must never be undercut.
    for (let left = ms; left > 0; left = until - performance.now()) {
      await delay(Math.min(Math.ceil(left), LONGEST_TIMER_MS), undefined, { signal }).catch((error) => {
        throw signal.aborted ? signal.reason : error;
      });
    }
  },
};

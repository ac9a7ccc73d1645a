import type { Clock } from '../base/clock.ts';

/** Calls that are made one after the other; those of another lane do not wait for them to end. */
export type Lane = object;

/**
 * The rate limiter of one token or one address: each call begins no sooner than `spacing` milliseconds after the last
 * one began and, where that has ended, after its end, whoever makes them. Calls of one lane are made one after the other.
 */
export class RateLimiter {
  readonly #clock: Clock;
  /** Milliseconds; a change holds from the next call on. */
  spacing: number;
  /** The last call of each lane that has one under way. */
  readonly #tails = new Map<Lane, Promise<unknown>>();
  /** The start that is waited for last. */
  #starts: Promise<unknown> = Promise.resolve();
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, spacing: number) {
    this.#clock = clock;
    this.spacing = spacing;
  }

  /**
   * Waits until a call is allowed, makes it, and admits the next one.
   * @param lane this limiter's only one unless given
   * @throws the signal's reason when aborted
   */
  run<T>(signal: AbortSignal, call: () => Promise<T>, lane: Lane = this): Promise<T> {
    const before = this.#tails.get(lane) ?? Promise.resolve();
    const result = before.then(async () => {
      await this.#start(signal);
      try {
        return await call();
      } finally {
        this.#freeAt = this.#clock.now() + this.spacing;
      }
    });
    const tail = result
      .catch(() => {})
      .then(() => {
        if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
      });
    this.#tails.set(lane, tail);
    return result;
  }

  #start(signal: AbortSignal): Promise<void> {
    const start = this.#starts.then(async () => {
      // A clock that was set back must not lengthen the wait.
      const wait = Math.min(this.#freeAt - this.#clock.now(), this.spacing);
      if (wait > 0) await this.#clock.sleep(wait, signal);
      signal.throwIfAborted();
      this.#freeAt = this.#clock.now() + this.spacing;
    });
    this.#starts = start.catch(() => {});
    return start;
  }
}

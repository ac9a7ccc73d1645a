import type { Clock } from '../base/clock.ts';

/**
 * The rate limiter of one token or one address: calls are made one after the other, each no sooner than
 * `spacing` milliseconds after the last one ended, whoever makes them.
 */
export class RateLimiter {
  readonly #clock: Clock;
  /** Milliseconds; a change holds from the next call on. */
  spacing: number;
  #tail: Promise<unknown> = Promise.resolve();
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, spacing: number) {
    this.#clock = clock;
    this.spacing = spacing;
  }

  /** Waits until a call is allowed, makes it, and admits the next one. @throws the signal's reason when aborted */
  run<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(async () => {
      // A clock that was set back must not lengthen the wait.
      const wait = Math.min(this.#freeAt - this.#clock.now(), this.spacing);
      if (wait > 0) await this.#clock.sleep(wait, signal);
      signal.throwIfAborted();
      try {
        return await call();
      } finally {
        this.#freeAt = this.#clock.now() + this.spacing;
      }
    });
    this.#tail = result.catch(() => {});
    return result;
  }
}

import type { Clock } from '../../clock.ts';

/**
 * The one queue of one token: calls go out one after the other, each no sooner than `spacing` milliseconds
 * after the last one ended, whoever asks for them.
 */
export class CallQueue {
  readonly #clock: Clock;
  readonly #spacing: number;
  #tail: Promise<unknown> = Promise.resolve();
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, spacing: number) {
    this.#clock = clock;
    this.#spacing = spacing;
  }

  run<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(async () => {
      // A clock that was set back must not stretch the wait.
      const wait = Math.min(this.#freeAt - this.#clock.now(), this.#spacing);
      if (wait > 0) await this.#clock.sleep(wait, signal);
      signal.throwIfAborted();
      try {
        return await call();
      } finally {
        this.#freeAt = this.#clock.now() + this.#spacing;
      }
    });
    this.#tail = turn.catch(() => {});
    return turn;
  }
}

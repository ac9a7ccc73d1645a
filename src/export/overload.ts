import type { ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** A limit that was not reached for so long and is reached again is logged again. */
const QUIET_MS = 60_000;

/** Logs that a limit is reached: once, until it was not reached for a minute. */
export function warnOnce(log: Log, clock: Pick<Clock, 'now'>, message: string): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.now();
    // A clock that was set back must not silence it.
    if (Math.abs(now - last) >= QUIET_MS) log.warn(message);
    last = now;
  };
}

/** Counts what is being answered, each from its beginning until it has left or the client has gone. */
export class AnswersAtOnce {
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns false when there are as many as allowed */
  begin(response: ServerResponse): boolean {
    if (this.#count >= this.#most) return false;
    if (response.closed) return true;
    this.#count += 1;
    response.once('close', () => {
      this.#count -= 1;
    });
    return true;
  }
}

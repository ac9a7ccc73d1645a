import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work in one turn of the event loop. */
const LONGEST_TURN = 4;

/** For work in a loop: `if (turns.isOver) await turns.next()` lets others work. */
export class Turns {
  #began = performance.now();

  /** Whether it is time to call `next`; cheap enough for each step of a loop. */
  get isOver(): boolean {
    return performance.now() - this.#began > LONGEST_TURN;
  }

  /** Resolves in the next turn of the event loop. */
  async next(): Promise<void> {
    await setImmediate();
    this.#began = performance.now();
  }
}

/** Does the work for each item; others work in between. */
export async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  const turns = new Turns();
  for (const item of items) {
    work(item);
    if (turns.isOver) await turns.next();
  }
}

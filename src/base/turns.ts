import { setImmediate as nextImmediate } from 'node:timers/promises';

/** Milliseconds of long work in one turn of the event loop, whoever does it. */
const LONGEST_TURN = 4;

/** When long work began in this turn of the event loop; undefined: it has not yet. */
let began: number | undefined;

/**
 * For long work in a loop: `if (isTurnOver()) await nextTurn()` lets others work. All long work of one turn shares its
 * time, so that several jobs that come one after the other do not add up.
 */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (began === undefined) {
    began = now;
    setImmediate(() => {
      began = undefined;
    }).unref();
  }
  return now - began > LONGEST_TURN;
}

/** Resolves in the next turn of the event loop; long work that others do not wait for begins with it. */
export async function nextTurn(): Promise<void> {
  await nextImmediate();
}

/** Does the work for each item; others work in between. */
export async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  for (const item of items) {
    work(item);
    if (isTurnOver()) await nextTurn();
  }
}

import { setImmediate as nextImmediate } from 'node:timers/promises';

/** Milliseconds of long work in one turn of the event loop, whoever does it. */
const LONGEST_TURN = 4;

/** When long work began in this turn of the event loop; undefined: it has not yet. */
let began: number | undefined;

/** Notes that long work begins, unless some has begun in this turn. @returns when it began */
function begin(): number {
  if (began !== undefined) return began;
  began = performance.now();
  setImmediate(() => {
    began = undefined;
  }).unref();
  return began;
}

/**
 * For long work in a loop, between its steps: `if (isTurnOver()) await nextTurn()` lets others work. All long work of one
 * turn shares its time, so that several jobs that come one after the other do not add up.
 */
export function isTurnOver(): boolean {
  return performance.now() - begin() > LONGEST_TURN;
}

/** Resolves in the next turn of the event loop. */
export async function nextTurn(): Promise<void> {
  await nextImmediate();
  begin();
}

/** Does the work for each item; others work in between. */
export async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  for (const item of items) {
    if (isTurnOver()) await nextTurn();
    work(item);
  }
}

/** The items as they are made, for who waits for each; others work in between. */
export async function* asTurnsAllow<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) {
    yield item;
    if (isTurnOver()) await nextTurn();
  }
}

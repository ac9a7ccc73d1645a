import type { AccountCalls } from './account-calls.ts';
import type { Call } from './call.ts';

/** A call that is due. */
export interface DueCall<T> {
  readonly item: T;
  /** In intervals, at least 1; infinite for one that was never made. */
  readonly overdue: number;
}

const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Calls of one endpoint and one interval, one for each of many things. The one that was made longest ago is the most
 * overdue at any time, so that it is found without looking at all of them.
 */
export class DueCalls<T> {
  readonly #calls: Pick<AccountCalls, 'doneAt' | 'overdue' | 'isLimited'>;
  readonly #callOf: (item: T) => Call;
  #items: readonly T[] = [];
  /** When each was made, as far as that was noticed; the longest ago first, unless the clock was set back since. */
  #madeAt = new Map<T, number>();
  #isSorted = true;
  #newest = NEVER;

  constructor(calls: Pick<AccountCalls, 'doneAt' | 'overdue' | 'isLimited'>, callOf: (item: T) => Call) {
    this.#calls = calls;
    this.#callOf = callOf;
  }

  /**
   * The most overdue call; undefined when none is due.
   * @param items the same object while nothing is added or removed; of those never called the first counts
   * @param now milliseconds since the epoch
   */
  next(
    items: readonly T[],
    interval: number,
    now: number,
    isWanted: (item: T) => boolean,
  ): DueCall<T> | undefined {
    const mayBeSorted = !this.#isSorted && this.#newest <= now;
    if (items !== this.#items || mayBeSorted) this.#take(items);
    const [first] = items;
    if (first === undefined || this.#calls.isLimited(this.#callOf(first))) return undefined;
    let chosen: DueCall<T> | undefined;
    for (const [item, at] of this.#madeAt) {
      const call = this.#callOf(item);
      if (this.#hasMoved(item, at, this.#calls.doneAt(call) ?? NEVER)) continue;
      const overdue = isWanted(item) ? this.#calls.overdue(call, interval) : 0;
      if (overdue >= 1 && overdue > (chosen?.overdue ?? 0)) chosen = { item, overdue };
      // Where the clock was set back, calls of the future are due, wherever they stand.
      const inOrder = this.#isSorted && this.#newest <= now;
      if (inOrder && (chosen || now - at < interval)) return chosen;
    }
    return chosen;
  }

  /** Puts one that was called since behind all others, where it comes up again. */
  #hasMoved(item: T, at: number, doneAt: number): boolean {
    if (at === doneAt) return false;
    this.#madeAt.delete(item);
    this.#madeAt.set(item, doneAt);
    if (doneAt < this.#newest) this.#isSorted = false;
    this.#newest = Math.max(this.#newest, doneAt);
    return true;
  }

  #take(items: readonly T[]): void {
    const dated = items.map((item) => [item, this.#calls.doneAt(this.#callOf(item)) ?? NEVER] as const);
    const sorted = dated.toSorted(([, a], [, b]) => (a === b ? 0 : a - b));
    this.#items = items;
    this.#madeAt = new Map(sorted);
    this.#isSorted = true;
    this.#newest = sorted.at(-1)?.[1] ?? NEVER;
  }
}

import type { DeviceTotals } from './quantities.ts';

/** A reading that is stated to be older than this when it comes has the time at which it came, in milliseconds. */
const LONGEST_DELAY = 3_600_000;

/** Tells by their changing values which devices were read anew since they were looked at last. */
export class Freshness {
  #signs = new Map<string, ReadonlyMap<string, number>>();
  readonly #present = new Set<string>();

  /** Call before each round over all devices, to forget those that are gone. */
  begin(): void {
    for (const serial of this.#signs.keys()) if (!this.#present.has(serial)) this.#signs.delete(serial);
    this.#present.clear();
  }

  /**
   * When the newest reading of a device was taken, milliseconds since the epoch; undefined where there is no new one.
   * What is seen for the first time may be an old reading, whose time is only what it states itself.
   */
  readAt({ serial, signs, takenAt }: DeviceTotals, now: number): number | undefined {
    const before = this.#signs.get(serial);
    this.#signs.set(serial, signs);
    this.#present.add(serial);
    const isStated = takenAt !== undefined && takenAt <= now;
    if (!before) return isStated ? takenAt : undefined;
    // A value that ends is no reading.
    const isNew = [...signs].some(([metric, value]) => before.get(metric) !== value);
    if (!isNew) return undefined;
    return isStated && now - takenAt <= LONGEST_DELAY ? takenAt : now;
  }
}

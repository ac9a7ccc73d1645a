import * as z from 'zod';

/** An output that stands still, for the state file. @param sums what to return to when it turns out to be held */
export const heldOutput = <S extends z.ZodType>(sums: S) =>
  z.object({
    /** Whole percent of the rated power. */
    percent: z.number(),
    /** Milliseconds since the epoch. */
    since: z.number(),
    /** Least and greatest clear-sky power meanwhile, W. */
    low: z.number(),
    high: z.number(),
    isHeld: z.boolean(),
    sums,
  });

interface Held<S> {
  readonly percent: number;
  readonly since: number;
  readonly low: number;
  readonly high: number;
  readonly isHeld: boolean;
  readonly sums: S;
}

/** Milliseconds for which an output that is held back stands still at least. */
const LEAST_TIME = 30 * 60_000;
/** While it did, the clear-sky power changed by this share of the rated power: free output would have followed. */
const LEAST_CHANGE = 0.05;

/** Finds outputs that are limited to a percentage: they stand still while the sun does not. */
export class HeldOutputs<S> {
  #byDevice: Map<string, Held<S>>;

  constructor(state: Readonly<Record<string, Held<S>>> = {}) {
    this.#byDevice = new Map(Object.entries(state));
  }

  /** What is kept across a restart. */
  get state(): Record<string, Held<S>> {
    return Object.fromEntries(this.#byDevice);
  }

  /**
   * Takes the output of each device in percent of its rated power.
   * @param now.clearSky power under a cloudless sky, W
   * @param now.rated power of the modules, W
   * @returns whether one is held, and the sums of when the first one that was just found began to be
   */
  observe(
    percents: ReadonlyMap<string, number>,
    now: {
      readonly at: number;
      readonly clearSky: number | undefined;
      readonly rated: number;
      readonly sums: S;
    },
  ): { readonly isHeld: boolean; readonly sums: S } {
    const { at, clearSky = 0, rated } = now;
    let earliest: Held<S> | undefined;
    const next = new Map<string, Held<S>>();
    for (const [device, exact] of percents) {
      const percent = Math.round(exact);
      if (percent < 1 || percent > 99) continue;
      const before = this.#byDevice.get(device);
      const same =
        before?.percent === percent
          ? before
          : { percent, since: at, low: clearSky, high: clearSky, isHeld: false, sums: now.sums };
      const low = Math.min(same.low, clearSky);
      const high = Math.max(same.high, clearSky);
      const isHeld = same.isHeld || (at - same.since >= LEAST_TIME && high - low > rated * LEAST_CHANGE);
      if (isHeld && !same.isHeld && (earliest?.since ?? at) >= same.since) earliest = same;
      next.set(device, { ...same, low, high, isHeld });
    }
    this.#byDevice = next;
    return { isHeld: next.values().some(({ isHeld }) => isHeld), sums: earliest?.sums ?? now.sums };
  }
}

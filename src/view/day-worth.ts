import * as z from 'zod';
import { localDay, type Zone } from '../base/calendar.ts';
import { MOST_CURVES } from './curves.ts';

/** What is kept of a plant across a restart. */
const dayWorthSnapshot = z.object({
  /** Local day, in days since 1970-01-01. */
  day: z.int(),
  currency: z.string(),
  /** Total at the beginning of what counts as today, and the newest one. */
  atStart: z.number(),
  newest: z.number(),
  /** When that was, milliseconds since the epoch; absent: local midnight. */
  since: z.number().optional(),
});

type Kept = z.infer<typeof dayWorthSnapshot>;

/** Money that a plant made or saved since local midnight. */
export interface DayWorth {
  readonly today: number;
  /** Milliseconds since the epoch; absent: since local midnight. */
  readonly since?: number;
}

/** What the energy of the day is worth: how far the total of each plant has grown since local midnight. */
export class DayWorths {
  readonly #plants = new Map<string, Kept>();

  /**
   * Takes the total of a plant at a moment.
   * @param at milliseconds since the epoch
   */
  record(plant: string, zone: Zone, at: number, currency: string, total: number): void {
    const day = localDay(zone, at);
    const known = this.#plants.get(plant);
    if (!known && this.#plants.size >= MOST_CURVES) return;
    const before = known && known.currency === currency && total >= known.newest ? known : undefined;
    if (before && before.day === day) before.newest = total;
    // The total at midnight is the last one of yesterday; where there is none, today begins now.
    else if (before && before.day === day - 1)
      this.#plants.set(plant, { day, currency, atStart: before.newest, newest: total });
    else this.#plants.set(plant, { day, currency, atStart: total, newest: total, since: at });
  }

  /** Undefined when nothing is known of the day that it is by the clock of the zone at `now`. */
  get(plant: string, zone: Zone, now: number): DayWorth | undefined {
    const known = this.#plants.get(plant);
    if (!known || known.day !== localDay(zone, now)) return undefined;
    const { atStart, newest, since } = known;
    return { today: newest - atStart, ...(since !== undefined && { since }) };
  }

  /** What is kept of each plant across a restart. */
  snapshot(): Iterable<readonly [string, unknown]> {
    return this.#plants;
  }

  /** Takes what an earlier run kept of a plant, unless it is something else. */
  restore(plant: string, snapshot: unknown): void {
    const { data } = dayWorthSnapshot.safeParse(snapshot);
    if (data) this.#plants.set(plant, data);
  }
}

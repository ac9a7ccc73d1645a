import { addDays, dateOf, instantOf, wallTimeAt, type Zone } from '../../base/calendar.ts';
import type { Expected } from './plane.ts';

/** Length of a slot in ms: weather comes in quarters of an hour. */
export const SLOT = 15 * 60_000;
const HOUR = 3_600_000;

/** A local day, in milliseconds since the epoch; the end is the next midnight. */
export interface LocalDay {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly start: number;
  readonly end: number;
}

/** The local day of an instant, or the one so many days later. */
export function localDayAt(zone: Zone, at: number, later = 0): LocalDay {
  const date = addDays(dateOf(wallTimeAt(zone, at)), later);
  const midnight = (day: string) => instantOf(zone, Date.parse(`${day}T00:00:00Z`));
  return { date, start: midnight(date), end: midnight(addDays(date, 1)) };
}

/** What is expected in each quarter of an hour of a day; a fleet has thousands of these. */
export class DayCurve {
  readonly day: LocalDay;
  /** NaN: unknown. */
  readonly #irradiance: Float64Array;
  readonly #dc: Float64Array;
  readonly #ac: Float64Array;

  /** @param expectedAt mean of the slot that begins at an instant; undefined: unknown */
  constructor(day: LocalDay, expectedAt: (start: number) => Expected | undefined) {
    this.day = day;
    const count = Math.ceil((day.end - day.start) / SLOT);
    const [irradiance, dc, ac] = Array.from({ length: 3 }, () => new Float64Array(count).fill(Number.NaN));
    for (let slot = 0; slot < count; slot++) {
      const expected = expectedAt(day.start + slot * SLOT);
      if (expected)
        [irradiance![slot], dc![slot], ac![slot]] = [expected.irradiance, expected.dc, expected.ac];
    }
    [this.#irradiance, this.#dc, this.#ac] = [irradiance!, dc!, ac!];
  }

  /** Mean of the slot in which an instant lies; undefined: unknown, or another day. */
  at(instant: number): Expected | undefined {
    const slot = Math.floor((instant - this.day.start) / SLOT);
    const [irradiance, dc, ac] = [this.#irradiance[slot], this.#dc[slot], this.#ac[slot]];
    if (irradiance === undefined || dc === undefined || ac === undefined || Number.isNaN(ac))
      return undefined;
    return { irradiance, dc, ac };
  }

  /** Mean AC power of each slot in W; undefined: unknown. */
  get powers(): readonly (number | undefined)[] {
    return Array.from(this.#ac, (watts) => (Number.isNaN(watts) ? undefined : watts));
  }

  /** Energy between two instants of the day in kWh; undefined where a part is unknown. */
  energy(side: 'ac' | 'dc', from = this.day.start, to = this.day.end): number | undefined {
    return this.#integral(side === 'ac' ? this.#ac : this.#dc, from, to, (watts) => watts / 1000);
  }

  /** Hours between two instants in which the AC power is this (W) or more; undefined where a part is unknown. */
  hoursAbove(watts: number, from: number, to: number): number | undefined {
    return this.#integral(this.#ac, from, to, (ac) => (ac >= watts ? 1 : 0));
  }

  /** Over hours. */
  #integral(
    slots: Float64Array,
    from: number,
    to: number,
    of: (watts: number) => number,
  ): number | undefined {
    const { start } = this.day;
    let sum = 0;
    for (const [index, watts] of slots.entries()) {
      const begin = start + index * SLOT;
      const overlap = Math.min(to, begin + SLOT) - Math.max(from, begin);
      if (overlap <= 0) continue;
      if (Number.isNaN(watts)) return undefined;
      sum += (of(watts) * overlap) / HOUR;
    }
    return sum;
  }
}

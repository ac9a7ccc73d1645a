import { Cron } from 'croner';
import type { Zone } from '../../../base/calendar.ts';
import { addDays, dateOf, datesBetween, instantOf, wallTimeAt } from '../../../base/calendar.ts';
import type { Clock } from '../../../base/clock.ts';
import type { GrowattConfig } from '../accounts.ts';

/** The dates of a plant that are not read yet, and what they were found from. */
export interface MissingDays {
  /** The newest day that may be read, YYYY-MM-DD. */
  readonly newest: string;
  /** The first day of the plant; undefined when unknown. */
  readonly created: string | undefined;
  /** The oldest first. */
  readonly dates: readonly string[];
}

/** A span of wall time, in milliseconds as if it were UTC, in which the same day is the newest. */
interface Release {
  readonly from: number;
  /** Infinity: no further day is released. */
  readonly until: number;
  /** YYYY-MM-DD */
  readonly newest: string;
}

/** Zones differ by little more than a day, and most schedules run once in one. */
const RELEASES_KEPT = 16;
const SPANS_KEPT = 100;

/**
 * Which completed days may be read, and when the next one: HISTORY_DAYS and HISTORY_SCHEDULE, which runs on the wall
 * clock of each plant. There may be hundreds of plants and of days: what plants share is computed once, and a new
 * day is added to what is known of the earlier ones.
 */
export class DaySchedule {
  readonly #days: number;
  readonly #cron: Cron;
  readonly #clock: Clock;
  #releases: readonly Release[] = [];
  /** Dates by the first and the last of them. */
  readonly #spans = new Map<string, readonly string[]>();

  constructor({ days, schedule }: GrowattConfig['history'], clock: Clock) {
    this.#days = days;
    this.#cron = new Cron(schedule, { timezone: 'UTC', paused: true });
    this.#clock = clock;
  }

  /** When the next day may be read, milliseconds since the epoch; Infinity: never. */
  nextRelease(zone: Zone): number {
    const { until } = this.#releaseAt(zone);
    return until === Number.POSITIVE_INFINITY ? until : instantOf(zone, until);
  }

  /** @param before what was missing when this was last asked */
  missing(
    before: MissingDays | undefined,
    zone: Zone,
    created: string | undefined,
    read: readonly { readonly date: string }[],
  ): MissingDays {
    const { newest } = this.#releaseAt(zone);
    const known = before?.created === created ? before : undefined;
    if (known?.newest === newest) return known;
    const oldest = addDays(newest, 1 - this.#days);
    const from = created !== undefined && created > oldest ? created : oldest;
    if (known && known.newest < newest) {
      const added = this.#span(addDays(known.newest, 1), newest);
      return { newest, created, dates: [...known.dates, ...added].filter((date) => date >= from) };
    }
    const all = this.#span(from, newest);
    const dates = new Set(read.map(({ date }) => date));
    return { newest, created, dates: dates.size === 0 ? all : all.filter((date) => !dates.has(date)) };
  }

  #releaseAt(zone: Zone): Release {
    const wall = wallTimeAt(zone, this.#clock.now());
    const known = this.#releases.find(({ from, until }) => wall >= from && wall < until);
    if (known) return known;
    const [lastRun] = this.#cron.previousRuns(1, new Date(wall + 1000));
    const release = {
      from: Math.min(lastRun?.getTime() ?? wall, wall),
      until: this.#cron.nextRun(new Date(wall))?.getTime() ?? Number.POSITIVE_INFINITY,
      newest: addDays(dateOf(lastRun?.getTime() ?? wall), -1),
    };
    // A schedule that never ran says nothing of other times.
    if (lastRun) this.#releases = [release, ...this.#releases].slice(0, RELEASES_KEPT);
    return release;
  }

  #span(from: string, to: string): readonly string[] {
    const key = `${from} ${to}`;
    const dates = this.#spans.get(key) ?? datesBetween(from, to);
    if (this.#spans.size >= SPANS_KEPT) this.#spans.clear();
    this.#spans.set(key, dates);
    return dates;
  }
}

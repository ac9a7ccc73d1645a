import { Cron } from 'croner';
import type { Zone } from '../../../base/calendar.ts';
import { addDays, dateOf, instantOf, wallTimeAt } from '../../../base/calendar.ts';
import type { Clock } from '../../../base/clock.ts';

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

/** When completed days may be read: HISTORY_SCHEDULE, which runs on the wall clock of each plant. */
export class DaySchedule {
  readonly #cron: Cron;
  readonly #clock: Clock;
  /** Plants share these: a schedule is costly to evaluate, and an account may have hundreds of plants. */
  #releases: Release[] = [];

  constructor(schedule: string, clock: Clock) {
    this.#cron = new Cron(schedule, { timezone: 'UTC', paused: true });
    this.#clock = clock;
  }

  /** The newest completed day that may be read, YYYY-MM-DD. */
  newest(zone: Zone): string {
    return this.#releaseAt(wallTimeAt(zone, this.#clock.now())).newest;
  }

  /** When the next day may be read, milliseconds since the epoch; Infinity: never. */
  nextRelease(zone: Zone): number {
    const { until } = this.#releaseAt(wallTimeAt(zone, this.#clock.now()));
    return until === Number.POSITIVE_INFINITY ? until : instantOf(zone, until);
  }

  #releaseAt(wall: number): Release {
    const known = this.#releases.find(({ from, until }) => wall >= from && wall < until);
    if (known) return known;
    const [lastRun] = this.#cron.previousRuns(1, new Date(wall + 1000));
    const from = lastRun && lastRun.getTime() <= wall ? lastRun.getTime() : wall;
    const release = {
      from,
      until: this.#cron.nextRun(new Date(wall))?.getTime() ?? Number.POSITIVE_INFINITY,
      newest: addDays(dateOf(lastRun?.getTime() ?? wall), -1),
    };
    this.#releases = [release, ...this.#releases].slice(0, RELEASES_KEPT);
    return release;
  }
}

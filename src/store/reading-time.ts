import { dateOf, instantsOf, wallTimeAt, type Zone } from '../base/calendar.ts';
import { SLEEP_AFTER } from '../model/reading.ts';
import { localDayAt } from './local-day.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How much of a date, YYYY-MM-DD, names the period. */
const PERIODS = { day: 10, month: 7, year: 4 } as const;

export interface ReadingTimes {
  /** The device's own clock, in milliseconds as if it were UTC; undefined for sources that answer live. */
  readonly wall: number | undefined;
  /** When the agent took the reading in. */
  readonly receivedAt: number;
  /** When the agent first saw this wall time, be it before a restart: that decides about summer time. */
  readonly firstSeenAt: number;
}

/** When a reading was taken, as far as the time zone of its entity tells; instants are milliseconds since the epoch. */
export class ReadingTime {
  /** When it was taken, or up to an hour later where summer time is in doubt; undefined while the zone is unknown. */
  readonly takenAt: number | undefined;
  /** Since when it ages. Where a reading cannot be dated it is infinitely long ago: it is only known to be old. */
  readonly agesFrom: number;
  readonly #zone: Zone | undefined;
  /** Undefined: it is not known whether the device's clock shows summer time. */
  readonly #shift: number | undefined;
  /** Of the reading, on the device's own calendar; undefined while the zone is unknown. */
  readonly #date: string | undefined;
  /** Today's date at the moment that was asked for last: all values of a reading ask for the same one. */
  #newest: { readonly now: number; readonly today: string | undefined } | undefined;

  constructor({ wall, receivedAt, firstSeenAt }: ReadingTimes, zone: Zone | undefined) {
    this.#zone = zone;
    this.#shift = zone && wall !== undefined ? summerShift(zone, wall, firstSeenAt) : 0;
    this.#date = zone && dateOf(wall ?? wallTimeAt(zone, receivedAt));
    if (!zone || wall === undefined) {
      this.agesFrom = receivedAt;
      return;
    }
    const instants = instantsOf(zone, wall).map((instant) => instant - (this.#shift ?? 0));
    // A clock that runs ahead cannot have read the future.
    this.takenAt = instants.findLast((instant) => instant <= receivedAt) ?? receivedAt;
    this.agesFrom = this.#shift === undefined ? Number.NEGATIVE_INFINITY : this.takenAt;
  }

  /** Whether the day, month or year of the reading has not ended; undefined while the zone is unknown. */
  isOfPresent(period: keyof typeof PERIODS, now: number): boolean | undefined {
    if (this.#date === undefined) return undefined;
    const today = this.#today(now);
    const length = PERIODS[period];
    return today !== undefined && this.#date.slice(0, length) >= today.slice(0, length);
  }

  /** Whether the reading is certainly not of a later day than today. */
  isOfTodayOrBefore(now: number): boolean {
    const today = this.#today(now);
    return this.#date !== undefined && today !== undefined && this.#date <= today;
  }

  /** Until when, at least, the calendar stays as it is now; infinite while the zone is unknown. */
  dayEnd(now: number): number {
    return this.#zone ? localDayAt(this.#zone, now).until : Number.POSITIVE_INFINITY;
  }

  #today(now: number): string | undefined {
    if (this.#newest?.now !== now) this.#newest = { now, today: this.#todayAt(now) };
    return this.#newest.today;
  }

  /** Today's date; undefined in the hour in which an unknown daylight saving decides. */
  #todayAt(now: number): string | undefined {
    if (!this.#zone) return undefined;
    const { date, dateAhead } = localDayAt(this.#zone, now);
    if (this.#shift === undefined) return date === dateAhead ? date : undefined;
    return this.#shift === 0 ? date : dateAhead;
  }
}

/**
 * Extra milliseconds to add to a zone that knows no daylight saving: Growatt's plants say "GMT+1" all year,
 * while the device's clock follows the season. A reading about an hour in the future shows that.
 * @param now when the reading was first seen
 * @returns undefined when it may be new in winter or half an hour old in summer
 */
export function summerShift(zone: Zone, wall: number, now: number): number | undefined {
  if (!zone.fixed) return 0;
  const ahead = wall - wallTimeAt(zone, now);
  if (ahead < -SLEEP_AFTER || (ahead > 15 * MINUTE && ahead <= 45 * MINUTE)) return undefined;
  return ahead > 45 * MINUTE && ahead < 75 * MINUTE ? HOUR : 0;
}

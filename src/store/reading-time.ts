import { dateOf, instantsOf, wallTimeAt, type Zone } from '../base/calendar.ts';
import { SLEEP_AFTER } from '../model/reading.ts';

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
  readonly #zone: Zone | undefined;
  readonly #wall: number | undefined;
  readonly #receivedAt: number;
  /** Undefined: it is not known whether the device's clock shows summer time. */
  readonly #shift: number | undefined;

  constructor({ wall, receivedAt, firstSeenAt }: ReadingTimes, zone: Zone | undefined) {
    this.#zone = zone;
    this.#wall = wall;
    this.#receivedAt = receivedAt;
    this.#shift = zone && wall !== undefined ? summerShift(zone, wall, firstSeenAt) : 0;
  }

  /** When it was taken, or up to an hour later where summer time is in doubt; undefined while the zone is unknown. */
  get takenAt(): number | undefined {
    return this.#takenAt(this.#shift ?? 0);
  }

  /** Milliseconds. Where a reading cannot be dated it is infinite: it is only known to be old. */
  ageAt(now: number): number {
    if (!this.#zone || this.#wall === undefined) return now - this.#receivedAt;
    const takenAt = this.#shift === undefined ? undefined : this.#takenAt(this.#shift);
    return now - (takenAt ?? Number.NEGATIVE_INFINITY);
  }

  /** Whether the day, month or year of the reading has not ended; undefined while the zone is unknown. */
  isOfPresent(period: keyof typeof PERIODS, now: number): boolean | undefined {
    if (!this.#zone) return undefined;
    const today = this.#today(this.#zone, now);
    const length = PERIODS[period];
    return today !== undefined && this.#date(this.#zone).slice(0, length) >= today.slice(0, length);
  }

  /** Whether the reading is certainly not of a later day than today. */
  isOfTodayOrBefore(now: number): boolean {
    const today = this.#zone && this.#today(this.#zone, now);
    return this.#zone !== undefined && today !== undefined && this.#date(this.#zone) <= today;
  }

  #takenAt(shift: number): number | undefined {
    if (this.#wall === undefined || !this.#zone) return undefined;
    const instants = instantsOf(this.#zone, this.#wall).map((instant) => instant - shift);
    // A clock that runs ahead cannot have read the future.
    return instants.findLast((instant) => instant <= this.#receivedAt) ?? this.#receivedAt;
  }

  #date(zone: Zone): string {
    return dateOf(this.#wall ?? wallTimeAt(zone, this.#receivedAt));
  }

  /** Today's date; undefined in the hour in which an unknown daylight saving decides. */
  #today(zone: Zone, now: number): string | undefined {
    const wall = wallTimeAt(zone, now);
    const date = dateOf(wall + (this.#shift ?? 0));
    return this.#shift === undefined && dateOf(wall + HOUR) !== date ? undefined : date;
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

import { dateOf, wallTimeAt, type Zone } from '../base/calendar.ts';

/** What the calendars of a place show: the same at any moment from `from` until just before `until`. */
export interface LocalDay {
  /** YYYY-MM-DD */
  readonly date: string;
  /** The date on a clock that is an hour ahead. */
  readonly dateAhead: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const known = new WeakMap<Zone, LocalDay>();

/** The day in a zone at a moment (milliseconds since the epoch); worked out once for all that stands in the zone. */
export function localDayAt(zone: Zone, now: number): LocalDay {
  const newest = known.get(zone);
  if (newest && newest.from <= now && now < newest.until) return newest;
  const day = computeDay(zone, now);
  known.set(zone, day);
  return day;
}

function computeDay(zone: Zone, now: number): LocalDay {
  const wall = wallTimeAt(zone, now);
  const untilMidnight = (at: number) => DAY - (((at % DAY) + DAY) % DAY);
  const end = now + Math.min(untilMidnight(wall), untilMidnight(wall + HOUR));
  // Where clocks change before that, midnight comes earlier or later: the day is worked out anew every minute.
  const isRegular = zone.offsetAt(end) === zone.offsetAt(now);
  const until = isRegular ? end : Math.min(end, (Math.floor(now / MINUTE) + 1) * MINUTE);
  return { date: dateOf(wall), dateAhead: dateOf(wall + HOUR), from: now, until };
}

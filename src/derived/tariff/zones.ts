import { wallTimeAt, type Zone } from '../../base/calendar.ts';

const MINUTE = 60_000;
const MINUTES_OF_DAY = 24 * 60;
/** All offsets from UTC are multiples of it, so that within one of these every time of the day is in one zone. */
const STEP = 15;

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;

/** From one minute of the day up to, not including, another; over midnight when the second is not the later one. */
export type Hours = readonly [from: number, to: number];

/** Times at which a price holds; what is absent holds at all times. */
export interface PriceZone {
  /** 0 is Sunday. */
  readonly days?: ReadonlySet<number> | undefined;
  /** 0 is January. */
  readonly months?: ReadonlySet<number> | undefined;
  readonly hours?: readonly Hours[] | undefined;
  /** Per kWh. */
  readonly price: number;
}

/** Days of the week such as `Sat,Sun` or `Mon-Fri`, 0 for Sunday; undefined for anything else. */
export const parseDays = (text: string) => parseNames(text, DAYS);

/** Months such as `Nov-Feb` or `Jul`, 0 for January; undefined for anything else. */
export const parseMonths = (text: string) => parseNames(text, MONTHS);

/** Names and ranges of them; a range may go over the end, as `Nov-Feb` does. */
function parseNames(text: string, names: readonly string[]): ReadonlySet<number> | undefined {
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [from = -1, to = from, ...more] = part.split('-').map((name) => names.indexOf(name.trim()));
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    for (let at = from; ; at = (at + 1) % names.length) {
      found.add(at);
      if (at === to) break;
    }
  }
  return found;
}

/**
 * Hours of the day such as `22-6` or `2-5,22-24`, each also with the minutes 15, 30 and 45 as in `22:30-6`; undefined
 * for anything else.
 */
export function parseHours(text: string): readonly Hours[] | undefined {
  const ranges = text.split(',').map((part) => {
    const match = /^\s*(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?\s*$/.exec(part);
    if (!match) return undefined;
    const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = match
      .slice(1)
      .map((digits) => Number(digits ?? 0));
    const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
    const isValid = from < MINUTES_OF_DAY && to <= MINUTES_OF_DAY && fromMinute < 60 && toMinute < 60;
    return isValid && from % STEP === 0 && to % STEP === 0 && from !== to ? ([from, to] as const) : undefined;
  });
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

/**
 * The price of a moment (milliseconds since the epoch): that of the last zone that holds then, else the common one.
 * Where a zone has days and its hours go over midnight, each of them counts to the day that it is on.
 */
export function fixedPriceAt(
  { price, zones }: { readonly price: number; readonly zones: readonly PriceZone[] },
  place: Zone,
  instant: number,
): number {
  const wall = new Date(wallTimeAt(place, instant));
  const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
  const last = zones.findLast(
    ({ days, months, hours }) =>
      (days?.has(wall.getUTCDay()) ?? true) &&
      (months?.has(wall.getUTCMonth()) ?? true) &&
      (hours?.some((range) => isWithin(minute, range)) ?? true),
  );
  return last?.price ?? price;
}

const isWithin = (minute: number, [from, to]: Hours) =>
  from < to ? minute >= from && minute < to : minute >= from || minute < to;

/** Milliseconds within which no fixed price changes, counted from the epoch. */
export const FIXED_STEP = STEP * MINUTE;

export const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;

/** A zone's offset from UTC in ms at a moment (epoch ms). */
export type Zone = (at: number) => number;

const SLOTS_KEPT = 1000;

/** Opens an IANA zone or a fixed offset in minutes; an unknown name throws a RangeError. */
export function openZone(zone: string | number): Zone {
  if (typeof zone === 'number') return () => zone * MINUTE;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  const offsetAt = (at: number) => {
    const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = 0, minutes = 0] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
  };
  return (at) => {
    // No offset changes within a quarter of an hour, and asking for one is slow.
    const slot = Math.floor(at / (15 * MINUTE));
    const offset = known.get(slot) ?? offsetAt(at);
    if (known.size >= SLOTS_KEPT) known.clear();
    known.set(slot, offset);
    return offset;
  };
}

/** Number of the local calendar day that holds a moment; day 0 is 1970-01-01. */
export function localDay(zone: Zone, at: number): number {
  return Math.floor((at + zone(at)) / DAY);
}

/** Epoch ms of the local midnight that begins a day. */
export function dayStart(zone: Zone, day: number): number {
  const wall = day * DAY;
  return wall - zone(wall - zone(wall));
}

/** `YYYY-MM-DD HH:MM:SS` of the local wall clock. */
export function wallClock(zone: Zone, at: number): string {
  return new Date(at + zone(at)).toISOString().slice(0, 19).replace('T', ' ');
}

/** `YYYY-MM-DD` of a day number. */
export function dateText(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

/** Day number of a `YYYY-MM-DD` that exists in the calendar. */
export function parseDate(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const day = Date.parse(`${text}T00:00:00Z`) / DAY;
  return Number.isInteger(day) && dateText(day) === text ? day : undefined;
}

const CHINA: Zone = () => 480 * MINUTE;

/** `YYYY-MM-DD HH:MM:SS` in China time, in which the Growatt cloud writes some of its stamps. */
export function chinaClock(at: number): string {
  return wallClock(CHINA, at);
}

/** A `java.util.Date` as the Growatt cloud serialises it: China time, years from 1900, months from 0. */
export function javaDate(at: number): Record<string, number> {
  const china = new Date(at + CHINA(at));
  return {
    date: china.getUTCDate(),
    day: china.getUTCDay(),
    hours: china.getUTCHours(),
    minutes: china.getUTCMinutes(),
    month: china.getUTCMonth(),
    seconds: china.getUTCSeconds(),
    time: at,
    timezoneOffset: -480,
    year: china.getUTCFullYear() - 1900,
  };
}

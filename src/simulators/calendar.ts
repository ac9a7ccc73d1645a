import { fixedZone, ianaZone, instantOf, wallTimeAt, type Zone } from '../base/calendar.ts';

export const MINUTE = 60_000;
export const DAY = 1_440 * MINUTE;

/** Opens an IANA zone or a fixed offset in minutes; an unknown name throws a RangeError. */
export function openZone(zone: string | number): Zone {
  return typeof zone === 'number' ? fixedZone(zone) : ianaZone(zone);
}

/** Epoch ms of the local midnight that begins a day. */
export function dayStart(zone: Zone, day: number): number {
  return instantOf(zone, day * DAY);
}

/** `YYYY-MM-DD HH:MM:SS` of the local wall clock. */
export function wallClock(zone: Zone, at: number): string {
  return new Date(wallTimeAt(zone, at)).toISOString().slice(0, 19).replace('T', ' ');
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

const CHINA = fixedZone(480);

/** `YYYY-MM-DD HH:MM:SS` in China time, in which the Growatt cloud writes some of its stamps. */
export function chinaClock(at: number): string {
  return wallClock(CHINA, at);
}

/** A `java.util.Date` as the Growatt cloud serialises it: China time, years from 1900, months from 0. */
export function javaDate(at: number): Record<string, number> {
  const china = new Date(wallTimeAt(CHINA, at));
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

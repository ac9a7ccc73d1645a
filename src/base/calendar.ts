/** Wall-clock arithmetic of one place. */
export interface Zone {
  /** True for a bare offset such as "GMT+1", which knows no daylight saving. */
  readonly fixed: boolean;
  /** Minutes east of UTC at an instant (milliseconds since the epoch). */
  offsetAt(instant: number): number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** No offset changes within a quarter of an hour; those of two days are kept. */
const SLOT = 15 * MINUTE;
const SLOTS_KEPT = 192;

/** Each zone is one object: what is known of it is known for all who stand in it. */
const fixedZones = new Map<number, Zone>();
const ianaZones = new Map<string, Zone>();

/** The zone that is the same number of minutes east of UTC all year. */
export function fixedZone(minutes: number): Zone {
  const zone = fixedZones.get(minutes) ?? { fixed: true, offsetAt: () => minutes };
  fixedZones.set(minutes, zone);
  return zone;
}

/** An IANA zone such as `Europe/Berlin`. @throws RangeError for a name the runtime does not know */
export function ianaZone(name: string): Zone {
  const zone = ianaZones.get(name) ?? createIanaZone(name);
  ianaZones.set(name, zone);
  return zone;
}

/**
 * The zone of this machine. It needs no `Intl.DateTimeFormat`, the first of which takes 13 ms and 8 MiB: an agent whose
 * other zones are bare offsets has none.
 */
export const machineZone: Zone = {
  fixed: false,
  offsetAt: (instant) => 0 - new Date(instant).getTimezoneOffset(),
};

function createIanaZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  // Asked for each sample of each scrape, about now and about when it was taken.
  const known = new Map<number, number>();
  return {
    fixed: false,
    offsetAt(instant) {
      const slot = Math.floor(instant / SLOT);
      const offset = known.get(slot) ?? offsetIn(format, instant);
      if (known.size >= SLOTS_KEPT) known.clear();
      known.set(slot, offset);
      return offset;
    },
  };
}

/** Minutes east of UTC. */
function offsetIn(format: Intl.DateTimeFormat, instant: number): number {
  const text = format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /([+-])(\d{2}):(\d{2})/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0));
}

/** How far the local time at an instant is from UTC, in milliseconds. */
const offsetMs = (zone: Zone, instant: number) => zone.offsetAt(instant) * MINUTE;

/** The wall clock at an instant, in milliseconds as if it were UTC. */
export function wallTimeAt(zone: Zone, instant: number): number {
  return instant + offsetMs(zone, instant);
}

/** Number of the local day that holds an instant; day 0 is 1970-01-01. */
export function localDay(zone: Zone, instant: number): number {
  return Math.floor(wallTimeAt(zone, instant) / DAY);
}

/** The instant at which the wall clock shows this: the later of two in a repeated hour, one near it in a skipped one. */
export function instantOf(zone: Zone, wall: number): number {
  return instantsOf(zone, wall).at(-1) ?? wall - offsetMs(zone, wall - DAY);
}

/**
 * All instants at which the wall clock shows this, the earlier one first: two within a repeated hour, none within
 * one that a change leaves out.
 */
export function instantsOf(zone: Zone, wall: number): readonly number[] {
  if (zone.fixed) return [wall - offsetMs(zone, wall)];
  // No place is a day away from UTC, so one of these two lies before the instant and the other after it.
  const offsets = new Set([wall - DAY, wall + DAY].map((at) => offsetMs(zone, at)));
  return [...offsets]
    .map((offset) => wall - offset)
    .filter((at) => wallTimeAt(zone, at) === wall)
    .toSorted((a, b) => a - b);
}

/** The day that was asked for last: thousands of readings are of the same one. */
let newest = { day: Number.NaN, date: '' };

/** `YYYY-MM-DD` of a wall time. */
export function dateOf(wall: number): string {
  const day = Math.floor(wall / DAY);
  if (day !== newest.day) newest = { day, date: new Date(wall).toISOString().slice(0, 10) };
  return newest.date;
}

/** The date so many days after (before, when negative) a date; YYYY-MM-DD both. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** All dates from one to another, both included. */
export function datesBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
}

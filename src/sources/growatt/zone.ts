import type { Zone } from '../../base/calendar.ts';

/**
 * A zone as Growatt writes it: `GMT+8`, `GMT 1` (a lost plus sign), `GMT-3.5`, `GMT+5:30`. It knows no daylight
 * saving. @returns undefined for anything else
 */
export function parseGmtZone(text: string): Zone | undefined {
  const match = /GMT\s*([+-]?)\s*(\d{1,2})(?::(\d{2})|(\.\d+))?/i.exec(text);
  if (!match) return undefined;
  const [, sign, hours, minutes, fraction] = match;
  const size = Number(hours) * 60 + Number(minutes ?? 0) + Number(fraction ?? 0) * 60;
  const offset = sign === '-' ? -size : size;
  return Math.abs(offset) <= 14 * 60 ? { fixed: true, offsetAt: () => offset } : undefined;
}

/** No offset changes within a quarter of an hour; those of two days are kept. */
const SLOT = 15 * 60_000;
const SLOTS_KEPT = 192;

/** An IANA zone such as `Europe/Berlin`. @throws RangeError for a name the runtime does not know */
export function ianaZone(name: string): Zone {
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

/** Outside these, in milliseconds, no inverter has a clock that was ever set. */
export const EARLIEST = Date.UTC(2005);
export const LATEST = Date.UTC(2100);

const WALL_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?/;

/**
 * A device's wall clock, `YYYY-MM-DD HH:MM[:SS]`, as milliseconds as if it were UTC.
 * @returns undefined for anything else, impossible dates and clocks that were never set included
 */
export function parseWallTime(value: unknown): number | undefined {
  const match = typeof value === 'string' ? WALL_TIME.exec(value.trim()) : null;
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const exists = new Date(wall).getUTCMonth() === month - 1;
  return exists && wall > EARLIEST && wall < LATEST ? wall : undefined;
}

import { fixedZone, type Zone } from '../../base/calendar.ts';

/**
 * A zone as Growatt writes it: `GMT+8`, `GMT 1` (a lost plus sign), `GMT-3.5`, `GMT+5:30`. It knows no daylight
 * saving. @returns undefined for anything else
 */
export function parseGmtZone(text: string): Zone | undefined {
  const match = /GMT\s*(?:([+-])\s*)?(\d{1,2})(?::(\d{2})|(\.\d+))?/i.exec(text);
  if (!match) return undefined;
  const [, sign, hours, minutes, fraction] = match;
  const size = Math.round((Number(hours) + Number(fraction ?? 0)) * 60) + Number(minutes ?? 0);
  const offset = sign === '-' ? -size : size;
  return Math.abs(offset) <= 14 * 60 ? fixedZone(offset) : undefined;
}

/** Outside these, in milliseconds, no inverter has a clock that was ever set. */
export const EARLIEST = Date.UTC(2005);
export const LATEST = Date.UTC(2100);

const WALL_TIME = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}/;

/**
 * A device's wall clock, `YYYY-MM-DD HH:MM[:SS]`, as milliseconds as if it were UTC.
 * @returns undefined for anything else, impossible dates and clocks that were never set included
 */
export function parseWallTime(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  if (!WALL_TIME.test(text)) return undefined;
  const month = digits(text, 5, 7);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = text[16] === ':' ? digits(text, 17, 19) || 0 : 0;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const wall = Date.UTC(digits(text, 0, 4), month - 1, digits(text, 8, 10), hour, minute, second);
  const exists = new Date(wall).getUTCMonth() === month - 1;
  return exists && wall > EARLIEST && wall < LATEST ? wall : undefined;
}

const ZERO = '0'.charCodeAt(0);

/** The number that stands in a text from one place to before another; NaN where there are other characters. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    number = digit >= 0 && digit <= 9 ? 10 * number + digit : Number.NaN;
  }
  return number;
}

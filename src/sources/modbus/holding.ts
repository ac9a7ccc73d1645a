import { trimEndOf } from '../../base/trim.ts';

/** What identity and clock look like in holding registers. */

/** Two characters in each register. @returns undefined for what is no serial number, such as padding */
export function parseSerial(registers: readonly number[]): string | undefined {
  const text = String.fromCharCode(...registers.flatMap((word) => [word >> 8, word & 0xff]));
  const serial = trimEndOf(text, '\0 ');
  return /^[A-Za-z0-9]{8,30}$/.test(serial) ? serial : undefined;
}

const EARLIEST_YEAR = 2015;
const LATEST_YEAR = 2099;

/**
 * Year, month, day, hour, minute, second as milliseconds as if it were UTC.
 * @returns undefined for a clock that was never set, and for what is none
 */
export function parseClock(registers: readonly number[]): number | undefined {
  const [given = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = registers;
  const year = given < 100 ? 2000 + given : given;
  const valid = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 60;
  if (!valid || year < EARLIEST_YEAR || year > LATEST_YEAR) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const MINUTE = 60_000;
const STEP = 15 * MINUTE;
const MOST_OFFSET = 14 * 60 * MINUTE;

/** Minutes east of UTC that a clock shows, to 15 minutes; undefined when it shows no offset that exists. */
export function offsetOf(wall: number, now: number): number | undefined {
  const offset = Math.round((wall - now) / STEP) * STEP;
  return Math.abs(offset) <= MOST_OFFSET ? offset / MINUTE : undefined;
}

/** High byte trackers, low byte phases. */
export function parseLayout(word: number | undefined): { trackers?: number; phases?: number } {
  const [trackers, phases] = [(word ?? 0) >> 8, (word ?? 0) & 0xff];
  const isLayout = trackers >= 1 && trackers <= 16 && (phases === 1 || phases === 3);
  return isLayout ? { trackers, phases } : {};
}

/** A rating in 0.1 VA. @returns undefined for less than the smallest model has (W), and for more than the largest */
export function parseRating([high = 0, low = 0]: readonly number[], smallest: number): number | undefined {
  const power = (high * 0x1_0000 + low) / 10;
  return power >= smallest && power <= 500_000 ? power : undefined;
}

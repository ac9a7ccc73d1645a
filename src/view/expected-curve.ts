import { localDay, wallTimeAt, type Zone } from '../base/calendar.ts';
import type { ExpectedDay } from '../model/reading.ts';
import { type DayPowers, STEP_MINUTES, unknownDay } from './curves.ts';

const DAY = 86_400_000;
const STEP = STEP_MINUTES * 60_000;

/**
 * What is expected of today, in the steps of a curve; an hour that the clock repeats has the powers of the second time.
 * @returns undefined when it is of another day than the one that it is at `now`, or nothing is known
 */
export function expectedCurve(
  { start, step, watts }: ExpectedDay,
  zone: Zone,
  now: number,
): DayPowers | undefined {
  const midnight = localDay(zone, now) * DAY;
  if (wallTimeAt(zone, start) !== midnight) return undefined;
  const powers = unknownDay();
  for (const [index, power] of watts.entries()) {
    if (power === undefined) continue;
    const from = Math.round((wallTimeAt(zone, start + index * step) - midnight) / STEP);
    powers.fill(power, from, from + step / STEP);
  }
  return powers.some((power) => !Number.isNaN(power)) ? powers : undefined;
}

import { wallTimeAt, type Zone } from '../base/calendar.ts';
import { SLEEP_AFTER } from '../model/reading.ts';

const MINUTE = 60_000;

/**
 * Extra milliseconds to add to a zone that knows no daylight saving: Growatt's plants say "GMT+1" all year,
 * while the device's clock follows the season. A reading about an hour in the future gives it away.
 * @param now when the reading was first seen
 * @returns undefined when it may be new in winter or half an hour old in summer: nobody can tell
 */
export function summerShift(zone: Zone, wall: number, now: number): number | undefined {
  if (!zone.fixed) return 0;
  const ahead = wall - wallTimeAt(zone, now);
  if (ahead < -SLEEP_AFTER || (ahead > 15 * MINUTE && ahead <= 45 * MINUTE)) return undefined;
  return ahead > 45 * MINUTE && ahead < 75 * MINUTE ? 60 * MINUTE : 0;
}

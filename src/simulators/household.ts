import { MINUTE } from './calendar.ts';
import { hash01, noise } from './noise.ts';

/** Hour of the day, height and width in hours of the peaks of a household's day. */
const HUMPS = [
  [7.2, 1.1, 1.2],
  [12.4, 0.8, 1.1],
  [19.3, 1.7, 2.1],
] as const;

/**
 * What a household draws, in W: a pure function of time.
 * @param averageW mean over the day
 * @param hour local hour of the day, with fraction
 */
export function householdLoad(seed: number, averageW: number, at: number, hour: number): number {
  const humps = HUMPS.reduce((sum, [peak, height, width]) => {
    return sum + height * Math.exp(-(((hour - peak) / width) ** 2));
  }, 0);
  const habit = 0.4 + humps * (0.6 + 0.8 * noise(seed, at, 47 * MINUTE));
  const fridge = noise(seed + 1, at, 11 * MINUTE) > 0.6 ? 0.15 : 0;
  const kettle = hash01(seed + 2, Math.floor(at / (3 * MINUTE))) > 0.985 && hour > 6 && hour < 23 ? 3 : 0;
  return averageW * (habit + fridge + kettle) + 12 * noise(seed + 3, at, 4_000);
}

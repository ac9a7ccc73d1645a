import type { Site } from './sun-position.ts';

/** Linke turbidity of each month, from January on: what is usual in the countryside of middle Europe. */
export const USUAL_TURBIDITY: readonly number[] = [
  2.7, 2.8, 3.2, 3.5, 3.8, 3.9, 3.9, 3.8, 3.6, 3.3, 2.9, 2.7,
];

/** Milliseconds by which the sun is a degree earlier. */
const PER_DEGREE = 240_000;

/**
 * The turbidity of the month in which an instant lies, by the mean time of the sun at the site, so that it changes at
 * night.
 * @param months twelve numbers from January on; undefined: the usual ones, which are six months later in the south
 */
export function turbidityAt(
  { latitude, longitude }: Pick<Site, 'latitude' | 'longitude'>,
  at: number,
  months?: readonly number[],
): number {
  const month = new Date(at + longitude * PER_DEGREE).getUTCMonth();
  if (months) return months[month]!;
  return USUAL_TURBIDITY[latitude < 0 ? (month + 6) % 12 : month]!;
}

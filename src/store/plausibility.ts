import type { MetricDefinition } from '../model/metric.ts';

const HOUR = 60 * 60_000;
/** Clouds at the edge of the sun and power factors: inverters exceed their rated power for moments. */
const POWER_MARGIN = 1.5;
const GROWTH_MARGIN = 2;
/** Longer than any inverter has worked. */
const LONGEST_LIFE_HOURS = 40 * 365.25 * 24;
/** When clocks go back. */
const LONGEST_DAY_HOURS = 25;
/** Energies come in steps of 0.1 kWh; the last and the present one are rounded. */
const ROUNDING_KWH = 0.2;
/** Grid and loads do not depend on the inverter's rated power, W. */
const SITE_POWER = 1e6;

/**
 * Whether a value can be true at all.
 * @param ratedPower of the device in W; undefined: unknown
 */
export function isPossible(
  { unit, range, validity, signed = false, ofDevice = false }: MetricDefinition,
  value: number,
  ratedPower: number | undefined,
): boolean {
  if (unit === 'hz' && value === 0) return true;
  if (range && (value < range[0] || value > range[1])) return false;
  if (ratedPower === undefined) return true;
  if (unit === 'watts' && ofDevice) return Math.abs(value) <= POWER_MARGIN * ratedPower;
  if (unit !== 'kwh' || signed) return true;
  if (validity === 'lifetime') return value <= (LONGEST_LIFE_HOURS * ratedPower) / 1000;
  return (
    !(ofDevice && validity === 'today') || value <= (GROWTH_MARGIN * LONGEST_DAY_HOURS * ratedPower) / 1000
  );
}

/**
 * The power that makes an energy grow fastest, in W.
 * @param ratedPower of the device in W; undefined: unknown
 * @returns undefined where nothing is known of that
 */
export function mostPowerOf(
  { unit, ofDevice = false }: MetricDefinition,
  ratedPower: number | undefined,
): number | undefined {
  if (ratedPower === undefined || unit !== 'kwh') return undefined;
  return GROWTH_MARGIN * (ofDevice ? ratedPower : Math.max(ratedPower, SITE_POWER));
}

/**
 * The most kWh that an energy can grow.
 * @param mostPower W
 * @param elapsed milliseconds
 */
export function growthWithin(mostPower: number, elapsed: number): number {
  return (mostPower * Math.max(0, elapsed)) / HOUR / 1000 + ROUNDING_KWH;
}

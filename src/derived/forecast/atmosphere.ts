import { cos } from './degrees.ts';

const DAY = 86_400_000;
/** Pa */
const PRESSURE_AT_SEA = 101_325;

/** W/m² at the mean distance from the sun: Spencer's series is used with this constant in the clear-sky models of pvlib. */
const SOLAR_CONSTANT = 1366.1;

/** Air pressure in Pa at an altitude in metres: the standard atmosphere, as Kasten and Young's air mass is corrected with it. */
export function pressureAt(altitude: number): number {
  return 100 * ((44_331.514 - altitude) / 11_880.516) ** (1 / 0.1902632);
}

/**
 * The way of light through air as a multiple of the vertical one at sea level: Kasten and Young, Revised optical air mass
 * tables (1989), corrected for the pressure at the altitude (metres).
 * @param apparentZenith degrees, below 90
 */
export function airMass(apparentZenith: number, altitude: number): number {
  const relative = 1 / (cos(apparentZenith) + 0.50572 * (96.07995 - apparentZenith) ** -1.6364);
  return (relative * pressureAt(altitude)) / PRESSURE_AT_SEA;
}

/** Irradiance above the air in W/m², square to the sun, at an instant (milliseconds since the epoch): Spencer (1971). */
export function extraterrestrial(at: number): number {
  const newYear = Date.UTC(new Date(at).getUTCFullYear(), 0, 1);
  const day = (2 * Math.PI * Math.floor((at - newYear) / DAY)) / 365;
  const distance =
    1.00011 +
    0.034221 * Math.cos(day) +
    0.00128 * Math.sin(day) +
    0.000719 * Math.cos(2 * day) +
    0.000077 * Math.sin(2 * day);
  return SOLAR_CONSTANT * distance;
}

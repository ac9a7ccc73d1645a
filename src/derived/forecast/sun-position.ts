import type { Place } from '../../model/reading.ts';
import { pressureAt } from './atmosphere.ts';
import { angleOf, cos, sin, tan } from './degrees.ts';
import { earthPosition } from './earth-position.ts';

const DAY = 86_400_000;
const J2000 = Date.UTC(2000, 0, 1, 12);
const DAYS_OF_CENTURY = 36_525;
/** Days by which the even time of the planets is ahead of UTC since 2017. */
const AHEAD = 69 / 86_400;
/** Degrees by which the sun stands further west than where its light shows it, at the mean distance. */
const ABERRATION = 20.4898 / 3600;
/** Degrees by which the sun at the horizon is lower than it is seen from the centre of the earth. */
const PARALLAX = 8.794 / 3600;

/** Where modules stand. */
export interface Site extends Place {
  /** Metres above the sea. */
  readonly altitude: number;
}

/** Where the sun stands; degrees. */
export interface SunPosition {
  /** From the vertical, of the centre of the sun, without refraction. */
  readonly zenith: number;
  /** As it is seen through the air. */
  readonly apparentZenith: number;
  /** On the compass: 90 is east, 180 south. */
  readonly azimuth: number;
}

/**
 * The position of the sun at an instant (milliseconds since the epoch), step by step as in NOAA's solar calculator, with
 * the place of the earth from tables in place of the equation of centre, and with nutation and sidereal time of Meeus,
 * Astronomical Algorithms, chapters 12 and 22: within 0.001° from 1990 to 2050.
 */
export function sunPosition(site: Site, at: number): SunPosition {
  const days = (at - J2000) / DAY;
  const t = (days + AHEAD) / DAYS_OF_CENTURY;
  const earth = earthPosition(t);
  const seen = earth.longitude + 180;
  const moon = 218.3165 + 481_267.8813 * t;
  const node = 125.04452 - 1934.136261 * t;
  const nutation =
    (-17.2 * sin(node) - 1.32 * sin(2 * seen) - 0.23 * sin(2 * moon) + 0.21 * sin(2 * node)) / 3600;
  const obliquity =
    23.4392911 -
    (46.815 * t - 9.2 * cos(node) - 0.57 * cos(2 * seen) - 0.1 * cos(2 * moon) + 0.09 * cos(2 * node)) / 3600;
  const longitude = seen - ABERRATION + nutation;
  const aside = -earth.latitude;
  const sinDeclination = sin(aside) * cos(obliquity) + cos(aside) * sin(obliquity) * sin(longitude);
  const cosDeclination = Math.sqrt(1 - sinDeclination ** 2);
  const ascension = angleOf(sin(longitude) * cos(obliquity) - tan(aside) * sin(obliquity), cos(longitude));
  const sidereal = 280.46061837 + 360.98564736629 * days + 0.000387933 * t * t + nutation * cos(obliquity);
  const hourAngle = sidereal + site.longitude - ascension;
  const { latitude } = site;
  const up = sin(latitude) * sinDeclination + cos(latitude) * cosDeclination * cos(hourAngle);
  const east = -cosDeclination * sin(hourAngle);
  const north = cos(latitude) * sinDeclination - sin(latitude) * cosDeclination * cos(hourAngle);
  const fromCentre = angleOf(Math.hypot(east, north), up);
  const zenith = fromCentre + PARALLAX * sin(fromCentre);
  const apparentZenith = zenith - refraction(90 - zenith, site.altitude);
  return { zenith, apparentZenith, azimuth: angleOf(east, north) };
}

/** The sun is 0.2667° wide from its centre to its edge, and the air lifts it by 0.5667° at the horizon. */
const LOWEST_SEEN = -0.8334;
/** °C */
const AIR_TEMPERATURE = 12;

/**
 * By how many degrees air lifts the sun at an elevation (degrees): Reda and Andreas, Solar Position Algorithm
 * (NREL/TP-560-34302), equation 42; 0 once it is wholly below the horizon.
 */
function refraction(elevation: number, altitude: number): number {
  if (elevation < LOWEST_SEEN) return 0;
  const density = (pressureAt(altitude) / 101_000) * (283 / (273 + AIR_TEMPERATURE));
  return (density * 1.02) / (60 * tan(elevation + 10.3 / (elevation + 5.11)));
}

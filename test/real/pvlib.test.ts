import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { clearSky } from '../../src/derived/forecast/clear-sky.ts';
import { expectedUnder } from '../../src/derived/forecast/plane.ts';
import { type SunPosition, sunPosition } from '../../src/derived/forecast/sun-position.ts';
import { prepared } from './programs.ts';

const HOUR = 3_600_000;
const RAD = Math.PI / 180;

/** Every hour of a year. */
const times = Array.from({ length: 365 * 24 }, (_, hour) => Date.UTC(2026, 0, 1) + hour * HOUR);

/** In both hemispheres, below the polar circles and beyond one of them, high up and at the equator. */
const places = [
  { name: 'Berlin', latitude: 52.52, longitude: 13.405, altitude: 34, turbidity: 3.4 },
  { name: 'Longyearbyen', latitude: 78.22, longitude: 15.65, altitude: 10, turbidity: 2.2 },
  { name: 'Quito', latitude: -0.18, longitude: -78.47, altitude: 2850, turbidity: 2.9 },
  { name: 'Sydney', latitude: -33.87, longitude: 151.21, altitude: 58, turbidity: 3.9 },
  { name: 'Ushuaia', latitude: -54.8, longitude: -68.3, altitude: 6, turbidity: 2.6 },
];

const modules = { rated: 5000, coefficient: -0.0037, losses: 0.09 };
/** Steep and flat, to all sides, in warm and cold air, one with an inverter that clips. */
const planes = [
  { ...modules, tilt: 35, azimuth: 180, acLimit: 5000, air: 20, wind: 1 },
  { ...modules, tilt: 90, azimuth: 90, acLimit: 5000, air: -5, wind: 6 },
  { ...modules, tilt: 12, azimuth: 300, acLimit: 2500, air: 31, wind: 0.4 },
  { ...modules, tilt: 0, azimuth: 0, acLimit: 4000, air: 20, wind: 1 },
];

type Column = readonly number[];
interface Reference {
  readonly zenith: Column;
  readonly apparentZenith: Column;
  readonly azimuth: Column;
  readonly global: Column;
  readonly direct: Column;
  readonly diffuse: Column;
  readonly planes: readonly Readonly<Record<'irradiance' | 'dc' | 'ac', Column>>[];
}

/** Degrees between two places in the sky: a difference of azimuths says nothing where the sun is overhead. */
function angleBetween(one: Pick<SunPosition, 'zenith' | 'azimuth'>, zenith: number, azimuth: number): number {
  const north = Math.sin(((one.zenith - zenith) * RAD) / 2) ** 2;
  const east = Math.sin(((one.azimuth - azimuth) * RAD) / 2) ** 2;
  const product = Math.sin(one.zenith * RAD) * Math.sin(zenith * RAD);
  return (2 * Math.asin(Math.sqrt(north + product * east))) / RAD;
}

/**
 * Irradiance and power within 1 % of pvlib's. Where the sun is at the horizon both are next to nothing, and 1 % of that is
 * less than what a ten thousandth of a degree makes: there 0.05 W/m², or for 5 kW of modules 0.25 W, count as equal.
 */
const FLOORS = { irradiance: 0.05, power: 0.25 };

function assertNear(actual: number, expected: number, floor: number, what: () => string): void {
  const off = Math.abs(actual - expected);
  if (!(off <= Math.max(expected * 0.01, floor))) assert.fail(`${what()}: ${actual}, pvlib ${expected}`);
}

describe('The model over a year of hours, held against pvlib', () => {
  const input = JSON.stringify({ times, places, planes });
  const env = { ...process.env, PYTHONPATH: prepared('pvlib') };
  const output = execFileSync('python3', ['test/real/pvlib/reference.py'], {
    input,
    env,
    maxBuffer: 2 ** 28,
    timeout: 300_000,
  });
  const references = JSON.parse(output.toString()) as readonly Reference[];

  for (const [i, place] of places.entries()) {
    const reference = references[i]!;
    const sunOf = times.map((at) => sunPosition(place, at));
    const at = (hour: number) => `${place.name}, ${new Date(times[hour]!).toISOString()}`;

    it(`finds the sun within 0.02°: ${place.name}`, () => {
      for (const [hour, sun] of sunOf.entries()) {
        const off = angleBetween(sun, reference.zenith[hour]!, reference.azimuth[hour]!);
        assert.ok(off <= 0.02, `${at(hour)}: ${off}° apart`);
        const lifted = Math.abs(sun.apparentZenith - reference.apparentZenith[hour]!);
        assert.ok(lifted <= 0.02, `${at(hour)}: ${lifted}° apart through air`);
      }
    });

    it(`has irradiance and power within 1 %: ${place.name}`, () => {
      for (const [hour, sun] of sunOf.entries()) {
        const light = clearSky(place, sun, times[hour]!, place.turbidity);
        for (const part of ['global', 'direct', 'diffuse'] as const)
          assertNear(light[part], reference[part][hour]!, FLOORS.irradiance, () => `${at(hour)}, ${part}`);
        for (const [n, { air, wind, ...plane }] of planes.entries()) {
          const expected = expectedUnder({ ...place, ...plane }, sun, light, { temperature: air, wind });
          const of = reference.planes[n]!;
          const what = (name: string) => () => `${at(hour)}, plane ${n}, ${name}`;
          assertNear(expected.irradiance, of.irradiance[hour]!, FLOORS.irradiance, what('irradiance'));
          assertNear(expected.dc, of.dc[hour]!, FLOORS.power, what('DC'));
          assertNear(expected.ac, of.ac[hour]!, FLOORS.power, what('AC'));
        }
      }
    });
  }

  it('has both polar night and polar day in its hours', () => {
    const elevations = references[1]!.zenith.map((zenith) => 90 - zenith);
    const day = elevations.map((_, hour) => elevations.slice(hour, hour + 24));
    assert.ok(day.some((hours) => hours.length === 24 && hours.every((elevation) => elevation < -5)));
    assert.ok(day.some((hours) => hours.length === 24 && hours.every((elevation) => elevation > 5)));
  });
});

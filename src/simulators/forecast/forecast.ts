import type { Place } from '../../model/reading.ts';
import type { SimulatedSky } from '../../model/simulator.ts';
import { DAY, MINUTE } from '../calendar.ts';
import { sinElevation } from '../sun.ts';

const SLOT = 15 * MINUTE;
/** Moments of a quarter of an hour that its mean is made of. */
const MOMENTS = [2.5, 7.5, 12.5].map((minutes) => minutes * MINUTE);
/** Irradiance above the air, W/m². */
const SOLAR_CONSTANT = 1361;
/** Lower sun (sine of 3°) makes no use of dividing by it. */
const LOW = 0.05;

const VARIABLES = {
  shortwave_radiation: 'W/m²',
  direct_normal_irradiance: 'W/m²',
  diffuse_radiation: 'W/m²',
  temperature_2m: '°C',
  wind_speed_10m: 'm/s',
} as const;
export type Variable = keyof typeof VARIABLES;

export const isVariable = (name: string): name is Variable => Object.hasOwn(VARIABLES, name);

export interface ForecastRequest extends Place {
  readonly variables: readonly Variable[];
  readonly pastDays: number;
  readonly days: number;
}

/** What the service answers in quarters of an hour of UTC days; irradiance is the mean of the quarter before a time. */
export function forecastOf(
  request: ForecastRequest,
  sky: SimulatedSky,
  now: number,
): Record<string, unknown> {
  const { variables, pastDays, days } = request;
  const grid = { latitude: toGrid(request.latitude), longitude: toGrid(request.longitude) };
  const first = (Math.floor(now / DAY) - pastDays) * DAY;
  const count = ((pastDays + days) * DAY) / SLOT;
  const times = Array.from({ length: count }, (_, slot) => first + slot * SLOT);
  const rows = times.map((time) => weatherBefore(request, sky, time));
  return {
    ...grid,
    generationtime_ms: 0.2,
    utc_offset_seconds: 0,
    timezone: 'GMT',
    timezone_abbreviation: 'GMT',
    elevation: 38,
    minutely_15_units: {
      time: 'unixtime',
      ...Object.fromEntries(variables.map((name) => [name, VARIABLES[name]])),
    },
    minutely_15: {
      time: times.map((time) => time / 1000),
      ...Object.fromEntries(variables.map((name) => [name, rows.map((row) => round(row[name]))])),
    },
  };
}

/** The answer is for the middle of a cell of the model's grid. */
const toGrid = (degrees: number) => Math.round(degrees * 16) / 16;
const round = (value: number) => Math.round(value * 10) / 10;

function weatherBefore(place: Place, sky: SimulatedSky, time: number): Record<Variable, number> {
  const moments = MOMENTS.map((before) => lightAt(place, sky, time - before));
  const mean = (part: keyof (typeof moments)[number]) =>
    moments.reduce((sum, moment) => sum + moment[part], 0) / moments.length;
  return {
    shortwave_radiation: mean('global'),
    direct_normal_irradiance: mean('direct'),
    diffuse_radiation: mean('diffuse'),
    temperature_2m: sky(place, time).temperature,
    wind_speed_10m: 3,
  };
}

/** Splits irradiance into that of the sun and that of the sky: Erbs (1982), by how much of it came through the air. */
function lightAt(place: Place, sky: SimulatedSky, at: number) {
  const sine = sinElevation(place, at);
  const global = sky(place, at).irradiance;
  if (sine < LOW) return { global, direct: 0, diffuse: global };
  const clearness = Math.min(1, global / (SOLAR_CONSTANT * sine));
  const share =
    clearness <= 0.22
      ? 1 - 0.09 * clearness
      : clearness > 0.8
        ? 0.165
        : 0.9511 + clearness * (-0.1604 + clearness * (4.388 + clearness * (-16.638 + clearness * 12.336)));
  return { global, direct: (global * (1 - share)) / sine, diffuse: global * share };
}

import { trimEndOf } from '../../base/trim.ts';
import { plainUrl } from '../../settings/addresses.ts';
import { choice, count, decimal, id } from '../../settings/format.ts';
import type { Settings } from '../../settings/read.ts';
import { list, numbers, type Resolved, setting } from '../../settings/setting.ts';
import { USUAL_TURBIDITY } from './turbidity.ts';

/** The public service, for uses that earn no money. */
const OPEN_METEO = 'https://api.open-meteo.com';

const plane = {
  plant_id: setting(id, { required: true, doc: 'Plant whose modules these are; the label `plant_id`.' }),
  latitude: setting(decimal(-90, 90), {
    otherwise: 'that of the plant',
    doc: 'Degrees, north positive.',
  }),
  longitude: setting(decimal(-180, 180), {
    otherwise: 'that of the plant',
    doc: 'Degrees, east positive.',
  }),
  altitude: setting(decimal(-500, 6000), { default: '0', doc: 'Metres above the sea.' }),
  kwp: setting(decimal(0.01, 1_000_000), {
    otherwise: 'the rated PV power of the plant',
    doc: 'Power of the modules under standard test conditions in kW.',
  }),
  tilt: setting(decimal(0, 90), {
    otherwise: '35, assumed',
    doc: 'Degrees from the horizontal: 0 lies flat, 90 stands upright.',
  }),
  azimuth: setting(decimal(0, 360), {
    otherwise: 'towards the equator, assumed',
    doc: 'Where the modules face, in degrees on the compass: 90 is east, 180 south, 270 west.',
  }),
  ac_limit_w: setting(count(1, 1_000_000_000), {
    otherwise: 'as much as the modules',
    doc: 'Rated AC power of the inverter in W; of several planes at one inverter, the share of this one.',
  }),
  loss_percent: setting(decimal(0, 90), {
    default: '9',
    doc: 'Share of power that soiling, wiring, mismatch and ageing take, without shading and outages.',
  }),
  temperature_coefficient: setting(decimal(-1, 0), {
    default: '-0.37',
    doc: 'Change of power with the temperature of the modules in percent for each kelvin, from their data sheet.',
  }),
};

/** The settings of the expected power. */
export const forecastSettings = {
  forecast: {
    source: setting(choice('clear-sky', 'open-meteo'), {
      env: 'FORECAST_SOURCE',
      otherwise: '`clear-sky` once `planes` are given, else no expected power',
      doc: '`clear-sky` works out the power under a cloudless sky, without any network; `open-meteo` also reads the weather from Open-Meteo.',
    }),
    base_url: setting(
      plainUrl('', (url) => trimEndOf(url.href, '/')),
      {
        env: 'FORECAST_BASE_URL',
        default: OPEN_METEO,
        doc: 'Another server that answers as Open-Meteo does, such as one of your own.',
      },
    ),
    turbidity: numbers(
      'value',
      setting(decimal(1, 15), { required: true, doc: 'Linke turbidity of the month.' }),
      {
        otherwise: `\`[${USUAL_TURBIDITY.join(', ')}]\`, six months later south of the equator`,
        doc: 'Linke turbidity of the air in each month, twelve numbers from January on: 2 is clear mountain air, 5 that of a city.',
      },
    ),
    planes: list(plane, {
      env: 'FORECAST_PLANES',
      fromText: planeFromText,
      otherwise: 'one for each plant whose place and rated PV power are known',
      doc:
        'Modules that face one way; several planes of one plant add up. As a variable ' +
        '`plant_id[:kwp[:tilt[:azimuth[:ac_limit_w]]]]`, comma-separated; what is empty is left out.',
    }),
  },
};

/** A plane as it was configured; degrees, kW, W and percent. */
export type PlaneConfig = ForecastConfig['planes'][number];

/** A plane of a plant of which nothing is configured. */
export function unconfiguredPlane(plantId: string): PlaneConfig {
  const { altitude, loss_percent, temperature_coefficient } = plane;
  return {
    plantId,
    latitude: undefined,
    longitude: undefined,
    altitude: altitude.fallback,
    kwp: undefined,
    tilt: undefined,
    azimuth: undefined,
    acLimitW: undefined,
    lossPercent: loss_percent.fallback,
    temperatureCoefficient: temperature_coefficient.fallback,
  };
}

/** Everything configured for the expected power. */
export type ForecastConfig = Resolved<typeof forecastSettings>['forecast'];

/** Reports numbers that do not belong together. */
export function resolveForecast(settings: Settings): ForecastConfig {
  const { forecast } = settings.valuesOf(forecastSettings);
  const { turbidity, planes, source } = forecast;
  const report = (path: string, message: string) =>
    settings.report({ key: settings.origin(`forecast.${path}`).key, message });
  if (![0, 12].includes(turbidity.length))
    report('turbidity', `must hold twelve numbers, from January on; it holds ${turbidity.length}`);
  for (const [i, { plantId, latitude, longitude }] of planes.entries()) {
    if (latitude !== undefined && longitude === undefined)
      report(`planes[${i}].longitude`, 'is missing; it is needed with latitude');
    if (latitude === undefined && longitude !== undefined)
      report(`planes[${i}].latitude`, 'is missing; it is needed with longitude');
    const first = planes.find((other) => other.plantId === plantId);
    if (apart(first?.latitude, latitude) || apart(first?.longitude, longitude))
      report(`planes[${i}].latitude`, `is not the place of the other planes of plant ${plantId}`);
  }
  return { ...forecast, source: source ?? (planes.length > 0 ? 'clear-sky' : undefined) };
}

/** `plant_id[:kwp[:tilt[:azimuth[:ac_limit_w]]]]` */
function planeFromText(text: string): Readonly<Record<string, string>> {
  const keys = ['plant_id', 'kwp', 'tilt', 'azimuth', 'ac_limit_w'];
  const parts = text.split(':').map((part) => part.trim());
  // What is too much makes the last value one that is not allowed.
  const values = [...parts.slice(0, keys.length - 1), parts.slice(keys.length - 1).join(':')];
  return Object.fromEntries(keys.flatMap((key, i) => (values[i] ? [[key, values[i]]] : [])));
}

/** Two coordinates that are not of one plant, in degrees. */
const apart = (one: number | undefined, other: number | undefined) =>
  one !== undefined && other !== undefined && Math.abs(one - other) > 0.1;

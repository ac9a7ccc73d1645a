import * as z from 'zod';
import { SourceError } from '../../base/errors.ts';
import type { Fetch } from '../../http/fetch.ts';
import { fetchText } from '../../http/fetch-text.ts';
import { parseJsonObject } from '../../http/json.ts';
import { parseRetryAfter } from '../../http/retry-after.ts';
import type { Place } from '../../model/reading.ts';
import { SLOT } from './day-curve.ts';
import type { WeatherRecord } from './weather.ts';

const PATH = 'v1/forecast';
/** What is asked for, and what can be true of it. Irradiance is the mean of the quarter of an hour before a time. */
const VARIABLES = {
  shortwave_radiation: { unit: 'W/m²', least: -1000, greatest: 1800 },
  direct_normal_irradiance: { unit: 'W/m²', least: -1000, greatest: 1800 },
  diffuse_radiation: { unit: 'W/m²', least: -1000, greatest: 1800 },
  temperature_2m: { unit: '°C', least: -90, greatest: 60 },
  wind_speed_10m: { unit: 'm/s', least: 0, greatest: 120 },
} as const;
type Variable = keyof typeof VARIABLES;
const NAMES = Object.keys(VARIABLES) as Variable[];

/** Four days in quarters of an hour, five numbers each, are 15 kB. */
const MAX_BYTES = 512 * 1024;
/** The grids of weather models are a quarter of a degree wide at most. */
const FARTHEST = 1;

const column = z.array(z.number().nullable()).max(1000);
const answer = z.object({
  latitude: z.number(),
  longitude: z.number(),
  minutely_15_units: z.partialRecord(z.enum(['time', ...NAMES]), z.string()).optional(),
  minutely_15: z.object({
    time: z.array(z.number().int()).min(1).max(1000),
    ...(Object.fromEntries(NAMES.map((name) => [name, column])) as Record<Variable, typeof column>),
  }),
});

export interface OpenMeteoOptions {
  /** Without trailing slash. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The place as it is asked for, to 0.01°, which is a kilometre: no house can be found by it. */
export function roundedPlace({ latitude, longitude }: Place): Place {
  const round = (degrees: number) => Math.round(degrees * 100) / 100;
  return { latitude: round(latitude), longitude: round(longitude) };
}

/** The weather of a place from yesterday to the day after tomorrow. @throws SourceError */
export async function fetchWeather(
  { baseUrl, fetch, now }: OpenMeteoOptions,
  place: Place,
  signal: AbortSignal,
): Promise<WeatherRecord> {
  const { latitude, longitude } = roundedPlace(place);
  const url = new URL(`${baseUrl}/${PATH}`);
  url.search = new URLSearchParams({
    latitude: String(latitude),
    longitude: String(longitude),
    minutely_15: NAMES.join(','),
    wind_speed_unit: 'ms',
    timezone: 'GMT',
    timeformat: 'unixtime',
    past_days: '1',
    // West of Greenwich tomorrow ends on the day after tomorrow of UTC.
    forecast_days: '3',
  }).toString();
  const what = `GET ${PATH}`;
  const { status, text, headers } = await fetchText(fetch, url, { signal, maxBytes: MAX_BYTES, what });
  if (status === 429) {
    const retryAfter = parseRetryAfter(headers.get('retry-after'), now());
    throw new SourceError('rate-limited', `${what}: ${url.host} allows no more calls now (HTTP 429)`, {
      ...(retryAfter && { retryAfter }),
    });
  }
  const answered = `${what}: ${url.host} answered HTTP ${status}`;
  if (status >= 500) throw new SourceError('server', answered);
  if (status !== 200) throw new SourceError('refused', `${answered}${reasonIn(text)}`);
  return recordOf(parseJsonObject(text, what), { latitude, longitude }, what, now());
}

/** Why a request was refused, where the answer says so. */
function reasonIn(text: string): string {
  const reason = /"reason"\s*:\s*"([^"\\\p{Cc}]{1,200})"/u.exec(text)?.[1];
  return reason === undefined ? '' : `: ${reason}`;
}

function recordOf(body: unknown, asked: Place, what: string, fetchedAt: number): WeatherRecord {
  const parsed = answer.safeParse(body);
  if (!parsed.success)
    throw new SourceError('malformed', `${what}: the answer has another form than weather`);
  const { latitude, longitude, minutely_15_units: units, minutely_15: rows } = parsed.data;
  const apart = Math.abs(((longitude - asked.longitude + 540) % 360) - 180);
  if (
    Math.abs(latitude - asked.latitude) > FARTHEST ||
    apart * Math.cos((latitude * Math.PI) / 180) > FARTHEST
  )
    throw new SourceError('malformed', `${what}: the answer is for another place`);
  for (const name of NAMES) {
    const { unit } = VARIABLES[name];
    if (rows[name].length !== rows.time.length)
      throw new SourceError('malformed', `${what}: ${name} is not as long as time`);
    if ((units?.[name] ?? unit) !== unit)
      throw new SourceError('malformed', `${what}: ${name} is not in ${unit}`);
  }
  const [first = 0] = rows.time;
  if (rows.time.some((time, i) => time !== first + (i * SLOT) / 1000))
    throw new SourceError('malformed', `${what}: the times are not quarters of an hour in order`);
  const slots = rows.time.map((_, i) => NAMES.map((name) => possible(name, rows[name][i] ?? null)));
  return { fetchedAt, start: first * 1000 - SLOT, slots };
}

/** Irradiance below 0, which models interpolate to at night, is none. */
function possible(name: Variable, value: number | null): number | null {
  const { least, greatest, unit } = VARIABLES[name];
  if (value === null || value < least || value > greatest) return null;
  return unit === 'W/m²' ? Math.max(0, value) : value;
}

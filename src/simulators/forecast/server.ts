import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatedSky } from '../../model/simulator.ts';
import {
  createFaults,
  type Faults,
  page,
  type Responder,
  type TransportFault,
  transportFaults,
} from '../faults.ts';
import { boundedLog, listen, type Reply, send } from '../server.ts';
import { forecastOf, isVariable } from './forecast.ts';

/** What can go wrong with the service; `nulls`: it knows nothing of the last day; `negative`: below 0 at
 * night; `gap`: a quarter of an hour is missing. */
export type OpenMeteoFault =
  | TransportFault
  | 'nulls'
  | 'negative'
  | 'far-away'
  | 'kilometres-per-hour'
  | 'gap'
  | 'short-column';

export interface OpenMeteoOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  sky: SimulatedSky;
  /** Epoch ms; default the system clock. */
  now?: () => number;
}

/** A running simulated Open-Meteo. */
export interface OpenMeteo {
  /** `http://host:port` */
  url: string;
  /** Parameters of the last calls, the oldest first. */
  calls: readonly Readonly<Record<string, string>>[];
  faults: Faults<OpenMeteoFault>;
  close(): Promise<void>;
}

const CALLS_KEPT = 10_000;

/** Starts a simulated Open-Meteo, its forecasts in quarters of an hour only; rejects when it cannot listen. */
export async function startOpenMeteo(options: OpenMeteoOptions): Promise<OpenMeteo> {
  const { sky, now = Date.now } = options;
  const { faults, take } = createFaults(openMeteoFaults);
  const calls = boundedLog<Record<string, string>>(CALLS_KEPT);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://weather');
    const params = Object.fromEntries(searchParams);
    calls.add(params);
    const reply = () => (pathname === '/v1/forecast' ? answer(params, sky, now()) : page(404, 'Not Found'));
    const fault = take(pathname);
    const sent = fault ? fault({ request, response, answer: reply }) : reply();
    if (sent) send(response, sent);
  }

  const server = await listen(options.host ?? '127.0.0.1', options.port ?? 0, handle);
  return { url: server.url, calls: calls.entries, faults, close: server.close };
}

function answer(params: Readonly<Record<string, string>>, sky: SimulatedSky, now: number): Reply {
  const number = (name: string, least: number, greatest: number, otherwise = Number.NaN) => {
    const value = params[name] === undefined ? otherwise : Number(params[name]);
    return value >= least && value <= greatest ? value : undefined;
  };
  const latitude = number('latitude', -90, 90);
  const longitude = number('longitude', -180, 180);
  const pastDays = number('past_days', 0, 92, 0);
  const days = number('forecast_days', 0, 16, 7);
  const variables = (params.minutely_15 ?? '').split(',');
  if (latitude === undefined) return refusal('Latitude must be in range of -90 to 90°.');
  if (longitude === undefined) return refusal('Longitude must be in range of -180 to 180°.');
  if (pastDays === undefined || days === undefined) return refusal('Forecast days is invalid.');
  const known = variables.filter(isVariable);
  if (known.length === 0 || known.length < variables.length)
    return refusal('Invalid variable in minutely_15.');
  if (params.wind_speed_unit !== 'ms' || params.timeformat !== 'unixtime' || params.timezone !== 'GMT')
    return refusal('This simulator speaks m/s, unixtime and GMT only.');
  return json(200, forecastOf({ latitude, longitude, pastDays, days, variables: known }, sky, now));
}

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});

const refusal = (reason: string) => json(400, { error: true, reason });

interface Answer {
  latitude: number;
  minutely_15_units: Record<string, string>;
  minutely_15: Record<string, (number | null)[]>;
}

/** What would have been answered, changed. */
const changed =
  (change: (answer: Answer) => void): Responder =>
  (exchange) => {
    const body: Answer = JSON.parse(exchange.answer().body.toString());
    change(body);
    return json(200, body);
  };

const QUARTERS_OF_A_DAY = 96;
const NIGHTLY = -84;

const openMeteoFaults: Record<OpenMeteoFault, Responder> = {
  ...transportFaults,
  nulls: changed(({ minutely_15: { time: _, ...rows } }) => {
    for (const row of Object.values(rows)) row.fill(null, -QUARTERS_OF_A_DAY);
  }),
  negative: changed(({ minutely_15: rows }) => {
    for (const name of ['shortwave_radiation', 'direct_normal_irradiance', 'diffuse_radiation'])
      rows[name] = (rows[name] ?? []).map((value) => (value === 0 ? NIGHTLY : value));
  }),
  'far-away': changed((body) => {
    body.latitude += 20;
  }),
  gap: changed(({ minutely_15: rows }) => {
    for (const row of Object.values(rows)) row.splice(QUARTERS_OF_A_DAY, 1);
  }),
  'short-column': changed(({ minutely_15: rows }) => void rows.diffuse_radiation?.pop()),
  'kilometres-per-hour': changed(({ minutely_15_units: units }) => {
    units.wind_speed_10m = 'km/h';
  }),
};

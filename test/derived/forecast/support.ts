import { ianaZone } from '../../../src/base/calendar.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { sharedObjects } from '../../../src/config/sources.ts';
import { forecast } from '../../../src/derived/forecast/part.ts';
import type { ForecastConfig } from '../../../src/derived/forecast/settings.ts';
import { nodeFetch } from '../../../src/http/node-fetch.ts';
import type { DerivedTools, KnownPlant } from '../../../src/model/derived.ts';
import type { ShownSample } from '../../../src/model/overview.ts';
import type { Source } from '../../../src/model/source.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf, plainContext, valuesOf } from '../../helpers/context.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Midnight in Berlin, in summer. */
export const MIDNIGHT = Date.parse('2026-06-20T22:00:00Z');

/** A plant in Berlin. */
export const BERLIN: KnownPlant = {
  id: '7',
  zone: ianaZone('Europe/Berlin'),
  place: { latitude: 52.52, longitude: 13.405 },
};

/** The section `forecast` of a configuration file, given as an object. */
export function configOf(section: unknown, env: Record<string, string> = {}): ForecastConfig {
  const file = 'agent.yaml';
  const readFile = () => JSON.stringify({ forecast: section });
  return loadConfig({ file, readFile, env: { GROWATT_TOKEN: 'abc', ...env }, isTerminal: false }).derived
    .forecast;
}

/** Values of a plant, or of one of its devices. */
export function samples(values: Readonly<Record<string, number>>, device?: string): ShownSample[] {
  const attributes = { plant_id: '7', ...(device !== undefined && { device_sn: device }) };
  return Object.entries(values).map(([metric, value]) => ({ metric, attributes, value }));
}

export interface SetUp {
  readonly section: unknown;
  readonly at?: number;
  readonly plants?: readonly KnownPlant[];
  readonly isSharded?: boolean;
}

/** The part with one plant of 5 kW in Berlin, whose values a test sets. */
export function setUp({ section, at = MIDNIGHT, plants = [BERLIN], isSharded = false }: SetUp) {
  const world = { now: at, plants, shown: samples({ growatt_plant_peak_power_watts: 5000 }) };
  const calls: string[] = [];
  const tools: DerivedTools = {
    clock: { ...instantClock(), now: () => world.now },
    fetch: nodeFetch,
    observer: (source) => ({
      attempted: (endpoint, outcome) => void calls.push(`${source} ${endpoint} ${outcome}`),
      retried() {},
    }),
    shared: sharedObjects(),
    readings: {
      plants: () => new Map(world.plants.map((plant) => [plant.id, plant])),
      samplesOf: (id) => (id === '7' ? world.shown : []),
    },
    folder: undefined,
    isSharded,
  };
  const create = () => forecast.create(configOf(section), tools);
  return { world, calls, create, source: () => create()[0]! };
}

/** What a source gives now, by metric, and what it says in the log. */
export async function polled(source: Source) {
  const said: string[] = [];
  const context = {
    ...plainContext(),
    warn: (message: string) => void said.push(message),
    report: (_subject: string, problem: string | undefined) => void (problem && said.push(problem)),
  };
  const events = await eventsOf(source, context);
  const readings = events.flatMap((event) => (event.type === 'reading' ? [event.reading] : []));
  const failed = events.some((event) => event.type === 'attempt' && !event.ok);
  const days = events.flatMap((event) => (event.type === 'expected-day' ? [event.day] : []));
  return {
    values: Object.assign({}, ...readings.map(valuesOf)) as Record<string, number>,
    days,
    said,
    failed,
  };
}

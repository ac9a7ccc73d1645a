import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { definitionOf } from '../../../src/catalogue.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Source } from '../../../src/model/source.ts';
import { RateLimiter } from '../../../src/policy/rate-limiter.ts';
import { Poller } from '../../../src/poll/poller.ts';
import {
  type GrowattCloud,
  type GrowattCloudOptions,
  startGrowattCloud,
} from '../../../src/simulators/growatt/cloud.ts';
import type { Measurement } from '../../../src/simulators/growatt/measurement.ts';
import { homePlant } from '../../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import { createWorld } from '../../../src/simulators/growatt/world.ts';
import type {
  GrowattAccount,
  GrowattConfig,
  GrowattIntervals,
} from '../../../src/sources/growatt/accounts.ts';
import { GrowattSource } from '../../../src/sources/growatt/source.ts';
import { AgentState } from '../../../src/state/agent-state.ts';
import { Store } from '../../../src/store/store.ts';
import { FILE_WORK, virtualClock } from '../../helpers/clock.ts';
import { memoryLog } from '../../helpers/log.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const TOKEN = 'a-token-for-tests';
/** Midnight in Berlin, in June. */
export const MIDNIGHT = Date.parse('2026-06-11T22:00:00Z');
export const NOON = MIDNIGHT + 12 * HOUR;

const { growatt: intervals, exporter } = loadConfig({ env: { GROWATT_TOKEN: TOKEN }, isTerminal: false })
  .sources.growatt;
/** The documented defaults. */
export const DEFAULT_INTERVALS: GrowattIntervals = { ...intervals, ...exporter };

/** A plant to read, as far as a test says it. */
export type PlantChoice = Pick<GrowattAccount['plants'][number], 'id'> &
  Partial<GrowattAccount['plants'][number]>;
type AccountChoice = Partial<Omit<GrowattAccount, 'plants'>> & { readonly plants?: readonly PlantChoice[] };

export const chosen = (plants: readonly PlantChoice[] = []) =>
  plants.map((plant) => ({ timezone: undefined, devices: [], ...plant }));

export interface WorldOptions {
  readonly start?: number;
  readonly plants?: readonly PlantSpec[];
  readonly account?: AccountChoice;
  readonly settings?: Partial<GrowattIntervals>;
  readonly history?: Partial<GrowattConfig['history']>;
  readonly cloud?: Partial<GrowattCloudOptions>;
  /** Answers in place of the simulated cloud. */
  readonly fetch?: typeof fetch;
}

export interface BootOptions {
  readonly account?: AccountChoice;
  readonly stateDir?: string;
  /** Shared by agents' accounts with one token. */
  readonly rateLimiter?: RateLimiter;
  /** Another way to the same devices. */
  readonly local?: Source;
}

/** A home in Berlin with one MIN inverter. */
export function berlinHome(changes: Partial<PlantSpec> = {}): PlantSpec {
  const home = homePlant(NOON, {
    id: 1,
    name: 'Dach Süd',
    latitude: 52.5,
    longitude: 13.4,
    timezone: 'GMT+1',
    zone: 'Europe/Berlin',
    createDate: '2026-06-01',
  });
  return { ...home, devices: home.devices.slice(0, 1), ...changes };
}

/** The one inverter of `berlinHome`. */
export const MIN = 'SIMMIN0001';

export type Values = Record<string, number>;

/** The retrying library's own delay between two tries is a real, very short timer; state files are real files. */
const REAL_WORK = new Set(['Timeout', ...FILE_WORK]);

/** A simulated cloud and accounts that are polled in virtual time. */
export async function startWorld(t: Pick<TestContext, 'after'>, options: WorldOptions = {}) {
  const { start = NOON, plants = [berlinHome()] } = options;
  const underWay = new Set<Promise<unknown>>();
  const busy = () => {
    if (underWay.size > 0) return Promise.allSettled(underWay);
    const isReal = (name: string) => REAL_WORK.has(name);
    return process.getActiveResourcesInfo().some(isReal) ? delay(1) : undefined;
  };
  const clock = virtualClock(start, busy);
  const now = () => clock.now();
  const cloud: GrowattCloud = await startGrowattCloud({ token: TOKEN, plants, now, ...options.cloud });
  t.after(() => cloud.close());
  const settings: GrowattIntervals = { ...DEFAULT_INTERVALS, ...options.settings };
  const history = { enabled: false, days: 7, schedule: '5 0 * * *', ...options.history };
  const whole = async (...request: Parameters<typeof fetch>) => {
    const response = await (options.fetch ?? fetch)(...request);
    const { status, headers } = response;
    return new Response(await response.text(), { status, headers });
  };
  const track = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    const end = () => underWay.delete(work);
    work.then(end, end);
    return work;
  };
  const tracked: typeof fetch = (...request) => track(whole(...request));

  /** A fresh agent on the same cloud, as after a restart. */
  function boot({
    account: choice,
    stateDir,
    rateLimiter = new RateLimiter(clock, settings.callSpacing),
    local,
  }: BootOptions = {}) {
    const account: GrowattAccount = {
      name: 'default',
      token: TOKEN,
      baseUrl: cloud.url,
      region: 'eu',
      official: false,
      deviceSns: [],
      v4: false,
      ...options.account,
      ...choice,
      plants: chosen(choice?.plants ?? options.account?.plants),
    };
    const log = memoryLog();
    const rejections: string[] = [];
    const limits: string[] = [];
    const outcomes: string[] = [];
    const store = new Store({ clock, staleAfter: HOUR, definitionOf });
    const isReadLocally = (serial: string) => store.isReadLocally(serial);
    const common = { rateLimiter, clock, fetch: tracked, isReadLocally };
    const source = new GrowattSource({ account, settings, history, ...common });
    const sources = [source, ...(local ? [local] : [])];
    store.waitForLists(() => !source.hasListed);
    for (const { name, entities } of sources) store.apply(name, { type: 'entities', entities });
    const state = new AgentState({ folder: stateDir, sources: () => sources, store, clock, log });
    const pollerOptions = {
      store,
      clock,
      log,
      random: () => 0.5,
      observer: {
        polled: (_source: string, outcome: string) => outcomes.push(outcome),
        rejected: (_source: string, reason: string) => rejections.push(reason),
        limitReached: (limit: string) => limits.push(limit),
      },
      onIdle: () => state.changed(source),
    };
    const poller = new Poller({ source, ...pollerOptions });
    const others = local ? [new Poller({ source: local, ...pollerOptions })] : [];
    const controller = new AbortController();
    t.after(() => controller.abort());
    return {
      source,
      poller,
      store,
      /** What was written to the log. */
      lines: log.lines,
      /** Why values were held back. */
      rejections,
      /** Limits of the agent that were reached. */
      limits,
      outcomes,
      run() {
        void track(state.restore()).then(() => {
          for (const each of [poller, ...others]) void each.run(controller.signal);
        });
      },
      /** Ends it, as SIGTERM does. */
      async stop() {
        controller.abort();
        await clock.pass(0);
        await state.close();
      },
      /** The value of a sample; labels that are not given do not matter. */
      value(metric: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
        return find(store, metric, labels)?.value;
      },
      /** All samples of a plant or a device, each by `metric` or `metric{extra labels}`. */
      values(labels: Readonly<Record<string, string>> = {}): Values {
        const chosen = store.samples().filter(({ attributes }) => matches(attributes, labels));
        return Object.fromEntries(
          chosen.map(({ metric, attributes, value }) => [nameOf(metric, attributes), value]),
        );
      },
    };
  }

  return {
    clock,
    cloud,
    boot,
    /** Time stands still until this work ends. */
    track,
    /** Boots an agent and starts its loop. */
    run(bootOptions?: BootOptions) {
      const agent = boot(bootOptions);
      agent.run();
      return agent;
    },
    /** Lets time pass up to an instant. */
    until: (at: number) => clock.pass(at - clock.now()),
    /** How many calls each endpoint got in a span of time. */
    callCounts(from = 0, to = Number.POSITIVE_INFINITY): Record<string, number> {
      const counts: Record<string, number> = {};
      for (const { at, path } of cloud.calls) {
        if (at < from || at >= to) continue;
        const name = path.split('/').slice(-2).join('/');
        counts[name] = (counts[name] ?? 0) + 1;
      }
      return counts;
    },
    /** When calls to an endpoint came, in minutes since the start. */
    callTimes: (path: string): number[] =>
      cloud.calls
        .filter((call) => call.path.endsWith(path))
        .map(({ at }) => Math.round((at - start) / MINUTE)),
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
export type Agent = ReturnType<World['boot']>;

/** What the simulated devices measure, straight from the model. */
export function startModel(plants: readonly PlantSpec[], now: () => number) {
  const model = createWorld(plants, { now, uploadEvery: 5 * MINUTE, seed: 1 });
  const device = (sn: string) => {
    const found = model.device(sn);
    if (!found) throw new Error(`the model has no device ${sn}`);
    return found;
  };
  return {
    model,
    /** The newest that the cloud can know of a device. */
    newest: (sn: string): Measurement => model.view(device(sn)).measurement,
    device,
  };
}

const matches = (attributes: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) =>
  Object.entries(labels).every(([key, value]) => attributes[key] === value);

function find(store: Store, metric: string, labels: Readonly<Record<string, string>>) {
  return store.samples().find((sample) => sample.metric === metric && matches(sample.attributes, labels));
}

function nameOf(
  metric: string,
  { plant_id, device_sn, account, ...extra }: Readonly<Record<string, string>>,
) {
  const text = Object.entries(extra).map(([key, value]) => `${key}="${value}"`);
  return text.length > 0 ? `${metric}{${text.join(',')}}` : metric;
}

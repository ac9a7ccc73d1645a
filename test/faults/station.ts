import type { TestContext } from 'node:test';
import { Agent } from '../../src/agent.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { type GrowattCloud, startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../src/simulators/growatt/specs.ts';
import { startTruckiStick, type TruckiStickServer } from '../../src/simulators/trucki/stick.ts';
import { type Exposition, parseExposition } from '../export/exposition-parser.ts';
import { virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';
import { virtualTimers } from '../helpers/timers.ts';
import { type FaultyServer, faultyServer } from './server.ts';
import { Traffic } from './traffic.ts';

// Lines of the log name local times of the day.
process.env.TZ = 'UTC';

/** Noon in summer in Berlin. */
export const NOON = Date.parse('2026-06-12T10:00:00Z');
export const TOKEN = 'growatt-token-0123456789';

/** A request of the agent to a source. */
export interface Attempt {
  readonly to: 'cloud' | 'stick';
  readonly path: string;
  readonly query: string;
  readonly at: number;
  /** Another try of the call before. */
  readonly again: boolean;
}

export interface StationOptions {
  readonly start?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly plants?: readonly PlantSpec[];
}

/** A home in Berlin with one inverter. */
export function home(changes: Partial<PlantSpec> = {}): PlantSpec {
  const place = { latitude: 52.5, longitude: 13.4, timezone: 'GMT+1', zone: 'Europe/Berlin' };
  const plant = homePlant(NOON, { id: 1, name: 'Home', createDate: '2026-06-01', ...place });
  return { ...plant, devices: plant.devices.slice(0, 1), ...changes };
}

/**
 * The whole agent in virtual time over a real server for the cloud and one for a stick, both of which can be told
 * what to do wrong.
 */
export async function startStation(
  t: TestContext,
  { start = NOON, env = {}, plants = [home()] }: StationOptions = {},
) {
  const traffic = new Traffic();
  const clock = virtualClock(start, () => traffic.busy);
  // The world's time does not jump when a clock is set.
  let jumped = 0;
  const now = () => clock.now() - jumped;
  const jump = (ms: number) => {
    jumped += ms;
    clock.jump(ms);
  };
  const cloud: GrowattCloud = await startGrowattCloud({ token: TOKEN, plants, now, limits: false });
  const stick: TruckiStickServer = await startTruckiStick({ firmware: 'jsonlive', now });
  t.after(() => Promise.all([cloud.close(), stick.close()]));
  const onStall = (id: string) => traffic.stalled(id);
  const servers = {
    cloud: await faultyServer(t, { origin: cloud.url, clock, onStall }),
    stick: await faultyServer(t, { origin: stick.url, clock, onStall }),
  };
  virtualTimers(t, clock);
  const attempts: Attempt[] = [];
  /** Where requests for a server really go, as another answer of DNS or another listener would have it. */
  const detours = new Map<string, string>();

  /** Real requests, each tracked until its answer was read to the end. */
  function fetchOf(lines: readonly string[]): Fetch {
    let seen = 0;
    return async (input, init) => {
      const url = new URL(String(input));
      const to = url.origin === servers.cloud.url ? 'cloud' : 'stick';
      const again = lines.slice(seen).some((line) => line.endsWith(': trying again'));
      seen = lines.length;
      attempts.push({ to, path: url.pathname, query: url.search.slice(1), at: clock.now(), again });
      const target = (detours.get(url.origin) ?? url.origin) + url.pathname + url.search;
      return await traffic.fetch(target, init);
    };
  }

  /** Starts an agent, as after a restart when there was one; `once`: one that polls once, within so many milliseconds. */
  function boot(more: Readonly<Record<string, string>> = {}, once?: number) {
    const config = loadConfig({
      env: {
        GROWATT_TOKEN: TOKEN,
        GROWATT_BASE_URL: servers.cloud.url,
        TRUCKI_TARGETS: `shed=${servers.stick.address}`,
        TRUCKI_INTERVAL: '1m',
        GROWATT_DISCOVERY_INTERVAL: '30m',
        LOG_LEVEL: 'debug',
        ...env,
        ...more,
      },
      flags: {},
      isTerminal: false,
    });
    const log = memoryLog();
    const agent = new Agent({
      config,
      log,
      clock,
      fetch: fetchOf(log.lines),
      ...(once !== undefined && { once }),
    });
    const abort = new AbortController();
    let running: Promise<void> | undefined;
    const stop = async () => {
      abort.abort(new Error('stopped'));
      await running;
      await agent.stop();
    };
    t.after(stop);
    return {
      agent,
      log,
      abort,
      stop,
      run() {
        running = agent.run(abort.signal);
        return running;
      },
      async scrape(): Promise<Exposition> {
        return parseExposition(String(await agent.metrics('text')));
      },
    };
  }

  return {
    token: TOKEN,
    clock,
    jump,
    cloud,
    stick,
    servers,
    detours,
    attempts,
    boot,
    pass: (ms: number) => clock.pass(ms),
  };
}

export type Station = Awaited<ReturnType<typeof startStation>>;
export type RunningAgent = ReturnType<Station['boot']>;
export type { FaultyServer };

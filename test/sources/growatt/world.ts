import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/clock.ts';
import type { Config, GrowattAccount } from '../../../src/config/config.ts';
import type { Telemetry } from '../../../src/metrics/own.ts';
import { Poller } from '../../../src/poll/poller.ts';
import {
  type GrowattCloud,
  type GrowattCloudOptions,
  startGrowattCloud,
} from '../../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import { CallQueue } from '../../../src/sources/growatt/pace.ts';
import { GrowattSource } from '../../../src/sources/growatt/source.ts';
import { Store } from '../../../src/store/store.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const TOKEN = 'a-token-for-tests';
/** Midnight in Berlin, in June. */
export const MIDNIGHT = Date.parse('2026-06-11T22:00:00Z');
export const NOON = MIDNIGHT + 12 * HOUR;

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when nothing else is left to do: no call under way, everybody asleep. */
class VirtualTime implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];
  underWay = 0;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** Sets the clock without anybody waking, as a time server does. */
  jump(ms: number): void {
    this.#now += ms;
    this.#sleepers = this.#sleepers.map(({ at, wake }) => ({ at: at + ms, wake }));
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { at: this.#now + ms, wake: resolve };
    this.#sleepers.push(sleeper);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    await promise;
  }

  /** Lets time pass up to `until`. */
  async pass(until: number): Promise<void> {
    for (;;) {
      await this.#settle();
      const next = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = Math.max(this.#now, until);
  }

  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < 4; quiet++) {
      await setImmediate();
      // The library's own delay between two tries is a real, very short timer.
      if (this.underWay > 0 || process.getActiveResourcesInfo().includes('Timeout')) quiet = 0;
    }
  }
}

export interface WorldOptions {
  readonly start?: number;
  readonly plants?: readonly PlantSpec[];
  readonly account?: Partial<GrowattAccount>;
  readonly settings?: Partial<Config['growatt']>;
  readonly history?: Partial<Config['history']>;
  readonly cloud?: Partial<GrowattCloudOptions>;
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

/** A simulated cloud and an account that is polled in virtual time. */
export async function startWorld(t: TestContext, options: WorldOptions = {}) {
  const clock = new VirtualTime(options.start ?? NOON);
  const cloud: GrowattCloud = await startGrowattCloud({
    token: TOKEN,
    plants: options.plants ?? [berlinHome()],
    now: () => clock.now(),
    ...options.cloud,
  });
  const controller = new AbortController();
  t.after(async () => {
    controller.abort();
    await cloud.close();
  });
  const settings = {
    callSpacing: 3000,
    collectInterval: 5 * MINUTE,
    discoveryInterval: 3 * HOUR,
    plantInterval: 30 * MINUTE,
    idleInterval: 30 * MINUTE,
    ...options.settings,
  };
  const account: GrowattAccount = {
    name: 'default',
    token: TOKEN,
    baseUrl: cloud.url,
    official: false,
    plants: [],
    deviceSns: [],
    v4: false,
    ...options.account,
  };
  const tracked: typeof fetch = async (...request) => {
    clock.underWay++;
    try {
      const response = await fetch(...request);
      const { status, headers } = response;
      return new Response(await response.text(), { status, headers });
    } finally {
      clock.underWay--;
    }
  };
  const history = { enabled: false, days: 7, schedule: '5 0 * * *', ...options.history };
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const log = { debug: () => {}, info: write, warn: write, error: write };
  const doubts: string[] = [];
  const store = new Store({ clock, staleAfter: HOUR, onSuspect: (_source, reason) => doubts.push(reason) });
  const telemetry: Telemetry = { poll() {}, request() {}, retry() {}, suspect() {}, expect() {} };
  const queue = new CallQueue(clock, settings.callSpacing);

  /** A fresh agent on the same cloud, as after a restart. */
  const boot = () => {
    const source = new GrowattSource({ account, settings, history, queue, clock, fetch: tracked });
    store.apply(source.name, { entities: source.entities });
    const poller = new Poller({ source, store, clock, log, telemetry, random: () => 0.5 });
    return { source, poller, run: () => void poller.run(controller.signal) };
  };

  return {
    clock,
    cloud,
    store,
    lines,
    doubts,
    boot,
    signal: controller.signal,
    /** The value of a sample; labels that are not given do not matter. */
    value(metric: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
      const match = store
        .samples()
        .find(
          (sample) =>
            sample.metric === metric &&
            Object.entries(labels).every(([key, value]) => sample.attributes[key] === value),
        );
      return match?.value;
    },
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
  };
}

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Agent } from '../../src/agent.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startServer } from '../../src/export/server.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { type Exposition, parseExposition, type Sample } from '../export/exposition-parser.ts';
import { faultyServer } from '../faults/server.ts';
import { NOON, TOKEN } from '../faults/station.ts';
import { Traffic } from '../faults/traffic.ts';
import { virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';
import { virtualTimers } from '../helpers/timers.ts';
import { startAudit } from '../sources/growatt/audit.ts';
import { judgeHeap } from './heap.ts';
import { FAMILIES, plantOf, STICKS } from './homes.ts';
import { holdSticks } from './sticks.ts';
import { randomNumbers, stir, type Troubled } from './trouble.ts';

export interface SoakOptions {
  readonly seed: number;
  /** Real time after which it ends. */
  readonly milliseconds: number;
  readonly say: (line: string) => void;
}

export interface SoakResult {
  readonly days: number;
  readonly samples: number;
  readonly faults: number;
  readonly restarts: number;
  /** Growth of the heap over the last half, as a ratio. */
  readonly growth: number;
}

const MINUTE = 60_000;
const STEP = 10 * MINUTE;
const DAY = 24 * 60 * MINUTE;
/** The cloud's rate limits make polls up to six times rarer. */
const RARER = 30 * MINUTE;
/** Energies may lag so much: what is counted between the last upload of a day and the night shows when the device wakes. */
const SLACK = DAY / 2;
/** The heap is measured so often, and so many times at least: the curves of two days fill up first. */
const MEASURED = DAY / 12;
const LEAST_SAMPLES = 60;
/** Nanoseconds of real time after which a state that is not read will not be. */
const RESTORE_NS = 30_000_000_000n;
/** How likely it is that a source gets into trouble within a step, and that the agent is started anew. */
const TROUBLE = 0.008;
const RESTART = 0.004;

/**
 * Polls 20 simulated sources in virtual time, with random faults, and after each step holds everything that is shown
 * against what is true. @throws AssertionError at the first thing that is wrong
 */
export async function soak({ seed, milliseconds, say }: SoakOptions): Promise<SoakResult> {
  const undo: (() => unknown)[] = [];
  const scope = { after: (action: () => unknown) => void undo.unshift(action) };
  try {
    return await run(scope, seed, process.hrtime.bigint() + BigInt(milliseconds) * 1_000_000n, say);
  } finally {
    for (const action of undo) await action();
  }
}

async function run(
  scope: { after(action: () => unknown): void },
  seed: number,
  end: bigint,
  say: SoakOptions['say'],
) {
  const random = randomNumbers(seed);
  const traffic = new Traffic();
  const clock = virtualClock(NOON, () => traffic.busy);
  const now = () => clock.now();
  const onStall = (id: string) => traffic.stalled(id);
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  scope.after(() => rmSync(folder, { recursive: true, force: true }));

  const accounts = await Promise.all(
    FAMILIES.map(async (family, index) => {
      const plant = plantOf(family, index);
      const cloud = await startGrowattCloud({ token: TOKEN + index, plants: [plant], now, limits: false });
      scope.after(() => cloud.close());
      const server = await faultyServer(scope, { origin: cloud.url, clock, onStall });
      const trouble: Troubled = { server, kind: 'cloud', since: undefined, until: 0 };
      return { plant, server, trouble, audit: startAudit(plant), log: cloud.calls as unknown[] };
    }),
  );
  const sticks = await Promise.all(
    Array.from({ length: STICKS }, async (_, index) => {
      const stick = await startTruckiStick({ firmware: 'jsonlive', now, seed: index + 1, remotes: 1 });
      scope.after(() => stick.close());
      const server = await faultyServer(scope, { origin: stick.url, clock, onStall });
      const trouble: Troubled = { server, kind: 'stick', since: undefined, until: 0 };
      return { name: `s${index}`, server, trouble, log: stick.requests as unknown[] };
    }),
  );
  const sources = [...accounts, ...sticks];
  const file = join(folder, 'config.json');
  const config = {
    accounts: accounts.map(({ server }, index) => ({
      name: `a${index}`,
      token: TOKEN + index,
      base_url: server.url,
    })),
    trucki: {
      interval: '10m',
      targets: sticks.map(({ name, server }) => ({ name, address: server.address })),
    },
    growatt: { call_spacing: '1s' },
    // A value that is older than the audit allows must be gone.
    stale_after: '25m',
    state_dir: join(folder, 'state'),
    exporter: { listen_addr: '127.0.0.1:0' },
  };
  writeFileSync(file, JSON.stringify(config));
  virtualTimers(scope, clock);

  async function boot() {
    const config = loadConfig({ file, env: {}, flags: {}, isTerminal: false });
    const log = memoryLog();
    const requestOf: Fetch = (input, init) => traffic.fetch(String(input), init);
    const agent = new Agent({ config, log, clock, fetch: requestOf });
    const server = await startServer({ listen: config.exporter.listenAddr, surface: agent, log });
    const abort = new AbortController();
    const running = agent.run(abort.signal);
    return {
      log,
      async scrape(): Promise<Exposition> {
        const response = await fetch(`${server.url}/metrics`);
        assert.equal(response.status, 200);
        return parseExposition(await response.text());
      },
      /** Reading the state takes real time, in which the clock must not go on. */
      async restored() {
        const end = process.hrtime.bigint() + RESTORE_NS;
        const isRestored = () => agent.status().sources.some(({ state }) => state !== 'starting');
        while (!isRestored() && process.hrtime.bigint() < end) await setImmediate();
      },
      async stop() {
        abort.abort();
        await running;
        // Closing waits for real connections; the clock stands still meanwhile.
        await Promise.all([agent.stop(), server.close(0)]);
      },
    };
  }

  let agent = await boot();
  scope.after(() => agent.stop());
  const heap: number[] = [];
  const shown = holdSticks();
  const counts = { samples: 0, faults: 0, restarts: 0 };
  while (process.hrtime.bigint() < end || heap.length < LEAST_SAMPLES) {
    for (const { trouble } of sources) {
      const fault = stir(trouble, now(), random, TROUBLE);
      if (!fault) continue;
      counts.faults++;
      say(
        `${new Date(now()).toISOString()} ${trouble.server.address} until ${new Date(trouble.until).toISOString()}: ${fault}`,
      );
    }
    if (random() < RESTART) {
      await agent.stop();
      agent = await boot();
      await agent.restored();
      counts.restarts++;
    }
    await clock.pass(STEP);
    const { samples } = await agent.scrape();
    counts.samples += samples.length;
    for (const { plant, trouble, audit } of accounts) {
      const own = samples.filter(
        ({ name, labels }) => labels.plant_id === String(plant.id) && isAudited(name),
      );
      const heldSince = (trouble.since ?? now()) - SLACK;
      const allowances =
        trouble.since === undefined ? { heldSince } : { heldSince, silent: true, older: RARER };
      audit.check({ values: () => valuesOf(own) }, now(), allowances);
    }
    shown.check(samples, sticks, now());
    assertComplete(samples, sources, now());
    const defects = agent.log.lines.filter((line) => line.startsWith('error'));
    assert.deepEqual(defects, []);
    // What the simulators and the log keep is not the agent's.
    agent.log.lines.length = 0;
    for (const { log } of sources) log.length = 0;
    if (Math.floor(now() / MEASURED) > Math.floor((now() - STEP) / MEASURED)) {
      await setImmediate();
      globalThis.gc?.();
      heap.push(process.memoryUsage().heapUsed);
      const mebibytes = ((heap.at(-1) ?? 0) / 2 ** 20).toFixed(2);
      say(
        `day ${((now() - NOON) / DAY).toFixed(2)}: ${counts.samples} samples, ${counts.faults} faults, heap ${mebibytes} MiB`,
      );
    }
  }
  return { days: (now() - NOON) / DAY, ...counts, growth: judgeHeap(heap) };
}

/** The audit knows no month that has ended; of plants it knows only those that generate. */
const isAudited = (name: string) => !/^growatt_(plant|energy_month|energy_year)/.test(name);

/** By `metric{further labels}`, as the audit names them. */
function valuesOf(samples: readonly Sample[]): Record<string, number> {
  return Object.fromEntries(
    samples.map(({ name, labels: { plant_id, device_sn, account, ...more }, value }) => {
      const text = Object.entries(more).map(([label, word]) => `${label}="${word}"`);
      return [text.length > 0 ? `${name}{${text.join(',')}}` : name, value];
    }),
  );
}

/** A source that was not in trouble lately is up, and shows what it measures. */
function assertComplete(
  samples: readonly Sample[],
  sources: readonly { trouble: Troubled }[],
  now: number,
): void {
  const calm = sources.filter(({ trouble }) => trouble.since === undefined).length;
  const up = samples.filter(
    ({ name, value }) => /^(growatt_account_up|trucki_up)$/.test(name) && value === 1,
  );
  assert.ok(
    up.length >= calm,
    `${up.length} sources are up, ${calm} are well, at ${new Date(now).toISOString()}`,
  );
}

import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { Agent } from '../../src/agent.ts';
import { createLog } from '../../src/base/log.ts';
import { secretsOf } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startServer } from '../../src/export/server.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { startTruckiStick, type TruckiStickOptions } from '../../src/simulators/trucki/stick.ts';
import { parseExposition } from '../export/exposition-parser.ts';
import { virtualClock } from './clock.ts';

/** Noon in summer in Berlin, where the simulated home stands. */
export const NOON = Date.parse('2026-06-12T10:00:00Z');
export const TOKEN = 'growatt-token-0123456789';
export const PASSWORD = 'stick-password-42';

const home = homePlant(NOON, {
  id: 77,
  name: 'Home "A"\nB',
  latitude: 52.5,
  longitude: 13.4,
  timezone: 'GMT+1',
  zone: 'Europe/Berlin',
  createDate: '2026-06-01',
});

/** Rounds of the event loop without a call after which none follows from the last one. */
const ROUNDS = 20;

async function whole(...request: Parameters<Fetch>) {
  const { status, headers, body } = await nodeFetch(...request);
  return { status, headers: [...headers], text: body ? await text(body) : '' };
}

export interface AgentSetUp {
  readonly env?: Record<string, string>;
  readonly stick?: Partial<TruckiStickOptions>;
  /** Everything is sent to this instead of the simulated cloud. */
  readonly baseUrl?: string;
}

/** The whole agent over a simulated cloud and a simulated stick, on a clock that stands at noon. */
export async function simulatedAgent(
  t: TestContext,
  { env = {}, stick: changes = {}, baseUrl }: AgentSetUp = {},
) {
  const clock = virtualClock(NOON);
  const now = () => clock.now();
  const cloud = await startGrowattCloud({ token: TOKEN, plants: [home], now, limits: false });
  const stick = await startTruckiStick({
    firmware: 'jsonlive',
    password: PASSWORD,
    remotes: 1,
    now,
    ...changes,
  });
  const configWith = (more: Readonly<Record<string, string>>) =>
    loadConfig({
      env: {
        GROWATT_TOKEN: TOKEN,
        GROWATT_BASE_URL: baseUrl ?? cloud.url,
        GROWATT_CALL_SPACING: '0s',
        TRUCKI_TARGETS: `shed=${stick.address}`,
        TRUCKI_PASSWORD: PASSWORD,
        EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
        LOG_LEVEL: 'debug',
        ...env,
        ...more,
      },
      flags: {},
      isTerminal: false,
    });
  const config = configWith({});
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = createLog({ ...config.log, write, secrets: secretsOf(config) });
  let underWay = 0;
  /** Counts a call until the whole of its answer is there. */
  const counted: Fetch = async (...request) => {
    underWay++;
    try {
      const { status, headers, ...response } = await whole(...request);
      return new Response(response.text || null, { status, headers });
    } finally {
      underWay--;
    }
  };
  const agent = new Agent({ config, log, clock, fetch: counted });
  const server = await startServer({ listen: config.exporter.listenAddr, surface: agent, log });
  const abort = new AbortController();
  t.after(async () => {
    abort.abort();
    await Promise.all([cloud.close(), stick.close(), server.close(0), agent.stop()]);
  });
  const get = async (path: string, headers: Record<string, string> = {}) =>
    await (await fetch(server.url + path, { headers })).text();
  return {
    agent,
    /** The configuration of the agent, but for these variables. */
    configWith,
    clock,
    cloud,
    stick,
    lines,
    get,
    abort,
    run: () => agent.run(abort.signal),
    scrape: async () => parseExposition(await get('/metrics')),
    /** Resolves when both sources wait for their next poll, and nothing is asked of a device. */
    atRest: async () => {
      for (let rounds = 0; rounds < ROUNDS; ) {
        await clock.sleeping(2);
        await new Promise(setImmediate);
        rounds = underWay === 0 ? rounds + 1 : 0;
      }
    },
    /** Resolves as soon as this holds, real requests going on meanwhile. */
    until: async (holds: () => boolean) => {
      while (!holds()) await new Promise(setImmediate);
    },
  };
}

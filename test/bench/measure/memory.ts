import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fleetPlants, homePlant } from '../../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import { startTruckiStick } from '../../../src/simulators/trucki/stick.ts';
import { readExposition } from '../exposition.ts';
import type { MemoryFigures, Results } from '../results.ts';
import { median } from '../statistics.ts';
import { startAgent } from './agent.ts';
import { Child } from './child.ts';
import { Fleet } from './fleet.ts';
import { get } from './http.ts';
import { type Programs, runtimeEnv } from './programs.ts';

const CYCLES = 100;
/** Memory is the median of so many readings at the end: it swings with garbage collection. */
const READINGS = 10;
const HEALTH_CHECKS = 5;

/** The intervals of the defaults, all shortened in the ratio in which the poll interval is. */
const INTERVALS = { GROWATT_PLANT_INTERVAL: '6s', GROWATT_DISCOVERY_INTERVAL: '36s' };
const OTLP_INTERVAL_MS = '1000';

/** What is left of an agent's memory, and the URL that it serves, while it runs. */
type WhileRunning = (url: string) => Promise<void>;

/** Runs a home, accounts of 1 000 inverters and one of 5 000 at the same time. */
export async function measureMemory(programs: Programs): Promise<Results['memory']> {
  const stick = await startTruckiStick({ firmware: 'jsonlive', meter: true });
  const receiver = await otlpReceiver();
  const healthchecks: number[] = [];
  const run = (plants: (now: number) => readonly PlantSpec[], env = {}, after?: WhileRunning) =>
    afterCycles(programs, plants, env, after);
  const [home, fleet, fleetWithOtlp, largeAccount] = await Promise.all([
    run(
      (now) => [homePlant(now)],
      { TRUCKI_TARGETS: stick.address, TRUCKI_INTERVAL: '1s' },
      async (url) => {
        for (let check = 0; check < HEALTH_CHECKS; check++)
          healthchecks.push(await healthcheck(programs, url));
      },
    ),
    run((now) => fleetPlants(now, 500)),
    run((now) => fleetPlants(now, 500), {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: OTLP_INTERVAL_MS,
    }),
    run((now) => fleetPlants(now, 50, 100)),
  ]);
  await stick.close();
  receiver.close();
  const others = { healthcheck: Math.max(...healthchecks), bareNode: await bareNode(programs) };
  return { home, fleet, fleetWithOtlp, largeAccount, ...others };
}

/** In each cycle all inverters have new readings, and Prometheus scrapes twice. */
async function afterCycles(
  programs: Programs,
  plants: (now: number) => readonly PlantSpec[],
  env: Readonly<Record<string, string>>,
  after: WhileRunning = async () => {},
): Promise<MemoryFigures> {
  const fleet = await Fleet.start({ plants, cycles: CYCLES });
  const agent = startAgent(programs, { ...fleet.env, ...INTERVALS, ...env });
  const url = await agent.url();
  await fleet.discovered({ quiet: false });
  const readings: number[] = [];
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    await fleet.cycle();
    for (let scrape = 0; scrape < 2; scrape++) await get(`${url}/metrics`, 'gzip');
    readings.push(agent.rss);
  }
  const series = readExposition((await get(`${url}/metrics`)).body.toString()).values.length;
  await after(url);
  await agent.stop();
  await fleet.stop();
  return { series, cycles: CYCLES, rss: median(readings.slice(-READINGS)) };
}

/** Takes all that is exported, and keeps nothing. */
async function otlpReceiver(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('Content-Type', 'application/x-protobuf').end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The most memory that a health check takes beside the agent at a URL, bytes. */
async function healthcheck(programs: Programs, url: string): Promise<number> {
  const { host } = new URL(url);
  const env = { ...runtimeEnv(), EXPORTER_LISTEN_ADDR: host, GROWATT_TOKEN: 'bench-token' };
  const check = new Child({ command: process.execPath, args: [programs.agent, 'healthcheck'], env });
  return await check.peakUntilEnd();
}

async function bareNode({ bareNode: program }: Programs): Promise<number> {
  const child = new Child({
    command: process.execPath,
    args: [program],
    env: runtimeEnv(),
  });
  const url = await child.url();
  for (let scrape = 0; scrape < 2 * CYCLES; scrape++) await get(`${url}/metrics`);
  const { rss } = child;
  await child.stop();
  return rss;
}

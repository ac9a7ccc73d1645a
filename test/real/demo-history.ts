import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { mock, type TestContext } from 'node:test';
import { Agent } from '../../src/agent.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startServer } from '../../src/export/server.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';
import { startOpenMeteo } from '../../src/simulators/forecast/server.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { demoPlants } from '../../src/simulators/growatt/demo-plants.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../src/simulators/growatt/specs.ts';
import { startPriceServer } from '../../src/simulators/tariff/server.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SCRAPE_EVERY = 15 * MINUTE;
const TOKEN = 'a-token-for-tests';

/** When the history ends: a Wednesday in June, where the sun of the demo shines. */
export const END = Date.parse('2026-06-03T10:30:00Z');
/** More than a week, so that each weekday has completed once. */
const BEGIN = END - 9 * DAY;
/** Seconds since the epoch, as Prometheus is asked for a time. */
export const END_SECONDS = END / 1000;
/** The last hour was also seen by another instance: an agent that was restarted under another name. */
const OVERLAP = 60 * MINUTE;

/** The demo's home; another with a battery, another with a meter only; and inverters with phases and strings, a fault, and silence. */
function plants(): PlantSpec[] {
  const logger = (number: number) => `SIMLOG01${String(number).padStart(2, '0')}`;
  const common = { createDate: '2026-05-01', peakPowerKw: 16 };
  return [
    ...demoPlants(END),
    homePlant(END, {
      ...common,
      id: 2_000_001,
      name: 'South (simulated)',
      devices: [
        { sn: 'SIMSPH0101', family: 'sph', dataloggerSn: logger(1), model: 'SPH 6000' },
        { sn: 'SIMMIN0102', family: 'min', dataloggerSn: logger(2), peakPowerW: 10_000 },
      ],
    }),
    homePlant(END, {
      ...common,
      id: 2_000_003,
      name: 'North (simulated)',
      peakPowerKw: 8,
      oneHouse: true,
      devices: [
        { sn: 'SIMMIN0301', family: 'min', dataloggerSn: logger(6), peakPowerW: 8_000 },
        { sn: 'SIMMETER03', family: 'meter', dataloggerSn: logger(7) },
      ],
    }),
    homePlant(END, {
      ...common,
      id: 2_000_002,
      name: 'West (simulated)',
      peakPowerKw: 92,
      devices: [
        { sn: 'SIMMAX0201', family: 'max', dataloggerSn: logger(3) },
        { sn: 'SIMFAULT02', family: 'min', dataloggerSn: logger(4) },
        { sn: 'SIMQUIET03', family: 'min', dataloggerSn: logger(5) },
      ],
    }),
  ];
}

/**
 * Nine days of the agent over its own simulators, on a clock of its own, scraped every quarter of an hour: accounts,
 * sticks, history and OTLP, one inverter with a fault and one that has been silent for two hours.
 * @returns the file of OpenMetrics with times that `promtool tsdb create-blocks-from` takes
 */
export async function writeDemoHistory(t: TestContext, folder: string): Promise<string> {
  const working = new Set<Promise<unknown>>();
  const clock = virtualClock(BEGIN, () => (working.size > 0 ? Promise.all(working) : undefined));
  const now = () => clock.now();
  const cloud = await startGrowattCloud({ token: TOKEN, plants: plants(), now, limits: false });
  t.after(() => cloud.close());
  const sticks = [
    await startTruckiStick({ firmware: 'jsonlive', remotes: 2, meter: true, now }),
    await startTruckiStick({ firmware: 't2mg', now }),
  ];
  for (const stick of sticks) t.after(() => stick.close());
  const weather = await startOpenMeteo({ sky: cloud.sky, now });
  t.after(() => weather.close());
  const prices = await startPriceServer({ now });
  t.after(() => prices.close());
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => receiver.close());

  const fetch: Fetch = async (input, init) => {
    const call = nodeFetch(input, init).then(async (response) => {
      const { status, headers, body } = response;
      return new Response(body && (await buffer(body)), { status, headers: [...headers] });
    });
    const settled = call.catch(() => undefined).finally(() => working.delete(settled));
    working.add(settled);
    return await call;
  };
  const config = loadConfig({
    env: {
      GROWATT_TOKEN: TOKEN,
      GROWATT_BASE_URL: cloud.url,
      GROWATT_CALL_SPACING: '0s',
      COLLECT_INTERVAL: '15m',
      COLLECT_HISTORY: 'true',
      HISTORY_DAYS: '30',
      TRUCKI_TARGETS: sticks.map(({ address }, index) => `${['roof', 'shed'][index]}=${address}`).join(),
      TRUCKI_INTERVAL: '15m',
      FORECAST_SOURCE: 'open-meteo',
      FORECAST_BASE_URL: weather.url,
      TARIFF_IMPORT_SOURCE: 'energy-charts',
      TARIFF_IMPORT_ZONE: 'DE-LU',
      TARIFF_IMPORT_BASE_URL: prices.url,
      TARIFF_EXPORT_PRICE: '0.0786',
      EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
    },
    isTerminal: false,
  });
  const log = memoryLog();
  // Polls keep their times, so that the numbers are the same in each run.
  const jitter = mock.method(Math, 'random', () => 0.5);
  t.after(() => jitter.mock.restore());
  const agent = await Agent.create({ config, log, clock, fetch });
  const observer = agent.observeHttp();
  agent.observeReloads(() => ({ isSuccessful: true, succeededAt: BEGIN / 1000 }));
  const server = await startServer({ listen: config.exporter.listenAddr, surface: agent, log, observer });
  const abort = new AbortController();
  const running = agent.run(abort.signal);

  const file = join(folder, 'demo.om');
  const out = createWriteStream(file);
  for (let at = BEGIN; at <= END; at += SCRAPE_EVERY) {
    if (at === END - 120 * MINUTE) cloud.disturb('SIMQUIET03', { silentSince: at });
    if (at === END - 60 * MINUTE) cloud.disturb('SIMFAULT02', { faultCode: 117 });
    // Half a minute later than the polls, which are due at the same times.
    await clock.pass(at === BEGIN ? 30_000 : SCRAPE_EVERY);
    const text = await (await globalThis.fetch(`${server.url}/metrics`)).text();
    const samples = withTime(text, at, 'demo:9120');
    const overlap = END - at <= OVERLAP ? withTime(text, at, 'before:9120') : '';
    if (!out.write(samples + overlap)) await once(out, 'drain');
  }
  out.end('# EOF\n');
  await once(out, 'close');
  abort.abort();
  await running;
  await Promise.all([server.close(0), agent.stop()]);
  return file;
}

/** A scrape as Prometheus would store it: with the labels of the target, `up`, and the time in seconds. */
function withTime(text: string, at: number, instance: string): string {
  const target = `job="solar-otel-agent",instance="${instance}"`;
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^(\w+)(?:\{(.*)\})? (\S+)$/, `$1{${target},$2} $3`).replace(',} ', '} '));
  return [...samples, `up{${target}} 1`].map((line) => `${line} ${at / 1000}\n`).join('');
}

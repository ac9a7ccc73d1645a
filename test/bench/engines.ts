/**
 * One engine of the bench, in a process of its own: holds series of MIN inverters, serves them over HTTP, and changes
 * all of them when its parent says so. Arguments: engine, number of series.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Counter, Gauge, Registry } from 'prom-client';
import { ianaZone } from '../../src/base/calendar.ts';
import { systemClock } from '../../src/base/clock.ts';
import { catalogue, definitionOf } from '../../src/catalogue.ts';
import { RenderedMetrics } from '../../src/export/rendered-metrics.ts';
import { startServer } from '../../src/export/server.ts';
import { Store } from '../../src/store/store.ts';
import { observeStore } from '../../src/telemetry/instruments.ts';
import { createProvider } from '../../src/telemetry/provider.ts';

/** What a process of the bench tells its parent. */
export type Message = { readonly url: string } | { readonly updated: number; readonly rss: number };

/** What a MIN inverter gives: powers, voltages, energies of the day and in total. */
const metrics = catalogue
  .filter(({ labels, validity }) => labels.join() === 'plant_id,device_sn' && validity !== 'fact')
  .filter(({ feature }) => feature === undefined || feature === 'battery' || feature === 'grid')
  .slice(0, 30);

interface Engine {
  readonly url: string;
  update(round: number): void;
}

type Start = (devices: readonly { plant_id: string; device_sn: string }[]) => Promise<Engine>;

/** Within the ranges of all metrics, and growing as energies do. */
const numberOf = (round: number, i: number) => 50 + i / 10 + round / 100;

/** The agent's own way, with all guards on: zones, wall times, rated power. */
const agent: Start = async (devices) => {
  const zone = ianaZone('Europe/Berlin');
  const store = new Store({ clock: systemClock, staleAfter: 3_600_000, definitionOf });
  const entities = devices.map((labels) => ({
    id: labels.device_sn,
    labels,
    zone,
    ratedPower: 6000,
    lastUpdate: 'growatt_last_update_timestamp_seconds',
  }));
  store.apply('bench', { type: 'entities', entities });
  const { reader, deviceMeter } = createProvider();
  observeStore(deviceMeter, store, catalogue);
  const rendered = new RenderedMetrics({ collect: () => reader.collect(), version: () => store.version });
  const status = { version: '', startTime: 0, simulated: false, ready: true, sources: [] };
  const silent = () => {};
  const { url } = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    surface: {
      metrics: (format) => rendered.get(format),
      status: () => status,
      view: async () => ({ ...status, time: 0, totals: {}, plants: [], sticks: [] }),
      curveOf: () => undefined,
    },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  return {
    url,
    update(round) {
      const now = Date.now();
      const wallTime = now + zone.offsetAt(now) * 60_000 + round;
      for (const { device_sn } of devices) {
        const values = metrics.map(({ name }, i) => ({ metric: name, value: numberOf(round, i) }));
        store.apply('bench', { type: 'reading', reading: { entity: device_sn, values, wallTime } });
      }
    },
  };
};

async function serve(scrape: () => Promise<string>): Promise<string> {
  const server = createServer(async (_request, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(await scrape());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** OpenTelemetry's own reader and serializer over its own instruments. */
const stock: Start = async (devices) => {
  const reader = new PrometheusExporter({ preventServerStart: true });
  reader.selectCardinalityLimit = () => 1_000_000;
  const serializer = new PrometheusSerializer();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  let present = 0;
  for (const [i, { name, help, kind }] of metrics.entries()) {
    const options = { description: help };
    const instrument =
      kind === 'counter'
        ? meter.createObservableCounter(name, options)
        : meter.createObservableGauge(name, options);
    instrument.addCallback((result) => {
      for (const labels of devices) result.observe(numberOf(present, i), labels);
    });
  }
  const url = await serve(async () => serializer.serialize((await reader.collect()).resourceMetrics));
  return {
    url,
    update(round) {
      present = round;
    },
  };
};

const promClient: Start = async (devices) => {
  const registry = new Registry();
  const labelNames = ['plant_id', 'device_sn'];
  const instruments = metrics.map(({ name, help, kind }) =>
    kind === 'counter'
      ? new Counter({ name, help, labelNames, registers: [registry] })
      : new Gauge({ name, help, labelNames, registers: [registry] }),
  );
  const last = new Map<Counter, number>();
  const url = await serve(() => registry.metrics());
  return {
    url,
    update(round) {
      for (const [i, instrument] of instruments.entries()) {
        const value = numberOf(round, i);
        const growth = value - (last.get(instrument as Counter) ?? 0);
        for (const labels of devices) {
          if (instrument instanceof Counter) instrument.inc(labels, growth);
          else instrument.set(labels, value);
        }
        last.set(instrument as Counter, value);
      }
    },
  };
};

/** Node with an HTTP server and nothing else. */
const bareNode: Start = async () => ({ url: await serve(async () => 'up 1\n'), update() {} });

export const ENGINES = {
  'solar-otel-agent': agent,
  'OpenTelemetry, stock': stock,
  'prom-client': promClient,
  'bare Node': bareNode,
};

if (import.meta.main) {
  const [name = '', series = '0'] = process.argv.slice(2);
  const devices = Array.from({ length: Math.ceil(Number(series) / metrics.length) }, (_, i) => ({
    plant_id: String(1_000_000 + Math.floor(i / 2)),
    device_sn: `ABC${String(i).padStart(7, '0')}`,
  }));
  const engine = await ENGINES[name as keyof typeof ENGINES](devices);
  process.on('message', (round: number) => {
    engine.update(round);
    process.send?.({ updated: round, rss: process.memoryUsage.rss() } satisfies Message);
  });
  process.send?.({ url: engine.url } satisfies Message);
}

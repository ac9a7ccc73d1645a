/**
 * What one scrape costs, against peers, in one run: `npm run bench`. Each engine holds the same series of MIN
 * inverters and makes the whole text of a scrape after every series has changed. Prints medians and ratios.
 */
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Gauge, Registry } from 'prom-client';
import { systemClock } from '../../src/base/clock.ts';
import { catalogue, definitionOf } from '../../src/catalogue.ts';
import { renderText } from '../../src/export/text-format.ts';
import { Store } from '../../src/store/store.ts';
import { observeStore } from '../../src/telemetry/instruments.ts';
import { createProvider } from '../../src/telemetry/provider.ts';

/** About what a MIN inverter gives. */
const metrics = catalogue
  .filter(({ labels, kind }) => labels.join() === 'plant_id,device_sn' && kind === 'gauge')
  .slice(0, 30)
  .map(({ name, help }) => ({ name, help }));

const ROUNDS = 15;
const devicesFor = (series: number) =>
  Array.from({ length: Math.round(series / metrics.length) }, (_, i) => ({
    plant_id: String(1_000_000 + Math.floor(i / 2)),
    device_sn: `ABC${String(i).padStart(7, '0')}`,
  }));

/** A way to hold series and to make the text of a scrape. */
interface Engine {
  update(round: number): void;
  scrape(): Promise<string>;
}

function ours(series: number): Engine {
  const store = new Store({ clock: systemClock, staleAfter: 0, definitionOf });
  const devices = devicesFor(series);
  store.apply('bench', {
    type: 'entities',
    entities: devices.map((labels) => ({ id: labels.device_sn, labels })),
  });
  const { reader, deviceMeter } = createProvider();
  observeStore(deviceMeter, store, catalogue);
  return {
    update(round) {
      for (const { device_sn } of devices) {
        const values = metrics.map(({ name }, i) => ({ metric: name, value: round + i + 0.5 }));
        store.apply('bench', { type: 'reading', reading: { entity: device_sn, values } });
      }
    },
    async scrape() {
      const { resourceMetrics } = await reader.collect();
      return renderText(resourceMetrics, 'text');
    },
  };
}

function stock(series: number): Engine {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  const devices = devicesFor(series);
  let now = 0;
  for (const [i, { name, help }] of metrics.entries()) {
    meter.createObservableGauge(name, { description: help }).addCallback((result) => {
      for (const labels of devices) result.observe(now + i + 0.5, labels);
    });
  }
  return {
    update: (round) => {
      now = round;
    },
    scrape: async () => serializer.serialize((await reader.collect()).resourceMetrics),
  };
}

function promClient(series: number): Engine {
  const registry = new Registry();
  const devices = devicesFor(series);
  const gauges = metrics.map(
    ({ name, help }) =>
      new Gauge({ name, help, labelNames: ['plant_id', 'device_sn'], registers: [registry] }),
  );
  return {
    update(round) {
      for (const labels of devices)
        for (const [i, gauge] of gauges.entries()) gauge.set(labels, round + i + 0.5);
    },
    scrape: () => registry.metrics(),
  };
}

const engines = { 'solar-otel-agent': ours, 'OpenTelemetry, stock': stock, 'prom-client': promClient };

async function median(engine: Engine): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    engine.update(round);
    const started = performance.now();
    await engine.scrape();
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
}

for (const series of [300, 3000, 30_000]) {
  console.log(`\n${series} series`);
  let own: number | undefined;
  for (const [name, create] of Object.entries(engines)) {
    const ms = await median(create(series));
    own ??= ms;
    console.log(`  ${name.padEnd(22)} ${ms.toFixed(1).padStart(7)} ms  × ${(ms / own).toFixed(1)}`);
  }
}

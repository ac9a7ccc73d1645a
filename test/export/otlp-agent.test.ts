import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MeterProvider, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { Agent } from '../../src/agent.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { OtlpReader } from '../../src/telemetry/readers.ts';
import { memoryLog } from '../helpers/log.ts';
import { recordPlant } from './collect.ts';
import { parseExposition } from './exposition-parser.ts';
import { otlpReceiver } from './otlp-receiver.ts';

/** An agent over a simulated stick, read once. */
async function agentWith(t: TestContext, variables: Readonly<Record<string, string>>) {
  const stick = await startTruckiStick({ firmware: 'jsonlive', remotes: 2 });
  t.after(() => stick.close());
  const env = { TRUCKI_TARGETS: `roof=${stick.address}`, ...variables };
  const log = memoryLog();
  const agent = await Agent.create({ config: loadConfig({ env, isTerminal: false }), log });
  await agent.pollOnce(AbortSignal.timeout(2000), Date.now());
  return { agent, log };
}

test('what leaves by OTLP when the agent stops is what stands at /metrics', async (t) => {
  const receiver = await otlpReceiver(t);
  const { agent } = await agentWith(t, {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_SERVICE_NAME: 'solar',
  });
  const { headers, samples } = parseExposition(String(await agent.metrics('text')));
  await agent.stop();
  const [last] = receiver.received;
  assert.equal(last?.resource['service.name'], 'solar');
  const isStick = ({ name }: { name: string }) => name.startsWith('trucki_');
  const scraped = samples.filter(isStick).map(({ name, labels, value }) => [name, labels, value]);
  const exported = last?.metrics
    .filter(isStick)
    .flatMap(({ name, points }) => points.map(({ labels, value }) => [name, labels, value]));
  assert.ok(scraped.length > 20);
  assert.deepEqual(exported, scraped);
  for (const { name, type, description } of last?.metrics ?? []) {
    assert.equal(headers.get(`TYPE ${name}`), type);
    assert.equal(headers.get(`HELP ${name}`), description);
  }
});

test('exports are counted from 0 on, and only where there is OTLP', async (t) => {
  const receiver = await otlpReceiver(t);
  const counts = (text: string) =>
    parseExposition(text)
      .samples.filter(({ name }) => name === 'solar_agent_otlp_exports_total')
      .map(({ labels, value }) => [labels.outcome, value]);
  const { agent } = await agentWith(t, { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url });
  assert.deepEqual(counts(String(await agent.metrics('text'))), [
    ['success', 0],
    ['failure', 0],
  ]);
  await agent.stop();
  const without = await agentWith(t, {});
  assert.deepEqual(counts(String(await without.agent.metrics('text'))), []);
  await without.agent.stop();
});

test('a scrape goes on while a receiver does not answer, and the agent still stops', async (t) => {
  const receiver = await otlpReceiver(t);
  const asked = Promise.withResolvers<void>();
  receiver.script(() => asked.resolve());
  const { agent, log } = await agentWith(t, {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
    OTEL_METRIC_EXPORT_INTERVAL: '100',
  });
  await asked.promise;
  assert.match(String(await agent.metrics('text')), /^trucki_up\{stick="roof"\} 1$/m);
  await agent.stop();
  assert.deepEqual(log.lines.filter((line) => line.includes('OTLP')).length, 1);
});

test('a receiver that does not answer the last export delays the end, but not beyond five seconds', async (t) => {
  const receiver = await otlpReceiver(t);
  receiver.script(() => {});
  const { agent, log } = await agentWith(t, {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
  });
  const before = performance.now();
  await agent.stop();
  const took = performance.now() - before;
  assert.equal(receiver.received.length, 1);
  assert.deepEqual(
    log.lines.filter((line) => line.includes('OTLP')),
    [],
  );
  assert.ok(took > 1000 && took < 5000, `${took} ms`);
});

test('the last export cannot hold up the end', async () => {
  const forever = new Promise<void>(() => undefined);
  const exporter: PushMetricExporter = {
    export: () => undefined,
    forceFlush: () => forever,
    shutdown: () => forever,
  };
  const reader = new OtlpReader({
    exporter,
    interval: 500,
    timeout: 500,
    metricProducers: [],
    flushMs: 20,
  });
  const provider = new MeterProvider({ readers: [reader] });
  recordPlant(provider);
  await provider.shutdown();
});

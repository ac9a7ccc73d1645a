import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { version } from '../../src/base/version.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createOtlpExporter, createOtlpReader } from '../../src/export/otlp.ts';
import type { OtlpExport } from '../../src/export/otlp-settings.ts';
import { ObservableInstruments } from '../../src/telemetry/observable-instruments.ts';
import { agentResource } from '../../src/telemetry/resource.ts';
import { deadAddress } from '../helpers/http.ts';
import { memoryLog } from '../helpers/log.ts';
import { collect, recordPlant } from './collect.ts';
import { otlpReceiver, pem } from './otlp-receiver.ts';

const { otlp: DEFAULTS } = loadConfig({
  env: {
    TRUCKI_TARGETS: 'a',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost',
    OTEL_METRIC_EXPORT_INTERVAL: '1h',
  },
  isTerminal: false,
});
assert.ok(DEFAULTS);
const SETTINGS: OtlpExport = { ...DEFAULTS, timeout: 300 };

/** A provider whose metrics leave by OTLP whenever it is flushed. */
function exporting(t: TestContext, { url, ...settings }: Partial<OtlpExport> & { url: string }) {
  const log = memoryLog();
  const outcomes: string[] = [];
  const devices = new ObservableInstruments({ name: 'devices' });
  const reader = createOtlpReader({
    settings: { ...SETTINGS, metricsEndpoint: url, ...settings },
    metricProducers: [devices],
    log,
    onExport: (outcome) => outcomes.push(outcome),
  });
  const resource = agentResource(settings.resourceAttributes);
  const provider = new MeterProvider({ resource, readers: [reader] });
  t.after(() => provider.shutdown());
  return { provider, log, outcomes, meter: devices.meter(provider.getMeter('devices')) };
}

for (const protocol of ['http/protobuf', 'http/json'] as const) {
  test(`every kind of metric leaves by ${protocol} with its name, unit, type, labels and value`, async (t) => {
    const receiver = await otlpReceiver(t);
    const { provider } = exporting(t, { url: receiver.url, protocol });
    recordPlant(provider);
    await provider.forceFlush();
    const [sent] = receiver.received;
    assert.equal(sent?.path, '/v1/metrics');
    const device = { plant_id: '77', device_sn: 'ABC123' };
    const seen = (name: string) => sent?.metrics.find((metric) => metric.name === name);
    assert.deepEqual(seen('growatt_current_power_watts'), {
      name: 'growatt_current_power_watts',
      unit: 'watts',
      description: 'AC output power',
      type: 'gauge',
      temporality: undefined,
      points: [
        { labels: device, value: 4200.5 },
        { labels: { plant_id: '78', device_sn: 'DEF456' }, value: 0 },
      ],
    });
    assert.deepEqual(seen('growatt_energy_total_kwh'), {
      name: 'growatt_energy_total_kwh',
      unit: 'kwh',
      description: 'Lifetime energy',
      type: 'counter',
      temporality: 2,
      points: [{ labels: device, value: 12345.6 }],
    });
    const histogram = seen('solar_agent_poll_duration_seconds');
    assert.deepEqual([histogram?.type, histogram?.temporality], ['histogram', 2]);
    assert.deepEqual(histogram?.points, [{ labels: { source: 'trucki/shed' }, value: 4 }]);
  });
}

test('the resource names the agent and its version, unless configured otherwise', async (t) => {
  const receiver = await otlpReceiver(t);
  const own = exporting(t, { url: receiver.url });
  recordPlant(own.provider);
  await own.provider.forceFlush();
  const resource = receiver.received[0]?.resource ?? {};
  assert.equal(resource['service.name'], 'solar-otel-agent');
  assert.equal(resource['service.version'], version);
  assert.equal(resource['telemetry.sdk.language'], 'nodejs');
  const attributes = { 'service.name': 'solar', 'service.instance.id': 'roof', site: 'home' };
  const told = exporting(t, { url: receiver.url, resourceAttributes: attributes });
  recordPlant(told.provider);
  await told.provider.forceFlush();
  assert.partialDeepStrictEqual(receiver.received[1]?.resource, attributes);
});

test('configured headers are sent, the agent says who it is, and gzip is used when asked for', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider } = exporting(t, {
    url: receiver.url,
    headers: { authorization: 'Bearer abc', 'x-scope': 'home' },
    compression: 'gzip',
  });
  recordPlant(provider);
  await provider.forceFlush();
  const headers = receiver.received[0]?.headers;
  assert.equal(headers?.authorization, 'Bearer abc');
  assert.equal(headers?.['x-scope'], 'home');
  assert.equal(headers?.['content-encoding'], 'gzip');
  assert.match(headers?.['user-agent'] ?? '', /^solar-otel-agent\/\d/);
  assert.equal(receiver.received[0]?.metrics.length, 6);
});

test('a receiver with its own authority gets a client certificate, and one that is not trusted gets nothing', async (t) => {
  const receiver = await otlpReceiver(t, { tls: true });
  const file = (name: string) => ({ path: name, content: pem(name) });
  const trusted = exporting(t, {
    url: receiver.url,
    certificate: file('ca'),
    clientCertificate: file('agent'),
    clientKey: file('agent-key'),
    timeout: 30_000,
  });
  recordPlant(trusted.provider);
  await trusted.provider.forceFlush();
  assert.deepEqual(trusted.outcomes, ['success']);
  const stranger = exporting(t, { url: receiver.url, timeout: 30_000 });
  recordPlant(stranger.provider);
  await stranger.provider.forceFlush();
  assert.deepEqual(stranger.outcomes, ['failure']);
  assert.match(stranger.log.lines[0] ?? '', /failed: its certificate is not trusted/);
  assert.equal(receiver.received.length, 1);
});

test('histograms are exponential when that is asked for', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider } = exporting(t, {
    url: receiver.url,
    histogramAggregation: 'base2_exponential_bucket_histogram',
  });
  recordPlant(provider);
  await provider.forceFlush();
  const histogram = receiver.received[0]?.metrics.find(({ type }) => type === 'exponential histogram');
  assert.deepEqual(histogram?.points, [{ labels: { source: 'trucki/shed' }, value: 4 }]);
});

test('a series that is not observed any more is not sent again', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider, meter } = exporting(t, { url: receiver.url });
  const [roof, shed] = [{ device_sn: 'roof' }, { device_sn: 'shed' }];
  let observed = [roof, shed];
  meter.createObservableCounter('growatt_energy_total_kwh').addCallback((result) => {
    for (const attributes of observed) result.observe(7, attributes);
  });
  await provider.forceFlush();
  observed = [shed];
  await provider.forceFlush();
  const labels = receiver.received.map(({ metrics }) => metrics[0]?.points.map((point) => point.labels));
  assert.deepEqual(labels, [[roof, shed], [shed]]);
});

test('more series of one counter than the limit of the SDK, 2000, leave without an overflow', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider } = exporting(t, { url: receiver.url });
  const polls = provider.getMeter('agent').createCounter('solar_agent_polls_total');
  for (let i = 0; i < 2500; i++) polls.add(1, { source: `trucki/S${i}` });
  await provider.forceFlush();
  const points = receiver.received[0]?.metrics.flatMap((metric) => metric.points) ?? [];
  assert.equal(new Set(points.map(({ labels }) => labels.source)).size, 2500);
});

test('an export that hangs is not joined by another', async (t) => {
  const receiver = await otlpReceiver(t);
  const asked = Promise.withResolvers<void>();
  receiver.script(() => asked.resolve());
  const failures: string[] = [];
  const exporter = createOtlpExporter(
    { ...SETTINGS, metricsEndpoint: receiver.url, timeout: 5000 },
    { succeeded() {}, failed: (reason) => failures.push(reason), answered() {} },
  );
  const metrics = await collect(recordPlant);
  exporter.export(metrics, () => {});
  await asked.promise;
  const second = Promise.withResolvers<unknown>();
  exporter.export(metrics, (result) => second.resolve(result.error));
  assert.match(String(await second.promise), /Concurrent export limit reached/);
  assert.deepEqual([receiver.received.length, failures.length], [1, 1]);
  await exporter.shutdown();
});

test('an outage is logged when it begins and when it ends, and every export is counted', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider, log, outcomes } = exporting(t, { url: receiver.url });
  recordPlant(provider);
  await provider.forceFlush();
  receiver.script((response) => response.writeHead(401, 'Who are you').end('a long page'));
  for (let n = 0; n < 3; n++) await provider.forceFlush();
  receiver.script((response) => response.end());
  for (let n = 0; n < 2; n++) await provider.forceFlush();
  assert.deepEqual(log.lines, [
    `info: OTLP export to ${receiver.url} succeeded`,
    `warn: OTLP export to ${receiver.url} failed: HTTP 401 Who are you; trying again every 1h`,
    `info: OTLP export to ${receiver.url} recovered`,
  ]);
  assert.deepEqual(outcomes, ['success', 'failure', 'failure', 'failure', 'success', 'success']);
});

test('a receiver that is not there, is overloaded or speaks gRPC is named in words', async (t) => {
  const reasonOf = async (url: string) => {
    const { provider, log, outcomes } = exporting(t, { url });
    recordPlant(provider);
    await provider.forceFlush();
    assert.deepEqual(outcomes, ['failure']);
    return /failed: (.*); trying again/.exec(log.lines[0] ?? '')?.[1];
  };
  assert.equal(await reasonOf(`http://${await deadAddress()}/v1/metrics`), 'connection refused');
  const overloaded = await otlpReceiver(t);
  overloaded.script((response) => response.writeHead(503, { 'retry-after': '120' }).end());
  assert.match((await reasonOf(overloaded.url)) ?? '', /^the receiver is overloaded/);
  const grpc = await rawServer(t, '\0\0\0\x04\0\0\0\0\0');
  assert.match((await reasonOf(grpc)) ?? '', /not HTTP\/1\.1; the port for OTLP over HTTP is usually 4318/);
});

test('a receiver that drips its answer is cut off in time', async (t) => {
  const url = await rawServer(t, 'HTTP/1.1 200 OK\r\nx-drip: ', 'x');
  const { provider, log, outcomes } = exporting(t, { url, timeout: 100 });
  recordPlant(provider);
  await provider.forceFlush();
  assert.match(log.lines[0] ?? '', /failed: no answer within 100ms/);
  assert.deepEqual(outcomes, ['failure']);
});

for (const [protocol, answer] of [
  ['http/json', JSON.stringify({ partialSuccess: { rejectedDataPoints: '3', errorMessage: 'too old' } })],
  ['http/protobuf', '\x0a\x0b\x08\x03\x12\x07too old'],
] as const) {
  test(`data points that a receiver rejects by ${protocol} are logged once`, async (t) => {
    const receiver = await otlpReceiver(t);
    const { provider, log, outcomes } = exporting(t, { url: receiver.url, protocol });
    recordPlant(provider);
    receiver.script((response) => response.end(answer));
    for (let n = 0; n < 2; n++) await provider.forceFlush();
    assert.deepEqual(log.lines, [
      `warn: OTLP export to ${receiver.url}: the receiver rejected 3 data points: too old`,
      `info: OTLP export to ${receiver.url} succeeded`,
    ]);
    assert.deepEqual(outcomes, ['success', 'success']);
  });
}

test('of a long complaint the log has the beginning', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider, log } = exporting(t, { url: receiver.url, protocol: 'http/json' });
  recordPlant(provider);
  const partialSuccess = { rejectedDataPoints: '1', errorMessage: 'x'.repeat(5000) };
  receiver.script((response) => response.end(JSON.stringify({ partialSuccess })));
  await provider.forceFlush();
  assert.match(log.lines[0] ?? '', /rejected 1 data points: x{200}$/);
});

test('after the end no connection to the receiver is left open', async (t) => {
  const receiver = await otlpReceiver(t);
  const { provider, outcomes } = exporting(t, { url: receiver.url });
  recordPlant(provider);
  await provider.forceFlush();
  await provider.shutdown();
  assert.deepEqual(outcomes, ['success', 'success']);
  const deadline = performance.now() + 2000;
  while (process.getActiveResourcesInfo().includes('TCPSocketWrap')) {
    assert.ok(performance.now() < deadline, 'a connection is still open');
    await setImmediate();
  }
});

/** A server that answers a connection with `first` and then, if given, with `drip` for ever. */
async function rawServer(t: TestContext, first: string, drip?: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).resume();
    socket.write(first);
    if (drip === undefined) return;
    const timer = setInterval(() => socket.write(drip), 10);
    socket.on('close', () => clearInterval(timer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return `http://127.0.0.1:${address.port}/v1/metrics`;
}

import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { createHistorySender } from '../../src/backfill/otlp.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { HistorySample } from '../../src/model/history.ts';
import { type Respond, scriptedServer } from '../helpers/http.ts';

interface DataPoint {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  readonly sum?: {
    readonly isMonotonic: boolean;
    readonly aggregationTemporality: number;
    readonly dataPoints: readonly DataPoint[];
  };
}

interface Body {
  readonly resourceMetrics: readonly [
    {
      readonly resource: { readonly attributes: DataPoint['attributes'] };
      readonly scopeMetrics: readonly [{ readonly metrics: readonly Metric[] }];
    },
  ];
}

/** A receiver on loopback that answers in turn, the last answer for all that follow, and a sender to it. */
async function startReceiver(t: TestContext, ...answers: Respond[]) {
  return await startReceiverFor(t, {}, ...answers);
}

async function startReceiverFor(
  t: TestContext,
  more: Readonly<Record<string, string>>,
  ...answers: Respond[]
) {
  const bodies: Body[] = [];
  const server = await scriptedServer(t, async (request, response) => {
    bodies.push(JSON.parse((await buffer(request)).toString()));
    const answer = answers[Math.min(bodies.length, answers.length) - 1];
    if (answer) answer(request, response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const env = {
    GROWATT_TOKEN: 'token',
    OTEL_EXPORTER_OTLP_ENDPOINT: server.url.href,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'site=roof',
    ...more,
  };
  const { otlp } = loadConfig({ env, isTerminal: false });
  assert.ok(otlp);
  const sender = createHistorySender(otlp);
  t.after(() => sender.close());
  const metrics = () => bodies.map((body) => body.resourceMetrics[0].scopeMetrics[0].metrics);
  return { sender, bodies, metrics, url: otlp.metricsEndpoint };
}

async function* points(...given: readonly HistorySample[]): AsyncGenerator<HistorySample> {
  yield* given;
}

const point = (text: string, value: number, plant_id = '1'): HistorySample => ({
  labels: { plant_id },
  at: Date.parse(text),
  value,
});
const nanos = (text: string) => `${Date.parse(text)}000000`;
const { signal } = new AbortController();

test('gauges leave with their own timestamps, labels and unit', async (t) => {
  const { sender, bodies, metrics } = await startReceiver(t);
  await sender.send(
    'growatt_plant_power_watts',
    points(point('2023-06-11T10:00:00Z', 1834.5), point('2023-06-11T10:05:00Z', 0)),
    signal,
  );
  const [metric] = metrics()[0] ?? [];
  assert.equal(metric?.name, 'growatt_plant_power_watts');
  assert.equal(metric?.unit, 'watts');
  assert.equal(metric?.sum, undefined);
  const [first, second] = metric?.gauge?.dataPoints ?? [];
  assert.equal(first?.timeUnixNano, nanos('2023-06-11T10:00:00Z'));
  assert.equal(first?.asDouble, 1834.5);
  assert.deepEqual(first?.attributes, [{ key: 'plant_id', value: { stringValue: '1' } }]);
  assert.equal(second?.timeUnixNano, nanos('2023-06-11T10:05:00Z'));
  const resource = bodies[0]?.resourceMetrics[0].resource.attributes.map(
    ({ key, value }) => `${key}=${value.stringValue}`,
  );
  assert.ok(resource?.includes('service.name=solar-otel-agent') && resource.includes('site=roof'));
});

test('a counter is a monotonic cumulative sum, each series since it is first known', async (t) => {
  const { sender, metrics } = await startReceiver(t);
  const given = [
    point('2023-06-11T10:00:00Z', 100),
    point('2023-06-11T10:05:00Z', 101),
    point('2022-01-01T10:00:00Z', 5, '2'),
    point('2022-01-01T10:05:00Z', 6, '2'),
  ];
  await sender.send('growatt_plant_energy_total_kwh', points(...given), signal);
  const sum = metrics()[0]?.[0]?.sum;
  assert.equal(sum?.isMonotonic, true);
  assert.equal(sum?.aggregationTemporality, 2);
  assert.deepEqual(
    sum?.dataPoints.map(({ startTimeUnixNano }) => startTimeUnixNano),
    ['2023-06-11', '2023-06-11', '2022-01-01', '2022-01-01'].map((date) => nanos(`${date}T10:00:00Z`)),
  );
});

test('many points are sent in parts', async (t) => {
  const { sender, metrics } = await startReceiver(t);
  const many = Array.from({ length: 12_001 }, (_, i) => ({
    labels: { plant_id: '1' },
    at: i * 300_000,
    value: i,
  }));
  await sender.send('growatt_plant_power_watts', points(...many), signal);
  const sent = metrics().map(([metric]) => metric?.gauge?.dataPoints.map(({ asDouble }) => asDouble) ?? []);
  assert.deepEqual(
    sent.map(({ length }) => length),
    [5000, 5000, 2001],
  );
  assert.deepEqual(
    sent.flat(),
    many.map(({ value }) => value),
  );
});

const one = () => points(point('2023-06-11T10:00:00Z', 1));

test('a receiver that refuses, or takes only a part, is a failure that says why', async (t) => {
  const refusing = await startReceiver(t, (_request, response) => response.writeHead(400).end('too old'));
  await assert.rejects(refusing.sender.send('growatt_plant_power_watts', one(), signal), {
    name: 'HistoryRejected',
    message: `${refusing.url} does not take the data: HTTP 400 Bad Request`,
  });
  const partly = await startReceiver(t, (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"partialSuccess":{"rejectedDataPoints":"1","errorMessage":"out of order"}}'),
  );
  await assert.rejects(partly.sender.send('growatt_plant_power_watts', one(), signal), {
    message: `${partly.url} does not take the data: it rejects 1 data points: out of order`,
  });
});

test('a receiver that hangs is given up after OTEL_EXPORTER_OTLP_TIMEOUT', async (t) => {
  const hanging = await startReceiverFor(t, { OTEL_EXPORTER_OTLP_TIMEOUT: '500' }, () => {});
  await assert.rejects(
    hanging.sender.send('growatt_plant_power_watts', one(), signal),
    /no answer within 500ms$/,
  );
});

test('a stop ends the sending between two parts', async (t) => {
  const stop = new AbortController();
  const { sender, bodies } = await startReceiver(t, (_request, response) => {
    stop.abort();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const many = Array.from({ length: 10_000 }, (_, i) => ({ labels: {}, at: i, value: i }));
  await assert.rejects(sender.send('growatt_plant_power_watts', points(...many), stop.signal), {
    name: 'AbortError',
  });
  assert.equal(bodies.length, 1);
});

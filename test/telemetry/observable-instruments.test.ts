import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { DataPointType, MeterProvider, type MetricData } from '@opentelemetry/sdk-metrics';
import { ObservableInstruments } from '../../src/telemetry/observable-instruments.ts';

/** A meter over the real SDK, and what two of its readers report. */
function setUp() {
  let now = 1_000_500;
  const instruments = new ObservableInstruments({ name: 'devices' }, () => now);
  const readers = [1, 2].map(
    () => new PrometheusExporter({ preventServerStart: true, metricProducers: [instruments] }),
  );
  const provider = new MeterProvider({ readers });
  const collect = async (reader = readers[0]!) => {
    const { resourceMetrics, errors } = await reader.collect();
    return { errors, metrics: resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics) };
  };
  return {
    meter: instruments.meter(provider.getMeter('devices')),
    readers,
    collect,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

/** Each data point as `name{labels} value`. */
const lines = (metrics: readonly MetricData[]) =>
  metrics.flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => `${descriptor.name}${JSON.stringify(attributes)} ${value}`),
  );

test('what was observed in this collection is reported, and nothing else', async () => {
  const { meter, collect, readers } = setUp();
  let present: [number, Attributes][] = [];
  meter.createObservableGauge('power').addCallback((result) => {
    for (const [value, attributes] of present) result.observe(value, attributes);
  });
  assert.deepEqual((await collect()).metrics, [], 'an instrument without observations is left out');
  present = [
    [1, { sn: 'A' }],
    [2, { sn: 'B' }],
  ];
  for (const reader of readers) {
    assert.deepEqual(lines((await collect(reader)).metrics), ['power{"sn":"A"} 1', 'power{"sn":"B"} 2']);
  }
  present = [[3, { sn: 'B' }]];
  assert.deepEqual(lines((await collect()).metrics), ['power{"sn":"B"} 3']);
});

test('a batch callback feeds several instruments, each of its own kind', async () => {
  const { meter, collect, pass } = setUp();
  const power = meter.createObservableGauge('power', { unit: 'watts', description: 'AC power' });
  const energy = meter.createObservableCounter('energy');
  const level = meter.createObservableUpDownCounter('level');
  meter.addBatchObservableCallback(
    (result) => {
      result.observe(power, 5);
      result.observe(energy, 7_000.1, { sn: 'A' });
      result.observe(level, -3);
    },
    [power, energy, level],
  );
  pass(61_250);
  const { metrics } = await collect();
  assert.deepEqual(lines(metrics), ['power{} 5', 'energy{"sn":"A"} 7000.1', 'level{} -3']);
  const [gauge, counter, upDown] = metrics;
  assert.equal(gauge?.dataPointType, DataPointType.GAUGE);
  assert.deepEqual(gauge.descriptor, { name: 'power', unit: 'watts', description: 'AC power', valueType: 1 });
  assert.ok(counter?.dataPointType === DataPointType.SUM && counter.isMonotonic);
  assert.ok(upDown?.dataPointType === DataPointType.SUM && !upDown.isMonotonic);
  const [point] = counter.dataPoints;
  assert.deepEqual(
    [point?.startTime, point?.endTime],
    [
      [1000, 500_000_000],
      [1061, 750_000_000],
    ],
  );
});

test('a callback that fails is an error of the collection, and the others are reported', async () => {
  const { meter, collect } = setUp();
  const broken = new Error('no value');
  meter.createObservableGauge('one').addCallback(() => {
    throw broken;
  });
  meter.createObservableGauge('two').addCallback(async (result) => {
    await Promise.resolve();
    result.observe(2);
  });
  const { metrics, errors } = await collect();
  assert.deepEqual([lines(metrics), errors], [['two{} 2'], [broken]]);
});

test('a callback that is removed is not called any more', async () => {
  const { meter, collect } = setUp();
  const gauge = meter.createObservableGauge('one');
  const own = (result: { observe(value: number): void }) => result.observe(1);
  const batch = (result: { observe(metric: typeof gauge, value: number): void }) => result.observe(gauge, 2);
  gauge.addCallback(own);
  meter.addBatchObservableCallback(batch, [gauge]);
  assert.deepEqual(lines((await collect()).metrics).toSorted(), ['one{} 1', 'one{} 2']);
  gauge.removeCallback(own);
  meter.removeBatchObservableCallback(batch, [gauge]);
  assert.deepEqual((await collect()).metrics, []);
});

test("counters, histograms and gauges that record are the SDK's", async () => {
  const { meter, collect } = setUp();
  meter.createCounter('polls').add(2, { source: 'a' });
  meter.createUpDownCounter('open').add(-1);
  meter.createGauge('set').record(4);
  meter.createHistogram('seconds').record(1);
  const { metrics } = await collect();
  assert.deepEqual(
    metrics.map(({ descriptor }) => descriptor.name),
    ['polls', 'open', 'set', 'seconds'],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { RenderedMetrics } from '../../src/export/rendered-metrics.ts';
import { createProvider } from '../../src/telemetry/provider.ts';

/** Gauges that count the collections of devices, slow ones, and of the agent; a revision that the test sets. */
function setUp() {
  const { deviceReader, ownReader, deviceMeter, ownMeter } = createProvider();
  const counts = { devices: 0, own: 0 };
  deviceMeter.createObservableGauge('devices').addCallback((result) => result.observe(++counts.devices));
  ownMeter.createObservableGauge('own').addCallback((result) => result.observe(++counts.own));
  deviceMeter.createObservableGauge('slow').addCallback(async (result) => {
    await setImmediate();
    result.observe(1);
  });
  const state = { revision: 1, failure: undefined as Error | undefined };
  const rendered = new RenderedMetrics({
    revision: () => state.revision,
    async devices(): Promise<CollectionResult> {
      const result = await deviceReader.collect();
      return state.failure ? { ...result, errors: [state.failure] } : result;
    },
    own: () => ownReader.collect(),
  });
  const text = async (format: 'text' | 'openmetrics' = 'text') => String(await rendered.get(format));
  return { rendered, state, text, counts };
}

test('what devices measure is rendered once for a revision, and what the agent counts for each scrape', async () => {
  const { state, text, counts } = setUp();
  assert.match(await text(), /^devices 1\n.*^own 1\n/ms);
  assert.match(await text(), /^devices 1\n.*^own 2\n/ms);
  state.revision++;
  assert.match(await text(), /^devices 2\n.*^own 3\n/ms);
  assert.deepEqual(counts, { devices: 2, own: 3 });
});

test('scrapes at the same time share one text of the devices, and one compressed form of it', async () => {
  const { rendered, counts } = setUp();
  const bodies = await Promise.all(Array.from({ length: 20 }, () => rendered.get('text')));
  assert.equal(counts.devices, 1);
  assert.equal(new Set(bodies.map(({ bytes }) => bytes[0])).size, 1);
  const zipped = await Promise.all([...bodies, await rendered.get('text')].map((body) => body.gzip()));
  assert.equal(new Set(zipped.map((parts) => parts[1])).size, 1);
});

test('what changes while a text is rendered is in the next one, which all who wait share', async () => {
  const { state, text, counts } = setUp();
  const first = text();
  await setImmediate();
  state.revision++;
  const later = await Promise.all([text(), text(), text()]);
  assert.match(await first, /^devices 1$/m);
  for (const each of later) assert.match(each, /^devices 2$/m);
  assert.equal(counts.devices, 2);
});

test('both formats at the same time each have all values, and one end', async () => {
  const { text, counts } = setUp();
  const [plain, open] = await Promise.all([text('text'), text('openmetrics')]);
  for (const body of [plain, open]) {
    assert.match(body, /^devices \d$/m);
    assert.match(body, /^slow 1$/m);
    assert.match(body, /^own \d$/m);
  }
  assert.match(open, /# EOF\n$/);
  assert.equal(open.match(/# EOF/g)?.length, 1);
  assert.equal(counts.devices, 2);
});

test('a failure is for all who share it, and the next scrape tries again', async () => {
  const { state, text, counts } = setUp();
  state.failure = new TypeError('no value');
  const failed = await Promise.allSettled([text(), text(), text()]);
  for (const outcome of failed) {
    assert.equal(outcome.status, 'rejected');
    assert.equal(outcome.reason.message, 'Collecting metrics failed');
    assert.equal(outcome.reason.cause, state.failure);
  }
  state.failure = undefined;
  assert.match(await text(), /^devices 2$/m);
  assert.equal(counts.devices, 2);
});

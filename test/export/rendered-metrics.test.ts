import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { RenderedMetrics } from '../../src/export/rendered-metrics.ts';
import { createProvider } from '../../src/telemetry/provider.ts';

/** A gauge that counts the collections, slow ones; a store's version and a clock that the test sets. */
function setUp() {
  const { reader, deviceMeter: meter } = createProvider();
  let collections = 0;
  meter.createObservableGauge('collections').addCallback((result) => result.observe(++collections));
  meter.createObservableGauge('slow').addCallback(async (result) => {
    await setImmediate();
    result.observe(1);
  });
  const state = { version: 1, at: 0, failure: undefined as Error | undefined };
  const rendered = new RenderedMetrics({
    version: () => state.version,
    now: () => state.at,
    async collect(): Promise<CollectionResult> {
      const result = await reader.collect();
      return state.failure ? { ...result, errors: [state.failure] } : result;
    },
  });
  const text = async (format: 'text' | 'openmetrics' = 'text') => String(await rendered.get(format));
  return { rendered, state, text, collections: () => collections };
}

test('scrapes at the same time share one text, and one compressed form of it', async () => {
  const { rendered, collections } = setUp();
  const bodies = await Promise.all(Array.from({ length: 20 }, () => rendered.get('text')));
  assert.equal(collections(), 1);
  assert.equal(new Set(bodies).size, 1);
  const [body] = bodies;
  const zipped = await Promise.all([body?.gzip(), body?.gzip(), (await rendered.get('text')).gzip()]);
  assert.equal(new Set(zipped).size, 1);
  assert.equal(gunzipSync(zipped[0]!).toString(), String(body));
});

test('the text of one version is used for less than a second', async () => {
  const { state, text, collections } = setUp();
  const first = await text();
  state.at = 999;
  assert.equal(await text(), first);
  assert.equal(collections(), 1);
  state.at = 1000;
  assert.notEqual(await text(), first);
  state.at = 1999;
  await text();
  assert.equal(collections(), 2);
});

test('a new version of the store is a new text at once', async () => {
  const { state, text, collections } = setUp();
  const first = await text();
  state.version++;
  assert.notEqual(await text(), first);
  assert.equal(collections(), 2);
});

test('a version that comes while a text is rendered is in the next one', async () => {
  const { state, text, collections } = setUp();
  const first = text();
  await setImmediate();
  state.version++;
  await first;
  await text();
  assert.equal(collections(), 2);
});

test('both formats at the same time each have all values', async () => {
  const { text, collections } = setUp();
  const [plain, open] = await Promise.all([text('text'), text('openmetrics')]);
  for (const body of [plain, open]) {
    assert.match(body, /^collections \d$/m);
    assert.match(body, /^slow 1$/m);
  }
  assert.match(open, /# EOF\n$/);
  assert.equal(collections(), 2);
});

test('a failure is for all who share it, and the next scrape tries again', async () => {
  const { state, text, collections } = setUp();
  state.failure = new TypeError('no value');
  const failed = await Promise.allSettled([text(), text(), text()]);
  for (const outcome of failed) {
    assert.equal(outcome.status, 'rejected');
    assert.equal(outcome.reason.message, 'Collecting metrics failed');
    assert.equal(outcome.reason.cause, state.failure);
  }
  state.failure = undefined;
  assert.match(await text(), /^collections 2$/m);
  assert.equal(collections(), 2);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, plan } from '../../src/backfill/collect.ts';
import { metricsOf } from '../../src/backfill/samples.ts';
import type { HistoryReader } from '../../src/model/history.ts';
import { allSamples, emptyJournal, fakeReader, plantWith, sourceOf } from './support.ts';

/** A metric that says of each day how many power values it has. */
const countOf = (metric: string): HistoryReader['samples'] => ({
  [metric]:
    ({ plant }) =>
    (date, { curve, end }) => [{ labels: { plant: plant.id, date }, at: end, value: curve.length }],
});

test('each source has metrics of its own, and gives no samples of those of another one', async (t) => {
  const journal = emptyJournal(t);
  const sources = ['one', 'two'].map((name) => {
    const reader = { ...fakeReader([plantWith({ id: name })]), samples: countOf(`${name}_values`) };
    return sourceOf(reader, `fake/${name}`);
  });
  const assignments = await plan(sources, journal, { from: '2026-06-11', to: undefined });
  await collect(assignments, journal, () => {});
  assert.deepEqual(metricsOf(assignments), ['one_values', 'two_values']);
  for (const id of ['one', 'two']) {
    assert.deepEqual(await allSamples(`${id}_values`, assignments, journal), [
      {
        labels: { plant: id, date: '2026-06-11' },
        at: Date.parse('2026-06-11T23:59:59Z'),
        value: 24,
      },
    ]);
  }
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { collect, plan } from '../../src/backfill/collect.ts';
import { missingIn } from '../../src/backfill/summary.ts';
import type { HistoryDay } from '../../src/model/history.ts';
import { emptyJournal, fakeReader, plantWith, sourceOf } from './support.ts';

const curveOf = (values: number): HistoryDay['curve'] =>
  Array.from({ length: values }, (_, i) => [i * 300_000, 1] as const);

/** What is missing when the days have so many power values, the first one on 1 June. */
async function missing(t: TestContext, counts: readonly number[], unknown: readonly string[] = []) {
  const reader = {
    ...fakeReader([plantWith()], { unknown }),
    day: async (_context: unknown, _plant: unknown, date: string) => ({
      curve: curveOf(counts[Number(date.slice(-2)) - 1] ?? 0),
      end: Date.parse(`${date}T23:59:59Z`),
    }),
  };
  const journal = emptyJournal(t);
  const assignments = await plan([sourceOf(reader)], journal, { from: '2026-06-01', to: '2026-06-11' });
  await collect(assignments, journal, () => {});
  return await missingIn(assignments, journal);
}

test('nothing is missing where every day is about as full as its neighbours', async (t) => {
  const shorter = [288, 280, 288, 150, 288, 288, 200, 288, 288, 288, 288];
  assert.deepEqual(await missing(t, shorter), []);
});

test('a day with fewer than half the values of its neighbours is named, one without any too', async (t) => {
  const gaps = [288, 288, 143, 288, 288, 288, 0, 288, 288, 288, 4];
  assert.deepEqual(await missing(t, gaps), [
    'plant 1: 2026-06-03 has only 143 power values',
    'plant 1: 2026-06-07 has only 0 power values',
    'plant 1: 2026-06-11 has only 4 power values',
  ]);
});

test('days whose energy the cloud does not have are counted, and the lifetime total is incomplete', async (t) => {
  const full = Array(11).fill(288);
  assert.deepEqual(await missing(t, full, ['2026-06-02', '2026-06-03']), [
    'plant 1: the cloud has no energy of 2 days: computed from the power',
    'plant 1: the lifetime total is incomplete',
  ]);
});

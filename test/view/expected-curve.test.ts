import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone } from '../../src/base/calendar.ts';
import { expectedCurve } from '../../src/view/expected-curve.ts';

const berlin = ianaZone('Europe/Berlin');
const QUARTER = 900_000;
const HOUR = 4 * QUARTER;

/** The steps of a curve in which a power is known, from the first to the last one of each power. */
function spansOf(curve: Float32Array | undefined) {
  const spans: Record<number, [first: number, last: number]> = {};
  for (const [step, watts] of (curve ?? []).entries()) {
    if (Number.isNaN(watts)) continue;
    spans[watts] = [spans[watts]?.[0] ?? step, step];
  }
  return spans;
}

/** What is expected of a day in Berlin, in quarters of an hour. */
const dayFrom = (midnight: string, watts: readonly (number | undefined)[]) => {
  const start = Date.parse(midnight);
  return expectedCurve({ plant: '1', start, step: QUARTER, watts }, berlin, start + 12 * HOUR);
};

test('a quarter of an hour is three steps of the local day, and what is unknown is none', () => {
  const curve = dayFrom('2026-06-12T00:00:00+02:00', [10, undefined, 30]);
  assert.deepEqual(spansOf(curve), { 10: [0, 2], 30: [6, 8] });
  assert.equal(dayFrom('2026-06-12T00:00:00+02:00', [undefined]), undefined);
});

test('on a day of 23 hours the skipped hour is unknown, and what follows stands at its wall time', () => {
  const watts = Array.from({ length: 92 }, (_, quarter) => quarter + 1);
  const spans = spansOf(dayFrom('2026-03-29T00:00:00+01:00', watts));
  assert.deepEqual(
    [spans[8], spans[9], spans[92]],
    [
      [21, 23],
      [36, 38],
      [285, 287],
    ],
  );
});

test('on a day of 25 hours the repeated hour has its second powers', () => {
  const watts = Array.from({ length: 100 }, (_, quarter) => quarter + 1);
  const spans = spansOf(dayFrom('2026-10-25T00:00:00+02:00', watts));
  assert.deepEqual([spans[9], spans[13], spans[100]], [undefined, [24, 26], [285, 287]]);
});

test('another day than today is not shown', () => {
  const start = Date.parse('2026-06-12T00:00:00+02:00');
  const day = { plant: '1', start, step: QUARTER, watts: [1] };
  assert.ok(expectedCurve(day, berlin, start + 23.9 * HOUR));
  assert.equal(expectedCurve(day, berlin, start + 24 * HOUR), undefined);
});

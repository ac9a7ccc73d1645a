import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClockState, judgeOrder } from '../../src/store/reading-clock.ts';

const MINUTE = 60_000;

/** What becomes of readings, each `[wall, now]` in minutes. */
function orders(readings: readonly (readonly [wall: number, now: number])[]): string[] {
  let state: ClockState | undefined;
  return readings.map(([wall, now]) => {
    const [order, next] = judgeOrder(state, wall * MINUTE, now * MINUTE);
    state = next;
    return order;
  });
}

test('a later time is news, the same time is not, an earlier one is old', () => {
  assert.deepEqual(
    orders([
      [10, 0],
      [15, 5],
      [15, 10],
      [14, 15],
      [20, 20],
    ]),
    ['newer', 'newer', 'same', 'older', 'newer'],
  );
});

test('the time of the first sight of a reading is kept while it is repeated', () => {
  const [, first] = judgeOrder(undefined, 10 * MINUTE, 100 * MINUTE);
  const [, again] = judgeOrder(first, 10 * MINUTE, 105 * MINUTE);
  assert.equal(again.seenAt, 100 * MINUTE);
});

test('three earlier times that run on like real time are a clock that was set back', () => {
  const back = [
    [100, 0],
    [40, 5],
    [45, 10],
    [50, 15],
    [55, 20],
  ] as const;
  assert.deepEqual(orders(back), ['newer', 'older', 'older', 'newer', 'newer']);
});

test('a poll that sees the same earlier time twice neither helps nor harms', () => {
  const back = [
    [100, 0],
    [40, 5],
    [40, 6],
    [45, 10],
    [45, 11],
    [50, 15],
  ] as const;
  assert.deepEqual(orders(back), ['newer', 'older', 'older', 'older', 'older', 'newer']);
});

test('earlier times that run faster or slower than real time, or jump about, are never believed', () => {
  const fast = Array.from({ length: 20 }, (_, i) => [i * 5, 5 + i] as const);
  const slow = Array.from({ length: 20 }, (_, i) => [i, 5 + i * 5] as const);
  const wild = Array.from({ length: 20 }, (_, i) => [(i * 7) % 50, 5 + i * 5] as const);
  for (const replayed of [fast, slow, wild]) {
    assert.deepEqual(new Set(orders([[200, 0], ...replayed]).slice(1)), new Set(['older']));
  }
});

test('real news in between ends the suspicion against the clock', () => {
  const mixed = [
    [100, 0],
    [40, 5],
    [45, 10],
    [101, 12],
    [50, 15],
    [55, 20],
  ] as const;
  assert.deepEqual(orders(mixed).slice(1), ['older', 'older', 'newer', 'older', 'older']);
});

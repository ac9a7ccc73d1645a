import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type ClockState,
  type DayEnergyState,
  type EnergyState,
  judgeDayEnergy,
  judgeOrder,
  judgeTotal,
} from '../../src/store/guards.ts';

const MINUTE = 60_000;

/** What becomes of readings, each `[wall, now]` in minutes. */
function orders(readings: readonly (readonly [wall: number, now: number])[]): string[] {
  let memory: ClockState | undefined;
  return readings.map(([wall, now]) => {
    const [order, next] = judgeOrder(memory, wall * MINUTE, now * MINUTE);
    memory = next;
    return order;
  });
}

/** What is shown, and what is doubted, for totals that come one after the other. */
function totals(values: readonly number[], producing = true) {
  let memory: EnergyState = { lower: [] };
  return values.map((value) => {
    const [doubt, next] = judgeTotal(memory, value, producing);
    memory = next;
    return [next.value, doubt] as const;
  });
}

/** The same for energies of a day, each `[date, value]`. */
function days(values: readonly (readonly [date: string, value: number])[]) {
  let memory: DayEnergyState | undefined;
  return values.map(([date, value]) => {
    const [doubt, next] = judgeDayEnergy(memory, date, value);
    memory = next;
    return [next.value, doubt] as const;
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

test('a total that grows or stands still is never doubted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e6), { minLength: 1 }), fc.boolean(), (values, producing) => {
      const grown = values.toSorted((a, b) => a - b).map((value) => value + 1);
      assert.deepEqual(
        totals(grown, producing),
        grown.map((value) => [value, undefined]),
      );
    }),
  );
});

test('whatever comes, the total shown falls only to a value that three in a row have led up to', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 40 }), (values) => {
      const shown = totals(values).map(([value]) => value);
      for (const [i, value] of shown.entries()) {
        const before = shown[i - 1];
        if (value === undefined || before === undefined || value >= before) continue;
        const witnesses = values
          .slice(0, i + 1)
          .filter((said) => said > 0)
          .slice(-3);
        assert.equal(witnesses.length, 3);
        assert.deepEqual(
          witnesses,
          witnesses.toSorted((a, b) => a - b),
        );
        assert.ok(witnesses.every((witness) => witness < before));
        assert.equal(value, witnesses[2]);
      }
    }),
  );
});

test('readings while nothing is produced are no witnesses of a reset', () => {
  let memory: EnergyState = { value: 500, lower: [] };
  for (let i = 0; i < 10; i++) {
    const [doubt, next] = judgeTotal(memory, 0, false);
    assert.deepEqual([next.value, doubt], [500, 'total_fell']);
    memory = next;
  }
});

test('a total of 0 is no reset, however often it is repeated', () => {
  const shown = totals([500, ...Array<number>(10).fill(0)]);
  assert.deepEqual(new Set(shown.map(([value]) => value)), new Set([500]));
});

test('a good total in between ends the suspicion of a reset', () => {
  assert.deepEqual(totals([500, 1, 2, 500, 3, 4]), [
    [500, undefined],
    [500, 'total_fell'],
    [500, 'total_fell'],
    [500, undefined],
    [500, 'total_fell'],
    [500, 'total_fell'],
  ]);
});

test('a first total of 0 needs two more to agree', () => {
  assert.deepEqual(totals([0, 0, 0, 0.1]), [
    [undefined, 'total_zero'],
    [undefined, 'total_zero'],
    [0, undefined],
    [0.1, undefined],
  ]);
  assert.deepEqual(totals([0, 700]), [
    [undefined, 'total_zero'],
    [700, undefined],
  ]);
});

test('energy of the day grows within a day and starts anew with the next', () => {
  assert.deepEqual(
    days([
      ['06-12', 1],
      ['06-12', 9],
      ['06-13', 0],
      ['06-13', 0.1],
    ]),
    [
      [1, undefined],
      [9, undefined],
      [0, undefined],
      [0.1, undefined],
    ],
  );
});

test("a new day does not begin with the old day's energy", () => {
  const repeated = days([
    ['06-12', 9],
    ['06-13', 9],
    ['06-13', 9],
    ['06-13', 0],
    ['06-13', 9],
    ['06-13', 1],
  ]);
  assert.deepEqual(repeated.slice(1), [
    [undefined, 'yesterdays_energy'],
    [undefined, 'yesterdays_energy'],
    [0, undefined],
    [undefined, 'yesterdays_energy'],
    [1, undefined],
  ]);
});

test('a day without any sun may follow another', () => {
  assert.deepEqual(
    days([
      ['06-12', 0],
      ['06-13', 0],
    ]).at(-1),
    [0, undefined],
  );
});

test("the same energy as yesterday's is believed once the day has begun", () => {
  assert.deepEqual(
    days([
      ['06-12', 9],
      ['06-13', 8.9],
      ['06-13', 9],
    ]).at(-1),
    [9, undefined],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type DayEnergyState,
  type EnergyState,
  judgeDayEnergy,
  judgeTotal,
} from '../../src/store/energy-guards.ts';

/** What is shown, and what is rejected, for totals that come one after the other. */
function totals(values: readonly number[], producing = true) {
  let state: EnergyState = { lower: [] };
  return values.map((value) => {
    const [rejection, next] = judgeTotal(state, value, producing);
    state = next;
    return [next.value, rejection] as const;
  });
}

/** The same for energies of a day, each `[date, value]`. */
function days(values: readonly (readonly [date: string, value: number])[]) {
  let state: DayEnergyState | undefined;
  return values.map(([date, value]) => {
    const [rejection, next] = judgeDayEnergy(state, value, date);
    state = next;
    return [next.value, rejection] as const;
  });
}

test('a total that grows or stands still is never rejected', () => {
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
  let state: EnergyState = { value: 500, lower: [] };
  for (let i = 0; i < 10; i++) {
    const [rejection, next] = judgeTotal(state, 0, false);
    assert.deepEqual([next.value, rejection], [500, 'total_fell']);
    state = next;
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

test('after a clock that was wrong goes back to an earlier date, its energy is believed', () => {
  assert.deepEqual(
    days([
      ['06-13', 9],
      ['06-12', 9],
      ['06-12', 9.5],
    ]),
    [
      [9, undefined],
      [9, undefined],
      [9.5, undefined],
    ],
  );
});

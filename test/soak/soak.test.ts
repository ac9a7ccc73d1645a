import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeHeap } from './heap.ts';
import { holdSticks } from './sticks.ts';
import { randomNumbers } from './trouble.ts';

const trouble = { since: undefined, until: 0 } as Parameters<
  ReturnType<typeof holdSticks>['check']
>[1][0]['trouble'];
const sample = (name: string, value: number, stick = 's0') => ({ name, value, labels: { stick } });
const sticks = [{ name: 's0', trouble }];

test('the same seed gives the same numbers, from 0 up to 1', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const [one, other] = [randomNumbers(seed), randomNumbers(seed)];
      for (let n = 0; n < 20; n++) {
        const value = one();
        assert.equal(value, other());
        assert.ok(value >= 0 && value < 1);
      }
    }),
  );
});

test('growth of the heap is judged over the last half, by what is left after the best collections', () => {
  assert.equal(judgeHeap([10, 50, 60, 100, 104, 100]), 0);
  assert.ok(Math.abs(judgeHeap([1, 1, 100, 100, 103, 102]) - 0.02) < 1e-9);
});

test('a value of a stick that is impossible, that stands still or is of no stick ends a soak', () => {
  const total = (value: number) => [sample('trucki_inverter_energy_total_kwh', value)];
  const hold = () => holdSticks();
  assert.throws(() => hold().check([sample('trucki_grid_voltage_volts', 0)], sticks, 0), /is 0/);
  assert.throws(() => hold().check([sample('trucki_grid_voltage_volts', 230, 's9')], sticks, 0), /s9/);
  const falling = hold();
  falling.check(total(1000), sticks, 0);
  assert.throws(() => falling.check(total(999), sticks, 1), /after 1000/);
  const standing = hold();
  standing.check([sample('trucki_grid_voltage_volts', 230)], sticks, 0);
  assert.throws(() => standing.check([sample('trucki_grid_voltage_volts', 230)], sticks, 3_600_001), /since/);
});

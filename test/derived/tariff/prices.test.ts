import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedPrices, inOrder, listedPrices } from '../../../src/derived/tariff/prices.ts';
import { priceEnergy } from '../../../src/derived/tariff/pricing.ts';

const HOUR = 3_600_000;
const KWH = 1e6;
const span = (from: number, to: number, price: number) => ({ from: from * HOUR, to: to * HOUR, price });
const list = listedPrices([span(1, 2, 0.2), span(2, 3, -0.1), span(5, 6, 0.4)]);

test('a list of prices has none before, between and after its times', () => {
  const hours = (hour: number) => list.at(hour * HOUR);
  assert.deepEqual([0, 1, 1.99, 2, 3, 4.99, 5, 6].map(hours), [
    undefined,
    0.2,
    0.2,
    -0.1,
    undefined,
    undefined,
    0.4,
    undefined,
  ]);
  const inHours = list.between(0, 7 * HOUR).map(({ from, to, price }) => [from / HOUR, to / HOUR, price]);
  assert.deepEqual(inHours, [
    [0, 1, undefined],
    [1, 2, 0.2],
    [2, 3, -0.1],
    [3, 5, undefined],
    [5, 6, 0.4],
    [6, 7, undefined],
  ]);
  assert.deepEqual(list.between(3.5 * HOUR, 4 * HOUR), [
    { from: 3.5 * HOUR, to: 4 * HOUR, price: undefined },
  ]);
  assert.deepEqual(list.between(2 * HOUR, 2 * HOUR), []);
});

test('of prices that overlap, those that are given later win, and the others end where they begin', () => {
  const prices = inOrder([span(2, 6, 1), span(0, 4, 2), span(2, 3, 3), span(5, 5, 9)]);
  assert.deepEqual(prices, [span(0, 2, 2), span(2, 3, 3)]);
});

test('energy is split over the times of its prices by their length', () => {
  assert.deepEqual(priceEnergy(2 * KWH, 1 * HOUR, 3 * HOUR, list), {
    positive: 200_000n,
    negative: 100_000n,
    unpriced: 0,
  });
  assert.deepEqual(priceEnergy(4 * KWH, 2.5 * HOUR, 6.5 * HOUR, list), {
    positive: 400_000n,
    negative: 50_000n,
    unpriced: 2.5 * KWH,
  });
});

test('the shares of an energy are together the whole, whatever the times', () => {
  const always = listedPrices([span(0, 1, 1), span(1, 4, 1), span(4, 7, 1)]);
  for (const energy of [1, 2, 3, 100_003]) {
    const { positive, unpriced } = priceEnergy(energy, 0, 7.77 * HOUR, always);
    assert.equal(Number(positive) + unpriced, energy);
  }
});

test('energy of a moment has the price of that moment, and without one it has none', () => {
  assert.deepEqual(priceEnergy(KWH, HOUR, HOUR, list), { positive: 200_000n, negative: 0n, unpriced: 0 });
  assert.deepEqual(priceEnergy(KWH, HOUR, 0, list), { positive: 0n, negative: 0n, unpriced: KWH });
});

test('after more than 48 hours all energy has the mean price of the known times', () => {
  const prices = listedPrices([span(0, 30, 0.3), span(30, 40, -0.2)]);
  const upTo48 = priceEnergy(48 * KWH, 0, 48 * HOUR, prices);
  assert.deepEqual(upTo48, { positive: 9_000_000n, negative: 2_000_000n, unpriced: 8 * KWH });
  const longer = priceEnergy(50 * KWH, 0, 50 * HOUR, prices);
  // 30 hours at 0.3 and 10 at −0.2 are 0.175 in the mean.
  assert.deepEqual(longer, { positive: 7_000_000n, negative: 0n, unpriced: 10 * KWH });
  assert.deepEqual(priceEnergy(KWH, 60 * HOUR, 120 * HOUR, prices).unpriced, KWH);
});

test('of a time of years only the prices of the last month count', () => {
  let asked = 0;
  const fixed = fixedPrices({ price: 0.3, zones: [] }, undefined);
  const counted = {
    at: fixed.at,
    between: (from: number, to: number) => {
      asked = to - from;
      return fixed.between(from, to);
    },
  };
  const years = 20 * 365 * 24 * HOUR;
  assert.equal(priceEnergy(1000 * KWH, 0, years, counted).positive, 300_000_000n);
  assert.equal(asked, 31 * 24 * HOUR);
});

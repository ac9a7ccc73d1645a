import type { Prices } from './prices.ts';

const HOUR = 3_600_000;
/** Over a longer time a split by prices would be mere guessing. */
export const LONGEST_SPLIT = 48 * HOUR;
/** Of an even longer time, the prices of its end count. */
const LONGEST_MEAN = 31 * 24 * HOUR;

/** What an energy costs or brings. */
export interface Priced {
  /** At prices of 0 and more, in millionths of the currency. */
  readonly positive: bigint;
  /** The amount at negative prices, in millionths of the currency; not negative itself. */
  readonly negative: bigint;
  /** mWh of times without a price. */
  readonly unpriced: number;
}

/**
 * Prices an energy that flowed from one moment to another, split over the times of its prices in proportion to their
 * length. Where it flowed for more than 48 hours, the mean of the known prices is the price of all that is not unpriced.
 * @param milliWattHours a whole number, not negative
 */
export function priceEnergy(milliWattHours: number, from: number, to: number, prices: Prices): Priced {
  if (to <= from) return priced(milliWattHours, prices.at(to));
  const isLong = to - from > LONGEST_SPLIT;
  const start = Math.max(from, to - LONGEST_MEAN);
  const spans = prices.between(start, to);
  let [positive, negative, unpriced, given] = [0n, 0n, 0, 0];
  let [worth, known] = [0, 0];
  for (const { from: begin, to: end, price } of spans) {
    // Rounded sums, so that all shares together are the whole.
    const until = Math.round((milliWattHours * (end - start)) / (to - start));
    const share = priced(until - given, price);
    given = until;
    positive += share.positive;
    negative += share.negative;
    unpriced += share.unpriced;
    if (price === undefined) continue;
    worth += price * (end - begin);
    known += end - begin;
  }
  if (!isLong || known === 0) return { positive, negative, unpriced };
  return { ...priced(milliWattHours - unpriced, worth / known), unpriced };
}

/** mWh at a price for each kWh are millionths of the currency. */
function priced(milliWattHours: number, price: number | undefined): Priced {
  if (price === undefined) return { positive: 0n, negative: 0n, unpriced: milliWattHours };
  const amount = BigInt(Math.round(Math.abs(milliWattHours * price)));
  return price < 0
    ? { positive: 0n, negative: amount, unpriced: 0 }
    : { positive: amount, negative: 0n, unpriced: 0 };
}

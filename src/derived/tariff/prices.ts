import type { Zone } from '../../base/calendar.ts';
import { FIXED_STEP, fixedPriceAt, type PriceZone } from './zones.ts';

/** A time with one price; instants in milliseconds since the epoch. */
export interface PriceSpan {
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** Per kWh; undefined: unknown. */
  readonly price: number | undefined;
}

/** What a kWh costs, or brings, at any moment. */
export interface Prices {
  /** Per kWh; undefined: unknown. */
  at(instant: number): number | undefined;
  /** The times with one price each, in order, that a span consists of. */
  between(from: number, to: number): readonly PriceSpan[];
}

/** One price, or others in zones of the day, the week and the year at a place. */
export function fixedPrices(
  fixed: { readonly price: number; readonly zones: readonly PriceZone[] },
  place: Zone | undefined,
): Prices {
  const { price, zones } = fixed;
  if (zones.length === 0 || !place)
    return { at: () => price, between: (from, to) => (to > from ? [{ from, to, price }] : []) };
  const at = (instant: number) => fixedPriceAt(fixed, place, instant);
  return {
    at,
    between(from, to) {
      const spans: PriceSpan[] = [];
      for (let start = from; start < to; ) {
        const end = Math.min(to, (Math.floor(start / FIXED_STEP) + 1) * FIXED_STEP);
        const price = at(start);
        const last = spans.at(-1);
        if (last?.price === price) spans[spans.length - 1] = { ...last, to: end };
        else spans.push({ from: start, to: end, price });
        start = end;
      }
      return spans;
    },
  };
}

/** A price with its time, as a market states it. */
export interface MarketPrice extends PriceSpan {
  readonly price: number;
}

/** Prices by a list that is in order and in which no two times overlap. */
export function listedPrices(list: readonly MarketPrice[]): Prices {
  /** Number of those that end before or at an instant. */
  const endedBy = (instant: number) => {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle]!.to <= instant) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    at(instant) {
      const next = list[endedBy(instant)];
      return next && next.from <= instant ? next.price : undefined;
    },
    between(from, to) {
      const spans: PriceSpan[] = [];
      let at = from;
      for (let index = endedBy(from); at < to; index++) {
        const next = list[index];
        const gap = Math.min(to, next?.from ?? to);
        if (gap > at) spans.push({ from: at, to: gap, price: undefined });
        at = Math.max(at, gap);
        if (!next || at >= to) break;
        const end = Math.min(to, next.to);
        spans.push({ from: at, to: end, price: next.price });
        at = end;
      }
      return spans;
    },
  };
}

/** Puts prices in order. Of those that overlap, the ones that are given later win. */
export function inOrder(prices: readonly MarketPrice[]): readonly MarketPrice[] {
  const byStart = new Map<number, MarketPrice>();
  for (const price of prices) if (price.to > price.from) byStart.set(price.from, price);
  const sorted = [...byStart.values()].toSorted((a, b) => a.from - b.from);
  return sorted.map((price, index) => {
    const next = sorted[index + 1];
    return next && next.from < price.to ? { ...price, to: next.from } : price;
  });
}

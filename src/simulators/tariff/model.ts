import { ianaZone, localDay, wallTimeAt } from '../../base/calendar.ts';
import { DAY, dayStart, MINUTE } from '../calendar.ts';
import { noise } from '../noise.ts';

const HOUR = 60 * MINUTE;

/** A market as it can be asked. */
export interface SimulatedMarket {
  /** IANA zone in which its days begin. */
  readonly timezone: string;
  /** Length of a price, milliseconds. */
  readonly step: number;
  /** Local hour at which the prices of the next day appear. */
  readonly publishedAt: number;
}

export const MARKETS = {
  'energy-charts': { timezone: 'Europe/Berlin', step: 15 * MINUTE, publishedAt: 13 },
  awattar: { timezone: 'Europe/Berlin', step: HOUR, publishedAt: 14 },
  octopus: { timezone: 'Europe/London', step: HOUR / 2, publishedAt: 16 },
} as const satisfies Record<string, SimulatedMarket>;

/**
 * Price of a kWh at a moment, a pure function of time: dear in the morning and the evening, cheap at noon and below 0 on
 * sunny days, as that of central Europe is.
 */
export function marketPriceAt({ timezone, step }: SimulatedMarket, at: number): number {
  const start = Math.floor(at / step) * step;
  const hour = (wallTimeAt(ianaZone(timezone), start) % DAY) / HOUR;
  const peak = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2));
  const sun = noise(71, start, DAY);
  const price = 0.09 + 0.06 * peak(8, 2) + 0.1 * peak(19, 2.2) - 0.18 * sun * peak(13, 2.8);
  return Math.round((price + 0.02 * (noise(72, start, HOUR) - 0.5)) * 1e5) / 1e5;
}

/** The starts of the prices within a span that are published at a moment. */
export function publishedStarts(market: SimulatedMarket, from: number, to: number, now: number): number[] {
  const zone = ianaZone(market.timezone);
  const today = localDay(zone, now);
  const isPublished = wallTimeAt(zone, now) - today * DAY >= market.publishedAt * HOUR;
  const end = Math.min(to, dayStart(zone, today + (isPublished ? 2 : 1)));
  const starts: number[] = [];
  for (let at = Math.ceil(from / market.step) * market.step; at < end; at += market.step) starts.push(at);
  return starts;
}

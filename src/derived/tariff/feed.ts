import * as z from 'zod';
import { ianaZone, type Zone } from '../../base/calendar.ts';
import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import { inOrder, listedPrices, type MarketPrice, type Prices } from './prices.ts';
import { dayStart, nextAskAt } from './schedule.ts';
import type { Ask, Market, MarketChoice } from './sources/market.ts';

const DAY = 24 * 3_600_000;
/** Energy of an outage is priced when it is over, so that older prices are still needed; whole days of the market. */
const DAYS_BACK = 2;
const DAYS_AHEAD = 2;
/** Older prices are forgotten, in milliseconds. */
const KEPT = 32 * DAY;

const snapshot = () =>
  z.object({
    /** Whose prices they are: a restart may have brought another source. */
    of: z.string(),
    answeredAt: z.number().optional(),
    /** Start, end and price of each, in order. */
    prices: z.array(z.tuple([z.number(), z.number(), z.number()])).max(20_000),
  });

export interface FeedOptions {
  readonly market: Market;
  readonly choice: MarketChoice;
  /** Added to each price, per kWh. */
  readonly charges: number;
  /** Added to both, as a fraction. */
  readonly tax: number;
  readonly clock: Pick<Clock, 'now'>;
}

/** The prices of a market, asked for when new ones are to be expected, and kept. */
export class PriceFeed {
  readonly #options: FeedOptions;
  readonly #place: Zone;
  readonly #of: string;
  #list: readonly MarketPrice[] = [];
  #prices: Prices = listedPrices([]);
  #answeredAt: number | undefined;
  #failedAt: number | undefined;
  #failure: SourceError | undefined;
  #hasNews = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    const { market, choice } = options;
    this.#place = ianaZone(market.timezone);
    this.#of = [market.title, choice.zone, choice.product, choice.region].filter(Boolean).join(' ');
  }

  /** With charges and tax. */
  get prices(): Prices {
    return this.#prices;
  }

  /** Why the last attempt failed; undefined where it did not. */
  get failure(): SourceError | undefined {
    return this.#failure;
  }

  /** True after an answer, until the next snapshot. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Asks for prices if it is time to. @throws only what is no failure of the market: an abort, a defect */
  async refresh(ask: Ask): Promise<void> {
    const { clock, market, choice } = this.#options;
    const now = clock.now();
    if (!this.#isDue(now)) return;
    const from = dayStart(this.#place, now, -DAYS_BACK);
    try {
      const fresh = await market.read(ask, choice, from, dayStart(this.#place, now, DAYS_AHEAD));
      this.#take([...this.#list, ...fresh.filter(isPossible)], now);
      this.#answeredAt = now;
      this.#failure = this.#failedAt = undefined;
      this.#hasNews = true;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#failure = error;
      this.#failedAt = now;
    }
  }

  snapshot(): unknown {
    this.#hasNews = false;
    return {
      of: this.#of,
      answeredAt: this.#answeredAt,
      prices: this.#list.map(({ from, to, price }) => [from, to, price]),
    };
  }

  /** Takes what an earlier run knew of the same prices. @throws Error when it is something else than `snapshot` returned */
  restore(kept: unknown): void {
    const { of, answeredAt, prices } = snapshot().parse(kept);
    if (of !== this.#of) return;
    this.#answeredAt = answeredAt;
    const list = prices.map(([from, to, price]) => ({ from, to, price }));
    this.#take(list.filter(isPossible), this.#options.clock.now());
  }

  #isDue(now: number): boolean {
    const knownUntil = knownWithoutGap(this.#list, now);
    const asked = {
      answeredAt: this.#answeredAt,
      failedAt: this.#failedAt,
      retryAfter: this.#failure?.retryAfter,
      knownUntil,
    };
    // After a clock was set back, an attempt of the future says nothing.
    const last = this.#failedAt ?? this.#answeredAt ?? now;
    return now >= nextAskAt(asked, this.#place) || now < last;
  }

  #take(prices: readonly MarketPrice[], now: number): void {
    const { charges, tax } = this.#options;
    this.#list = inOrder(prices).filter(({ to }) => to > now - KEPT);
    this.#prices = listedPrices(
      this.#list.map((each) => ({ ...each, price: (each.price + charges) * (1 + tax) })),
    );
  }
}

/** Beyond it, per kWh, in any currency that a market has, an answer is wrong. */
const MOST_PER_KWH = 100;
const isPossible = ({ from, to, price }: MarketPrice) =>
  Number.isSafeInteger(from) && Number.isSafeInteger(to) && Math.abs(price) <= MOST_PER_KWH;

function knownWithoutGap(list: readonly MarketPrice[], now: number): number | undefined {
  let until: number | undefined;
  for (const { from, to } of list) {
    if (to <= now) continue;
    if (until === undefined ? from > now : from > until) break;
    until = to;
  }
  return until;
}

import type * as z from 'zod';
import type { MarketPrice } from '../prices.ts';

/** What a market is asked for. */
export interface MarketChoice {
  /** Bidding zone. */
  readonly zone: string | undefined;
  readonly product: string | undefined;
  readonly region: string | undefined;
}

/** Makes a call under the policy of the source. @throws SourceError */
export type Ask = <T>(
  endpoint: string,
  path: string,
  query: Readonly<Record<string, string>>,
  schema: z.ZodType<T>,
) => Promise<T>;

/** A service that publishes prices and needs no key. */
export interface Market {
  /** Its name for people. */
  readonly title: string;
  /** ISO 4217 code of its prices. */
  readonly currency: string;
  /** IANA zone in which its days begin and the prices of the next day appear in the afternoon. */
  readonly timezone: string;
  /** Its server. */
  readonly baseUrl: (choice: MarketChoice) => string;
  /** Settings that it needs. */
  readonly needs: readonly (keyof MarketChoice)[];
  /** The zones that it knows, where it has any. */
  readonly zones?: readonly string[];
  /**
   * Prices for each kWh in its currency from one moment to another, milliseconds since the epoch, as far as it has them,
   * in any order.
   * @throws SourceError
   */
  read(ask: Ask, choice: MarketChoice, from: number, to: number): Promise<readonly MarketPrice[]>;
}

/** kWh in a MWh. */
export const KWH_PER_MWH = 1000;
/** More prices than a few days can have. */
export const MOST_PRICES = 5000;

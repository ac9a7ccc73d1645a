import * as z from 'zod';
import { SourceError } from '../../../base/errors.ts';
import { KWH_PER_MWH, type Market, MOST_PRICES } from './market.ts';

const answer = () =>
  z.object({
    data: z
      .array(
        z.object({
          start_timestamp: z.number(),
          end_timestamp: z.number(),
          marketprice: z.number(),
          unit: z.string(),
        }),
      )
      .max(MOST_PRICES),
  });

const SERVERS: Readonly<Record<string, string>> = {
  DE: 'https://api.awattar.de',
  AT: 'https://api.awattar.at',
};

/** Day-ahead prices of Germany and Austria: https://www.awattar.de/services/api */
export const awattar: Market = {
  title: 'aWATTar',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  baseUrl: ({ zone = '' }) => SERVERS[zone] ?? '',
  needs: ['zone'],
  zones: Object.keys(SERVERS),
  async read(ask, _choice, from, to) {
    const { data } = await ask(
      'marketdata',
      'v1/marketdata',
      { start: String(from), end: String(to) },
      answer(),
    );
    const other = data.find(({ unit }) => !/^EUR\/MWh$/i.test(unit));
    if (other)
      throw new SourceError(
        'refused',
        `marketdata: the unit is ${JSON.stringify(other.unit.slice(0, 20))}, not EUR/MWh`,
      );
    return data.map(({ start_timestamp: start, end_timestamp: end, marketprice: price }) => ({
      from: start,
      to: end,
      price: price / KWH_PER_MWH,
    }));
  },
};

import * as z from 'zod';
import { dateOf, ianaZone, wallTimeAt } from '../../../base/calendar.ts';
import { SourceError } from '../../../base/errors.ts';
import type { MarketPrice } from '../prices.ts';
import { KWH_PER_MWH, type Market, MOST_PRICES } from './market.ts';

/** Seconds, of a list of one price. */
const USUAL_STEP = 900;

const answer = () =>
  z.object({
    unix_seconds: z.array(z.number()).max(MOST_PRICES),
    price: z.array(z.number().nullable()).max(MOST_PRICES),
    unit: z.string(),
  });

/** Those of the parameter `bzn` in https://api.energy-charts.info/openapi.json */
const ZONES: readonly string[] = [
  ...[
    'AT',
    'BE',
    'BG',
    'CH',
    'CZ',
    'DE-LU',
    'DE-AT-LU',
    'DK1',
    'DK2',
    'EE',
    'ES',
    'FI',
    'FR',
    'GR',
    'HR',
    'HU',
  ],
  ...['IT-Calabria', 'IT-Centre-North', 'IT-Centre-South', 'IT-North', 'IT-SACOAC', 'IT-SACODC'],
  ...[
    'IT-Sardinia',
    'IT-Sicily',
    'IT-South',
    'LT',
    'LV',
    'ME',
    'NL',
    'NO1',
    'NO2',
    'NO2NSL',
    'NO3',
    'NO4',
    'NO5',
  ],
  ...['PL', 'PT', 'RO', 'RS', 'SE1', 'SE2', 'SE3', 'SE4', 'SI', 'SK'],
];

/** Day-ahead prices of Europe, by Fraunhofer ISE: https://api.energy-charts.info */
export const energyCharts: Market = {
  title: 'energy-charts',
  currency: 'EUR',
  timezone: 'Europe/Berlin',
  baseUrl: () => 'https://api.energy-charts.info',
  needs: ['zone'],
  zones: ZONES,
  async read(ask, { zone = '' }, from, to) {
    const date = (instant: number) => dateOf(wallTimeAt(ianaZone(energyCharts.timezone), instant));
    const query = { bzn: zone, start: date(from), end: date(to - 1) };
    const { unix_seconds: starts, price: prices, unit } = await ask('price', 'price', query, answer());
    if (!/^EUR\s*\/\s*MWh$/i.test(unit))
      throw new SourceError(
        'refused',
        `price: the unit is ${JSON.stringify(unit.slice(0, 20))}, not EUR/MWh`,
      );
    if (starts.length !== prices.length)
      throw new SourceError('malformed', 'price: there are not as many prices as times');
    // All zones are stated in one step; a longer one between two prices is a gap.
    const steps = starts.slice(1).map((start, index) => start - starts[index]!);
    const step = Math.min(
      ...steps.filter((seconds) => seconds > 0),
      steps.length > 0 ? Infinity : USUAL_STEP,
    );
    return starts.flatMap((start, index): MarketPrice[] => {
      const price = prices[index];
      if (price === null || price === undefined || !Number.isFinite(step)) return [];
      return [{ from: start * 1000, to: (start + step) * 1000, price: price / KWH_PER_MWH }];
    });
  },
};

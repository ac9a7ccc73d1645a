import * as z from 'zod';
import type { MarketPrice } from '../prices.ts';
import { type Market, MOST_PRICES } from './market.ts';

const PENCE_PER_POUND = 100;
/** Half-hours of a month; the service allows no more in one page. */
const PAGE_SIZE = 1500;
const MOST_PAGES = 4;

const instant = () => z.iso.datetime({ offset: true }).transform(Date.parse);

const rate = () =>
  z.object({
    valid_from: instant().nullable(),
    valid_to: instant().nullable(),
    /** Pence for each kWh. */
    value_inc_vat: z.number(),
    payment_method: z.string().nullish(),
  });

type Rate = z.infer<ReturnType<typeof rate>>;

const answer = () => z.object({ next: z.string().nullish(), results: z.array(rate()).max(MOST_PRICES) });

/** Those that hold for whoever pays by direct debit; the last ones win. */
function ofDirectDebit(rates: readonly Rate[]): readonly Rate[] {
  const wanted = ['DIRECT_DEBIT', undefined];
  const chosen = rates.filter(({ payment_method: method }) => wanted.includes(method ?? undefined));
  const rank = ({ payment_method: method }: Rate) => Number(method === 'DIRECT_DEBIT');
  return (chosen.length > 0 ? chosen : rates).toSorted((a, b) => rank(a) - rank(b));
}

/** Unit rates of Octopus Energy in Great Britain, VAT included: https://docs.octopus.energy/rest/guides/endpoints */
export const octopus: Market = {
  title: 'Octopus Energy',
  currency: 'GBP',
  timezone: 'Europe/London',
  baseUrl: () => 'https://api.octopus.energy',
  needs: ['product', 'region'],
  async read(ask, { product = '', region = '' }, from, to) {
    const path = `v1/products/${product}/electricity-tariffs/E-1R-${product}-${region}/standard-unit-rates/`;
    const period = {
      period_from: new Date(from).toISOString(),
      period_to: new Date(to).toISOString(),
      page_size: String(PAGE_SIZE),
    };
    const rates: Rate[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { next, results } = await ask(
        'standard-unit-rates',
        path,
        { ...period, ...(page > 1 && { page: String(page) }) },
        answer(),
      );
      rates.push(...results);
      if (!next) break;
    }
    return ofDirectDebit(rates).map(
      ({ valid_from: begin, valid_to: end, value_inc_vat: pence }): MarketPrice => ({
        from: Math.max(from, begin ?? from),
        to: Math.min(to, end ?? to),
        price: pence / PENCE_PER_POUND,
      }),
    );
  },
};

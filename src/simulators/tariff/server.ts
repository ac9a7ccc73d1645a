import type { IncomingMessage, ServerResponse } from 'node:http';
import { ianaZone } from '../../base/calendar.ts';
import { dayStart, parseDate } from '../calendar.ts';
import { createFaults, type Faults, page, type TransportFault, transportFaults } from '../faults.ts';
import { boundedLog, listen, type Reply, type RunningServer, send } from '../server.ts';
import { MARKETS, marketPriceAt, publishedStarts, type SimulatedMarket } from './model.ts';

export interface PriceServerOptions {
  readonly host?: string;
  /** 0: a free one. */
  readonly port?: number;
  readonly now?: () => number;
}

/** A request that came, epoch ms. */
export interface PriceRequest {
  readonly at: number;
  readonly path: string;
  readonly query: string;
  readonly userAgent: string | undefined;
}

export interface PriceServer extends RunningServer {
  readonly requests: readonly PriceRequest[];
  readonly faults: Faults<TransportFault>;
  /** Prices that it does not have until the next call, as spans of epoch ms. */
  leaveOut(spans: readonly (readonly [from: number, to: number])[]): void;
}

const REQUESTS_KEPT = 10_000;
const PER_MWH = 1000;
const PENCE = 100;
/** What a customer who does not pay by direct debit pays more, as a factor. */
const DEARER = 1.05;
/** Of half-hours; the real service has up to 1500. */
const LONGEST_PAGE = 100;

const json = (value: unknown): Reply => ({
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

const round = (value: number) => Math.round(value * 1e4) / 1e4;

/** Starts a server that answers as energy-charts, aWATTar and Octopus Energy do. */
export async function startPriceServer(options: PriceServerOptions = {}): Promise<PriceServer> {
  const { host = '127.0.0.1', port = 0, now = Date.now } = options;
  const { faults, take } = createFaults(transportFaults);
  const requests = boundedLog<PriceRequest>(REQUESTS_KEPT);
  let missing: readonly (readonly [number, number])[] = [];

  function startsOf(market: SimulatedMarket, from: number, to: number): number[] {
    return publishedStarts(market, from, to, now()).filter((at) =>
      missing.every(([begin, end]) => at < begin || at >= end),
    );
  }

  function energyCharts(query: URLSearchParams): Reply {
    const market = MARKETS['energy-charts'];
    const zone = ianaZone(market.timezone);
    const [first, last] = [query.get('start'), query.get('end')].map((text) => parseDate(text ?? ''));
    if (!query.get('bzn') || first === undefined || last === undefined) return page(404, 'Not Found');
    const starts = startsOf(market, dayStart(zone, first), dayStart(zone, last + 1));
    return json({
      license_info: 'simulated',
      unix_seconds: starts.map((at) => at / 1000),
      price: starts.map((at) => round(marketPriceAt(market, at) * PER_MWH)),
      unit: 'EUR / MWh',
      deprecated: false,
    });
  }

  function awattar(query: URLSearchParams): Reply {
    const market = MARKETS.awattar;
    const starts = startsOf(market, Number(query.get('start')), Number(query.get('end')));
    return json({
      object: 'list',
      data: starts.map((at) => ({
        start_timestamp: at,
        end_timestamp: at + market.step,
        marketprice: round(marketPriceAt(market, at) * PER_MWH),
        unit: 'Eur/MWh',
      })),
      url: '/de/v1/marketdata',
    });
  }

  /** Newest first, each time once for each way to pay. */
  function octopus(query: URLSearchParams, path: string): Reply {
    const market = MARKETS.octopus;
    const [from, to] = ['period_from', 'period_to'].map((key) => Date.parse(query.get(key) ?? ''));
    const text = (at: number) => new Date(at).toISOString().replace('.000', '');
    const rates = startsOf(market, from ?? 0, to ?? 0)
      .toReversed()
      .flatMap((at) =>
        ['DIRECT_DEBIT', 'NON_DIRECT_DEBIT'].map((method) => {
          const pence = marketPriceAt(market, at) * PENCE * (method === 'DIRECT_DEBIT' ? 1 : DEARER);
          return {
            value_exc_vat: round(pence / 1.05),
            value_inc_vat: round(pence),
            valid_from: text(at),
            valid_to: text(at + market.step),
            payment_method: method,
          };
        }),
      );
    const number = Number(query.get('page') ?? 1);
    const size = Math.min(LONGEST_PAGE, Number(query.get('page_size') ?? LONGEST_PAGE));
    const isLast = number * size >= rates.length;
    return json({
      count: rates.length,
      next: isLast ? null : `http://octopus.invalid${path}?page=${number + 1}`,
      previous: null,
      results: rates.slice((number - 1) * size, number * size),
    });
  }

  function answer({ url = '/' }: IncomingMessage): Reply {
    const { pathname, searchParams } = new URL(url, 'http://prices');
    if (pathname === '/price') return energyCharts(searchParams);
    if (pathname === '/v1/marketdata') return awattar(searchParams);
    return /^\/v1\/products\/.+\/standard-unit-rates\/$/.test(pathname)
      ? octopus(searchParams, pathname)
      : page(404, 'Not Found');
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://prices');
    const userAgent = request.headers['user-agent'];
    requests.add({ at: now(), path: pathname, query: search.slice(1), userAgent });
    const fault = take(pathname);
    const reply = () => answer(request);
    const sent = fault ? fault({ request, response, answer: reply }) : reply();
    if (sent) send(response, sent);
  }

  const server = await listen(host, port, handle);
  return {
    ...server,
    requests: requests.entries,
    faults,
    leaveOut(spans) {
      missing = spans;
    },
  };
}

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import { inOrder } from '../../../src/derived/tariff/prices.ts';
import { askOf } from '../../../src/derived/tariff/sources/client.ts';
import { type MarketName, markets } from '../../../src/derived/tariff/sources/index.ts';
import type { Market, MarketChoice } from '../../../src/derived/tariff/sources/market.ts';
import { nodeFetch } from '../../../src/http/node-fetch.ts';
import { plainPolicy } from '../../helpers/context.ts';
import { always, scriptedServer } from '../../helpers/http.ts';

const NOW = Date.parse('2026-06-12T10:00:00Z');
const FROM = Date.parse('2026-06-09T22:00:00Z');
const TO = Date.parse('2026-06-13T22:00:00Z');
const HOUR = 3_600_000;

const CHOICES: Readonly<Record<MarketName, MarketChoice>> = {
  'energy-charts': { zone: 'DE-LU', product: undefined, region: undefined },
  awattar: { zone: 'AT', product: undefined, region: undefined },
  octopus: { zone: undefined, product: 'AGILE-24-10-01', region: 'C' },
};

/** Asks a server that answers with these bodies, the last of them again and again. */
async function read(
  t: TestContext,
  name: MarketName,
  bodies: readonly unknown[],
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
) {
  let answered = 0;
  const server = await scriptedServer(t, (request, response) => {
    const body = bodies[Math.min(answered++, bodies.length - 1)];
    always(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })(request, response);
  });
  const client = {
    baseUrl: `${server.url}prefix/`,
    fetch: nodeFetch,
    policy: plainPolicy,
    clock: { now: () => NOW },
  };
  const market: Market = markets[name];
  const prices = market.read(askOf(client, new AbortController().signal), CHOICES[name], FROM, TO);
  const urls = () => server.requests.map(({ url }) => url);
  return { prices, urls, requests: server.requests };
}

/** What is known of a failure. */
async function failureOf(...given: Parameters<typeof read>) {
  const { prices } = await read(...given);
  const error = await prices.then(
    () => assert.fail('no error'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SourceError, String(error));
  return {
    kind: error.kind,
    message: error.message.replace(/127\.0\.0\.1:\d+/, 'HOST'),
    retryAfter: error.retryAfter,
  };
}

const seconds = (text: string) => Date.parse(text) / 1000;
/** In the shape of api.energy-charts.info. */
const ENERGY_CHARTS = {
  license_info: 'CC BY 4.0 (creativecommons.org/licenses/by/4.0) from Bundesnetzagentur | SMARD.de',
  unix_seconds: ['22:00', '22:15', '22:30', '23:30', '23:45'].map((time) =>
    seconds(`2026-06-11T${time}:00Z`),
  ),
  price: [102.5, -10.02, null, 0, 88.1],
  unit: 'EUR / MWh',
  deprecated: false,
};
/** In the shape of api.awattar.at. */
const AWATTAR = {
  object: 'list',
  data: [
    { start_timestamp: 1561932000000, end_timestamp: 1561935600000, marketprice: 28.98, unit: 'Eur/MWh' },
    { start_timestamp: 1561935600000, end_timestamp: 1561939200000, marketprice: -1.5, unit: 'Eur/MWh' },
  ],
  url: '/at/v1/marketdata',
};
const rate = (from: string | null, to: string | null, pence: number, method: string | null = null) => ({
  value_exc_vat: pence / 1.05,
  value_inc_vat: pence,
  valid_from: from,
  valid_to: to,
  payment_method: method,
});
const octopusPage = (results: readonly unknown[], next: string | null = null) => ({
  count: results.length,
  next,
  previous: null,
  results,
});

test('energy-charts: prices in EUR/MWh by the quarter of an hour, without those that are null or missing', async (t) => {
  const { prices, urls, requests } = await read(t, 'energy-charts', [ENERGY_CHARTS]);
  const at = (time: string) => Date.parse(`2026-06-11T${time}:00Z`);
  assert.deepEqual(await prices, [
    { from: at('22:00'), to: at('22:15'), price: 0.1025 },
    { from: at('22:15'), to: at('22:30'), price: -0.01002 },
    { from: at('23:30'), to: at('23:45'), price: 0 },
    { from: at('23:45'), to: Date.parse('2026-06-12T00:00:00Z'), price: 0.0881 },
  ]);
  assert.deepEqual(urls(), ['/prefix/price?bzn=DE-LU&start=2026-06-10&end=2026-06-13']);
  assert.match(String(requests[0]?.headers['user-agent']), /^solar-otel-agent\/\d/);
});

test('energy-charts: hourly prices hold for an hour, a single one for a quarter, and none is no error', async (t) => {
  const list = (starts: readonly number[]) => ({
    ...ENERGY_CHARTS,
    unix_seconds: starts,
    price: starts.map(() => 50),
  });
  const hourly = await (await read(t, 'energy-charts', [list([0, 3600, 10_800])])).prices;
  assert.deepEqual(
    hourly.map(({ from, to }) => (to - from) / HOUR),
    [1, 1, 1],
  );
  const single = await (await read(t, 'energy-charts', [list([3600])])).prices;
  assert.deepEqual(single, [{ from: 3_600_000, to: 4_500_000, price: 0.05 }]);
  assert.deepEqual(await (await read(t, 'energy-charts', [list([])])).prices, []);
});

test('energy-charts: another unit, or lists of different lengths, are no prices', async (t) => {
  const unit = await failureOf(t, 'energy-charts', [{ ...ENERGY_CHARTS, unit: 'DKK / MWh' }]);
  assert.deepEqual([unit.kind, unit.message], ['refused', 'price: the unit is "DKK / MWh", not EUR/MWh']);
  const lengths = await failureOf(t, 'energy-charts', [{ ...ENERGY_CHARTS, price: [1] }]);
  assert.equal(lengths.kind, 'malformed');
});

test('aWATTar: prices in EUR/MWh with their times', async (t) => {
  const { prices, urls } = await read(t, 'awattar', [AWATTAR]);
  assert.deepEqual(await prices, [
    { from: 1561932000000, to: 1561935600000, price: 0.02898 },
    { from: 1561935600000, to: 1561939200000, price: -0.0015 },
  ]);
  assert.deepEqual(urls(), [`/prefix/v1/marketdata?start=${FROM}&end=${TO}`]);
  assert.equal(
    markets.awattar.baseUrl({ zone: 'AT', product: undefined, region: undefined }),
    'https://api.awattar.at',
  );
  const unit = await failureOf(t, 'awattar', [{ data: [{ ...AWATTAR.data[0], unit: 'ct/kWh' }] }]);
  assert.equal(unit.kind, 'refused');
});

test('Octopus: rates in pence with VAT, those by direct debit before others, open ends cut off', async (t) => {
  const { prices, urls } = await read(t, 'octopus', [
    octopusPage([
      rate('2026-06-12T10:30:00Z', '2026-06-12T11:00:00Z', 25.2, 'NON_DIRECT_DEBIT'),
      rate('2026-06-12T10:30:00Z', '2026-06-12T11:00:00Z', 24, 'DIRECT_DEBIT'),
      rate('2026-06-12T10:30:00Z', '2026-06-12T11:00:00Z', 25),
      rate('2026-06-12T11:00:00+01:00', '2026-06-12T10:30:00Z', -3.15),
      rate(null, '2026-06-10T00:00:00Z', 20),
      rate('2026-06-13T00:00:00Z', null, 22),
    ]),
  ]);
  assert.deepEqual(inOrder(await prices), [
    { from: FROM, to: Date.parse('2026-06-10T00:00:00Z'), price: 0.2 },
    { from: Date.parse('2026-06-12T10:00:00Z'), to: Date.parse('2026-06-12T10:30:00Z'), price: -0.0315 },
    { from: Date.parse('2026-06-12T10:30:00Z'), to: Date.parse('2026-06-12T11:00:00Z'), price: 0.24 },
    { from: Date.parse('2026-06-13T00:00:00Z'), to: TO, price: 0.22 },
  ]);
  assert.deepEqual(urls(), [
    '/prefix/v1/products/AGILE-24-10-01/electricity-tariffs/E-1R-AGILE-24-10-01-C/standard-unit-rates/' +
      '?period_from=2026-06-09T22%3A00%3A00.000Z&period_to=2026-06-13T22%3A00%3A00.000Z&page_size=1500',
  ]);
});

test('Octopus: where there are only rates without direct debit, these count', async (t) => {
  const only = rate('2026-06-12T10:00:00Z', '2026-06-12T10:30:00Z', 30, 'NON_DIRECT_DEBIT');
  assert.equal((await (await read(t, 'octopus', [octopusPage([only])])).prices)[0]?.price, 0.3);
});

test('Octopus: further pages are asked for at the same server, and no more than four', async (t) => {
  const next = 'http://elsewhere.invalid/?page=2';
  const first = rate('2026-06-12T10:00:00Z', '2026-06-12T10:30:00Z', 30);
  const second = rate('2026-06-12T10:30:00Z', '2026-06-12T11:00:00Z', 31);
  const two = await read(t, 'octopus', [octopusPage([first], next), octopusPage([second])]);
  assert.equal((await two.prices).length, 2);
  assert.match(two.urls()[1] ?? '', /^\/prefix\/v1\/products.*&page=2$/);
  const endless = await read(t, 'octopus', [octopusPage([first], next)]);
  await endless.prices;
  assert.equal(endless.urls().length, 4);
});

test('what goes wrong has its kind, for each market', async (t) => {
  for (const name of Object.keys(markets) as MarketName[]) {
    const status = (code: number, headers = {}) => failureOf(t, name, ['{}'], { status: code, headers });
    assert.deepEqual(
      await status(429, { 'retry-after': '1200' }).then(({ kind, retryAfter }) => [kind, retryAfter]),
      ['rate-limited', 1_200_000],
    );
    assert.equal((await status(429)).retryAfter, undefined);
    assert.equal(
      (await status(429, { 'retry-after': new Date(NOW + 60_000).toUTCString() })).retryAfter,
      60_000,
    );
    assert.equal((await status(429, { 'retry-after': '999999999' })).retryAfter, 24 * HOUR);
    assert.equal((await status(503)).kind, 'server');
    assert.equal((await status(403)).kind, 'refused');
    assert.match((await status(404)).message, /HOST answered HTTP 404: check zone, product and region/);
    assert.equal((await status(302, { location: '/' })).kind, 'malformed');
    for (const body of ['', '<html>', '{"data":', '[]', '{}', { data: 1, price: 'x', results: {} }])
      assert.equal((await failureOf(t, name, [body])).kind, 'malformed', JSON.stringify(body));
    assert.match((await failureOf(t, name, [' '.repeat(3_000_000)])).message, /larger than 2097152 bytes/);
  }
  const many = { ...AWATTAR, data: Array.from({ length: 5001 }, () => AWATTAR.data[0]) };
  assert.deepEqual(await failureOf(t, 'awattar', [many]).then(({ kind, message }) => [kind, message]), [
    'malformed',
    'marketdata: the answer is not as documented (data)',
  ]);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MARKETS, marketPriceAt } from '../../src/simulators/tariff/model.ts';
import { startPriceServer } from '../../src/simulators/tariff/server.ts';
import { startSimulator } from '../../src/simulators/tariff/simulator.ts';

const HOUR = 3_600_000;
/** Noon in Berlin. */
const NOON = Date.parse('2026-06-12T10:00:00Z');

async function start(t: TestContext) {
  const clock = { at: NOON };
  const server = await startPriceServer({ now: () => clock.at });
  t.after(() => server.close());
  const get = async (path: string) =>
    (await (await fetch(server.url + path)).json()) as Record<string, never>;
  return { clock, server, get };
}

interface EnergyCharts {
  readonly unix_seconds: readonly number[];
  readonly price: readonly number[];
  readonly unit: string;
}

const DAY_AND_NEXT = '/price?bzn=DE-LU&start=2026-06-12&end=2026-06-13';

test('the prices of the next day appear in the afternoon, 96 a day, 92 and 100 where the clocks change', async (t) => {
  const { clock, get } = await start(t);
  const count = async (path: string) => ((await get(path)) as unknown as EnergyCharts).price.length;
  assert.equal(await count(DAY_AND_NEXT), 96);
  clock.at += HOUR;
  assert.equal(await count(DAY_AND_NEXT), 192);
  assert.equal(await count('/price?bzn=DE-LU&start=2026-03-29&end=2026-03-29'), 92);
  assert.equal(await count('/price?bzn=DE-LU&start=2025-10-26&end=2025-10-26'), 100);
});

test('prices are those of the model, in the unit of each service', async (t) => {
  const { get } = await start(t);
  const { unix_seconds, price, unit } = (await get(DAY_AND_NEXT)) as unknown as EnergyCharts;
  assert.equal(unit, 'EUR / MWh');
  for (const [i, seconds] of unix_seconds.entries())
    assert.ok(Math.abs(price[i]! / 1000 - marketPriceAt(MARKETS['energy-charts'], seconds * 1000)) < 1e-6);
  const { data } = (await get(`/v1/marketdata?start=${NOON}&end=${NOON + 2 * HOUR}`)) as unknown as {
    data: { marketprice: number }[];
  };
  assert.deepEqual(
    data.map(({ marketprice }) => marketprice / 1000),
    [0, 1].map((hour) => marketPriceAt(MARKETS.awattar, NOON + hour * HOUR)),
  );
});

test('some prices of a month are below 0, at noon', () => {
  const { step } = MARKETS['energy-charts'];
  const below = Array.from({ length: (30 * 24 * HOUR) / step }, (_, i) => NOON + i * step).filter(
    (at) => marketPriceAt(MARKETS['energy-charts'], at) < 0,
  );
  assert.ok(below.length > 20);
  for (const at of below) assert.ok([8, 9, 10, 11, 12, 13, 14].includes(new Date(at).getUTCHours()));
});

test('Octopus answers the newest first, each time for both ways to pay, in pages', async (t) => {
  const { get } = await start(t);
  const path = '/v1/products/AGILE-24-10-01/electricity-tariffs/E-1R-AGILE-24-10-01-C/standard-unit-rates/';
  const period = `?period_from=2026-06-11T00:00:00Z&period_to=2026-06-12T10:00:00Z`;
  const page = async (more = '') =>
    (await get(path + period + more)) as unknown as {
      count: number;
      next: string | null;
      results: { valid_from: string; payment_method: string; value_inc_vat: number }[];
    };
  const first = await page();
  assert.deepEqual([first.count, first.results.length], [136, 100]);
  assert.match(first.next ?? '', /page=2$/);
  assert.deepEqual(
    first.results.slice(0, 3).map(({ valid_from, payment_method }) => [valid_from, payment_method]),
    [
      ['2026-06-12T09:30:00Z', 'DIRECT_DEBIT'],
      ['2026-06-12T09:30:00Z', 'NON_DIRECT_DEBIT'],
      ['2026-06-12T09:00:00Z', 'DIRECT_DEBIT'],
    ],
  );
  const second = await page('&page=2');
  assert.deepEqual([second.next, second.results.length], [null, 36]);
});

test('what is not asked for as documented is not found', async (t) => {
  const { server } = await start(t);
  for (const path of ['/', '/price', '/price?bzn=DE-LU&start=today&end=2026-06-12', '/v1/products/'])
    assert.equal((await fetch(server.url + path)).status, 404, path);
});

test('simulate says how to read it, and the demo also has charges, tax and a price of export', async (t) => {
  const options = { host: '127.0.0.1', port: 0, inverters: [] };
  const [plain, demo] = await Promise.all([
    startSimulator({ ...options, demo: false }),
    startSimulator({ ...options, demo: true }),
  ]);
  t.after(() => Promise.all([plain.close(), demo.close()]));
  const { TARIFF_IMPORT_BASE_URL: url } = plain.env;
  assert.deepEqual(plain.lines, [
    `Energy prices: TARIFF_IMPORT_SOURCE=energy-charts TARIFF_IMPORT_ZONE=DE-LU TARIFF_IMPORT_BASE_URL=${url}`,
  ]);
  assert.equal((await fetch(`${url}/price?bzn=DE-LU&start=2026-06-12&end=2026-06-12`)).status, 200);
  assert.deepEqual(
    Object.keys(demo.env).filter((name) => !(name in plain.env)),
    ['TARIFF_IMPORT_CHARGES', 'TARIFF_IMPORT_TAX', 'TARIFF_EXPORT_PRICE'],
  );
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ianaZone } from '../../../src/base/calendar.ts';
import { SourceError } from '../../../src/base/errors.ts';
import { PriceFeed } from '../../../src/derived/tariff/feed.ts';
import { nextAskAt } from '../../../src/derived/tariff/schedule.ts';
import { askOf } from '../../../src/derived/tariff/sources/client.ts';
import { type MarketName, markets } from '../../../src/derived/tariff/sources/index.ts';
import type { Market } from '../../../src/derived/tariff/sources/market.ts';
import { nodeFetch } from '../../../src/http/node-fetch.ts';
import { MARKETS, marketPriceAt } from '../../../src/simulators/tariff/model.ts';
import { startPriceServer } from '../../../src/simulators/tariff/server.ts';
import { plainPolicy } from '../../helpers/context.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Ten in the morning in Berlin. */
const START = Date.parse('2026-06-12T08:00:00Z');

/** A feed over a simulated market, which is asked each minute whether it is time. */
async function startFeed(
  t: TestContext,
  {
    name = 'energy-charts',
    charges = 0,
    tax = 0,
    start = START,
  }: { name?: MarketName; charges?: number; tax?: number; start?: number } = {},
) {
  const clock = { at: start, now: () => clock.at };
  const server = await startPriceServer({ now: clock.now });
  t.after(() => server.close());
  const market: Market = markets[name];
  const choice = { zone: 'DE-LU', product: 'AGILE-24-10-01', region: 'C' };
  const ask = askOf(
    { baseUrl: server.url, fetch: nodeFetch, policy: plainPolicy, clock },
    new AbortController().signal,
  );
  const create = () => new PriceFeed({ market, choice, charges, tax, clock });
  const feed = create();
  return {
    clock,
    server,
    feed,
    create,
    ask,
    async pass(hours: number, each = feed) {
      for (const end = clock.at + hours * HOUR; clock.at < end; clock.at += 5 * MINUTE)
        await each.refresh(ask);
    },
    /** Hours since the start at which it asked. */
    asked: () => [...new Set(server.requests.map(({ at }) => Math.round(((at - start) / HOUR) * 10) / 10))],
  };
}

test('it asks at the start, at about 14:00, each hour until the next day is there, and else each 6 hours', async (t) => {
  const { pass, asked } = await startFeed(t);
  await pass(48);
  // 14:00 in Berlin is 4 h after the start, when energy-charts has the next day already.
  assert.deepEqual(asked(), [0, 4, 10, 16, 22, 28, 34, 40, 46]);
  const octopus = await startFeed(t, { name: 'octopus' });
  await octopus.pass(24);
  // The same hour in London is 5 h after it; the prices appear at 16:00.
  assert.deepEqual(octopus.asked(), [0, 5, 6, 7, 13, 19]);
});

test('a plan: spread over some minutes by when it first asked, and an hour later on the day of a change', () => {
  const berlin = ianaZone('Europe/Berlin');
  const at = (text: string) => Date.parse(text);
  const next = (answeredAt: number, knownUntil?: number) =>
    new Date(nextAskAt({ answeredAt, knownUntil }, berlin)).toISOString();
  assert.equal(next(at('2026-06-12T09:03:20Z')), '2026-06-12T12:03:20.000Z');
  assert.equal(next(at('2026-10-25T09:03:20Z')), '2026-10-25T13:03:20.000Z');
  assert.equal(next(at('2026-06-12T13:00:00Z'), at('2026-06-13T22:00:00Z')), '2026-06-12T19:00:00.000Z');
  assert.equal(next(at('2026-06-12T13:00:00Z'), at('2026-06-12T22:00:00Z')), '2026-06-12T14:00:00.000Z');
  const failed = nextAskAt(
    { answeredAt: 0, failedAt: START, retryAfter: HOUR, knownUntil: undefined },
    berlin,
  );
  assert.equal(failed, START + HOUR);
});

for (const name of Object.keys(MARKETS) as MarketName[]) {
  test(`${name}: the price at any moment is that of the market, with charges and tax`, async (t) => {
    const { feed, ask } = await startFeed(t, { name, charges: 0.1, tax: 0.2 });
    await feed.refresh(ask);
    for (let at = START - DAY; at < START + DAY / 2; at += 7 * MINUTE) {
      const expected = (marketPriceAt(MARKETS[name], at) + 0.1) * 1.2;
      assert.ok(Math.abs((feed.prices.at(at) ?? Number.NaN) - expected) < 1e-6, new Date(at).toISOString());
    }
    assert.equal(feed.prices.at(START + 2 * DAY), undefined);
  });
}

test('the prices of an outage are asked for when it is over', async (t) => {
  const { feed, ask } = await startFeed(t);
  await feed.refresh(ask);
  assert.ok(feed.prices.between(START - 48 * HOUR, START).every(({ price }) => price !== undefined));
});

test('a gap in the answer is a gap, until a later answer fills it', async (t) => {
  const { feed, server, clock, pass } = await startFeed(t);
  const gap = [START + HOUR, START + 3 * HOUR] as const;
  server.leaveOut([gap]);
  await pass(0.1);
  assert.equal(feed.prices.at(START + 2 * HOUR), undefined);
  assert.notEqual(feed.prices.at(START + 3 * HOUR), undefined);
  server.leaveOut([]);
  clock.at = START + 7 * HOUR;
  await pass(0.1);
  assert.notEqual(feed.prices.at(START + 2 * HOUR), undefined);
});

test('a failure is kept, and repeated after a quarter of an hour; known prices stay', async (t) => {
  const { feed, server, pass, asked } = await startFeed(t);
  await pass(0.1);
  server.faults.next({ kind: 'http-500', times: 3 });
  await pass(4.2);
  assert.equal(feed.failure?.kind, 'server');
  assert.notEqual(feed.prices.at(START + 4 * HOUR), undefined);
  await pass(1);
  assert.equal(feed.failure, undefined);
  assert.deepEqual(asked(), [0, 4, 4.3, 4.5, 4.8]);
});

test('a market that asks to be left alone is, for as long as it says', async (t) => {
  const { feed, server, pass, asked } = await startFeed(t);
  server.faults.next({ kind: 'http-429', retryAfter: 2 * 3600 });
  await pass(3);
  assert.equal(feed.failure, undefined);
  assert.deepEqual(asked(), [0, 2]);
});

test('what was known is known after a restart, and is not asked for again', async (t) => {
  const { feed, create, server, pass, clock } = await startFeed(t, { tax: 0.19 });
  await pass(0.1);
  assert.equal(feed.hasNews, true);
  const kept: unknown = JSON.parse(JSON.stringify(feed.snapshot()));
  assert.equal(feed.hasNews, false);
  const next = create();
  next.restore(kept);
  await pass(1, next);
  assert.equal(next.prices.at(clock.at), feed.prices.at(clock.at));
  assert.equal(server.requests.length, 1);
  assert.throws(() => create().restore({ prices: 'x' }));
  assert.throws(() => create().restore({ prices: [[1, 2]] }));
});

test('an answer with prices that cannot be is no price at that time', async (t) => {
  const { clock, create } = await startFeed(t);
  const feed = create();
  const list = { unix_seconds: [START / 1000, START / 1000 + 900], price: [1e9, 50], unit: 'EUR/MWh' };
  await feed.refresh(async (_endpoint, _path, _query, schema) => schema.parse(list));
  assert.equal(feed.prices.at(clock.at), undefined);
  assert.equal(feed.prices.at(clock.at + 15 * MINUTE), 0.05);
});

test('a defect is not taken for a failure of the market', async (t) => {
  const { create } = await startFeed(t);
  await assert.rejects(
    create().refresh(() => Promise.reject(new TypeError('a defect'))),
    TypeError,
  );
  const feed = create();
  await feed.refresh(() => Promise.reject(new SourceError('timeout', 'late')));
  assert.equal(feed.failure?.message, 'late');
});

test('after a clock was set back it asks again', async (t) => {
  const { clock, pass, asked } = await startFeed(t);
  await pass(0.1);
  clock.at -= 3 * HOUR;
  await pass(0.1);
  assert.deepEqual(asked(), [0, -2.8]);
});

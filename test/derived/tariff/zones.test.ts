import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixedZone, ianaZone } from '../../../src/base/calendar.ts';
import { fixedPrices } from '../../../src/derived/tariff/prices.ts';
import {
  fixedPriceAt,
  type PriceZone,
  parseDays,
  parseHours,
  parseMonths,
} from '../../../src/derived/tariff/zones.ts';

const HOUR = 3_600_000;
const BERLIN = ianaZone('Europe/Berlin');

function zone(price: number, given: { days?: string; months?: string; hours?: string }): PriceZone {
  return {
    price,
    days: given.days === undefined ? undefined : parseDays(given.days),
    months: given.months === undefined ? undefined : parseMonths(given.months),
    hours: given.hours === undefined ? undefined : parseHours(given.hours),
  };
}

const at = (zones: readonly PriceZone[], instant: string, place = BERLIN) =>
  fixedPriceAt({ price: 0.3, zones }, place, Date.parse(instant));

test('days, months and hours are single ones, lists and ranges, which may go over the end', () => {
  assert.deepEqual([...parseDays('Sat,Sun')!], [6, 0]);
  assert.deepEqual([...parseDays(' mon-FRI ')!], [1, 2, 3, 4, 5]);
  assert.deepEqual([...parseDays('Fri-Mon')!], [5, 6, 0, 1]);
  assert.deepEqual([...parseMonths('Nov-Feb,Jul')!], [10, 11, 0, 1, 6]);
  assert.deepEqual(parseHours('2-5,22-24'), [
    [120, 300],
    [1320, 1440],
  ]);
  assert.deepEqual(parseHours('22:30-6'), [[1350, 360]]);
});

test('what is no day, month or hour is not understood', () => {
  for (const text of ['', 'Saturday', 'Mon-', 'Mon-Fri-Sun', 'Mon;Tue', 'Jan'])
    assert.equal(parseDays(text), undefined, text);
  for (const text of ['', 'Mon', '13', 'Nov-']) assert.equal(parseMonths(text), undefined, text);
  for (const text of ['', '22', '22-25', '24-6', '6-6', '6:10-8', '6-8:60', '-1-5', '6-8,'])
    assert.equal(parseHours(text), undefined, text);
});

test('the last zone that holds gives the price, and the common price holds at all other times', () => {
  const zones = [
    zone(0.24, { hours: '22-6' }),
    zone(0.27, { days: 'Sat,Sun' }),
    zone(0.5, { months: 'Dec' }),
  ];
  assert.equal(at(zones, '2026-06-12T12:00:00+02:00'), 0.3);
  assert.equal(at(zones, '2026-06-12T23:00:00+02:00'), 0.24);
  assert.equal(at(zones, '2026-06-13T23:00:00+02:00'), 0.27, 'a Saturday night');
  assert.equal(at(zones.toReversed(), '2026-06-13T23:00:00+02:00'), 0.24, 'the same the other way round');
  assert.equal(at(zones, '2026-12-13T23:00:00+01:00'), 0.5);
});

test('hours over midnight begin and end to the minute, the end not included', () => {
  const night = [zone(0.24, { hours: '22-6' })];
  assert.equal(at(night, '2026-06-12T21:59:59+02:00'), 0.3);
  assert.equal(at(night, '2026-06-12T22:00:00+02:00'), 0.24);
  assert.equal(at(night, '2026-06-13T00:00:00+02:00'), 0.24);
  assert.equal(at(night, '2026-06-13T05:59:59+02:00'), 0.24);
  assert.equal(at(night, '2026-06-13T06:00:00+02:00'), 0.3);
});

test('of a night with days, what is after midnight counts to the day that it is on', () => {
  const night = [zone(0.24, { days: 'Sat', hours: '22-6' })];
  assert.equal(at(night, '2026-06-13T23:00:00+02:00'), 0.24, 'Saturday evening');
  assert.equal(at(night, '2026-06-14T01:00:00+02:00'), 0.3, 'Sunday morning');
  assert.equal(at(night, '2026-06-13T01:00:00+02:00'), 0.24, 'Saturday morning');
});

test('a day of 23 hours has two hours less of a night that the change is in, a day of 25 one more', () => {
  const { between } = fixedPrices({ price: 0.3, zones: [zone(0.2, { hours: '1-4' })] }, BERLIN);
  const cheapHours = (date: string, offset: string, hours: number) => {
    const start = Date.parse(`${date}T00:00:00${offset}`);
    return between(start, start + hours * HOUR)
      .filter(({ price }) => price === 0.2)
      .map(({ from, to }) => (to - from) / HOUR);
  };
  assert.deepEqual(cheapHours('2026-03-28', '+01:00', 24), [3]);
  assert.deepEqual(cheapHours('2026-03-29', '+01:00', 23), [2]);
  assert.deepEqual(cheapHours('2026-10-25', '+02:00', 25), [4]);
});

test('prices of any time are those of its spans, which leave nothing out, in zones of any offset', () => {
  const zones = [zone(0.2, { hours: '22:15-6' }), zone(0.1, { days: 'Sun', hours: '11-14' })];
  const places = [BERLIN, fixedZone(345), ianaZone('Australia/Lord_Howe'), ianaZone('America/St_Johns')];
  const start = Date.parse('2026-03-27T00:00:00Z');
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.nat(30 * 24 * 3600),
      fc.integer({ min: 1, max: 5 * 24 * 3600 }),
      (place, offset, length) => {
        const prices = fixedPrices({ price: 0.3, zones }, place);
        const from = start + offset * 1000;
        const spans = prices.between(from, from + length * 1000);
        assert.equal(spans[0]?.from, from);
        assert.equal(spans.at(-1)?.to, from + length * 1000);
        for (const [i, span] of spans.entries()) {
          assert.ok(span.to > span.from);
          if (i > 0) assert.equal(span.from, spans[i - 1]?.to);
          assert.equal(prices.at(span.from), span.price);
          assert.equal(prices.at(span.to - 1), span.price);
        }
      },
    ),
    { numRuns: 60 },
  );
});

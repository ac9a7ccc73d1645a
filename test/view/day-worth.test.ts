import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone, ianaZone } from '../../src/base/calendar.ts';
import { DayWorths } from '../../src/view/day-worth.ts';

const utc = fixedZone(0);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.parse('2026-06-12T00:00:00Z');

test('today is what the total has grown by since the last one of yesterday', () => {
  const worths = new DayWorths();
  worths.record('1', utc, MIDNIGHT - HOUR, 'EUR', 100);
  worths.record('1', utc, MIDNIGHT + HOUR, 'EUR', 100.5);
  worths.record('1', utc, MIDNIGHT + 2 * HOUR, 'EUR', 103);
  assert.deepEqual(worths.get('1', utc, MIDNIGHT + 3 * HOUR), { today: 3 });
  assert.equal(worths.get('1', utc, MIDNIGHT + DAY), undefined, 'nothing is known of the next day yet');
  assert.equal(worths.get('2', utc, MIDNIGHT), undefined);
});

test('where the total at midnight is not known, it says since when it counts', () => {
  const worths = new DayWorths();
  worths.record('1', utc, MIDNIGHT + 9 * HOUR, 'EUR', 40);
  worths.record('1', utc, MIDNIGHT + 10 * HOUR, 'EUR', 41);
  assert.deepEqual(worths.get('1', utc, MIDNIGHT + 10 * HOUR), { today: 1, since: MIDNIGHT + 9 * HOUR });
  worths.record('1', utc, MIDNIGHT + DAY + HOUR, 'EUR', 42);
  assert.deepEqual(worths.get('1', utc, MIDNIGHT + DAY + HOUR), { today: 1 }, 'the day after is whole');
  worths.record('1', utc, MIDNIGHT + 3 * DAY, 'EUR', 50);
  assert.deepEqual(worths.get('1', utc, MIDNIGHT + 3 * DAY), { today: 0, since: MIDNIGHT + 3 * DAY });
});

test('another currency, or a total that begins anew, begins today anew', () => {
  const worths = new DayWorths();
  worths.record('1', utc, MIDNIGHT - HOUR, 'EUR', 100);
  worths.record('1', utc, MIDNIGHT + HOUR, 'SEK', 900);
  assert.deepEqual(worths.get('1', utc, MIDNIGHT + HOUR), { today: 0, since: MIDNIGHT + HOUR });
  worths.record('1', utc, MIDNIGHT + 2 * HOUR, 'SEK', 5);
  assert.deepEqual(worths.get('1', utc, MIDNIGHT + 2 * HOUR), { today: 0, since: MIDNIGHT + 2 * HOUR });
});

test('the day begins at midnight of the plant', () => {
  const berlin = ianaZone('Europe/Berlin');
  const worths = new DayWorths();
  worths.record('1', berlin, MIDNIGHT - 3 * HOUR, 'EUR', 1);
  worths.record('1', berlin, MIDNIGHT - 1.5 * HOUR, 'EUR', 3);
  assert.deepEqual(worths.get('1', berlin, MIDNIGHT - HOUR), { today: 2 });
});

test('what was kept goes on, and what is damaged is unknown', () => {
  const first = new DayWorths();
  first.record('1', utc, MIDNIGHT - HOUR, 'EUR', 100);
  first.record('1', utc, MIDNIGHT + HOUR, 'EUR', 102);
  const second = new DayWorths();
  for (const [plant, kept] of JSON.parse(JSON.stringify([...first.snapshot()]))) second.restore(plant, kept);
  second.restore('2', { day: 'x' });
  second.record('1', utc, MIDNIGHT + 2 * HOUR, 'EUR', 105);
  assert.deepEqual(second.get('1', utc, MIDNIGHT + 2 * HOUR), { today: 5 });
  assert.equal(second.get('2', utc, MIDNIGHT), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateOf, fixedZone, ianaZone, wallTimeAt } from '../../src/base/calendar.ts';
import { localDayAt } from '../../src/store/local-day.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test('the dates are those of the wall clock at every moment, also on days on which it is changed', () => {
  const zones = ['Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe', 'Asia/Beirut'].map(ianaZone);
  const starts = ['2026-03-27', '2026-04-03', '2026-09-04', '2026-10-03', '2026-10-23'].map(Date.parse);
  for (const zone of [...zones, fixedZone(-210)]) {
    for (const start of starts) {
      for (let now = start; now < start + 72 * HOUR; now += 7 * MINUTE) {
        const { date, dateAhead } = localDayAt(zone, now);
        const wall = wallTimeAt(zone, now);
        assert.deepEqual([date, dateAhead], [dateOf(wall), dateOf(wall + HOUR)], new Date(now).toISOString());
      }
    }
  }
});

test('a day is worked out once for a zone, and anew after a clock was set back', () => {
  const berlin = ianaZone('Europe/Berlin');
  const noon = Date.parse('2026-06-12T10:00Z');
  const day = localDayAt(berlin, noon);
  assert.equal(localDayAt(berlin, noon + 10 * HOUR), day);
  assert.equal(new Date(day.until).toISOString(), '2026-06-12T21:00:00.000Z');
  assert.equal(localDayAt(berlin, noon - 24 * HOUR).date, '2026-06-11');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone, wallTimeAt, type Zone } from '../../../src/base/calendar.ts';
import { parseGmtZone, parseWallTime } from '../../../src/sources/growatt/zone.ts';
import { summerShift } from '../../../src/store/reading-time.ts';

const minutesOf = (text: string) => parseGmtZone(text)?.offsetAt(0);

test("zones are read in all of the cloud's spellings", () => {
  assert.equal(minutesOf('GMT+8'), 480);
  assert.equal(minutesOf('GMT 1'), 60);
  assert.equal(minutesOf('GMT1'), 60);
  assert.equal(minutesOf('GMT+5:30'), 330);
  assert.equal(minutesOf('GMT-3.5'), -210);
  assert.equal(minutesOf('GMT -10'), -600);
  assert.equal(minutesOf('gmt+0'), 0);
  assert.equal(minutesOf('(GMT+02:00) Athens'), 120);
  assert.equal(parseGmtZone('GMT+1')?.fixed, true);
});

test('a zone that makes no sense is unknown', () => {
  for (const text of ['', 'GMT', 'GMT+15', 'GMT+99', 'Europe/Berlin', 'UTC+1', '1']) {
    assert.equal(parseGmtZone(text), undefined, text);
  }
});

test('an IANA zone knows summer time, whatever it was asked before', () => {
  const berlin = ianaZone('Europe/Berlin');
  assert.equal(berlin.fixed, false);
  assert.equal(berlin.offsetAt(Date.parse('2026-01-15T12:00:00Z')), 60);
  assert.equal(berlin.offsetAt(Date.parse('2026-07-15T12:00:00Z')), 120);
  assert.equal(berlin.offsetAt(Date.parse('2026-03-29T00:59:59Z')), 60);
  assert.equal(berlin.offsetAt(Date.parse('2026-03-29T01:00:00Z')), 120);
  assert.equal(berlin.offsetAt(Date.parse('2026-10-25T00:59:59Z')), 120);
  assert.equal(berlin.offsetAt(Date.parse('2026-10-25T01:00:00Z')), 60);
  assert.equal(ianaZone('Asia/Kathmandu').offsetAt(0), 330);
  assert.equal(ianaZone('America/St_Johns').offsetAt(Date.parse('2026-01-15T12:00:00Z')), -210);
  assert.equal(ianaZone('UTC').offsetAt(0), 0);
  assert.throws(() => ianaZone('Mars/Olympus'), RangeError);
});

test('wall times are read as if they were UTC', () => {
  const noon = Date.UTC(2026, 5, 12, 12, 5, 7);
  assert.equal(parseWallTime('2026-06-12 12:05:07'), noon);
  assert.equal(parseWallTime(' 2026-06-12T12:05:07 '), noon);
  assert.equal(parseWallTime('2026-06-12 12:05'), noon - 7000);
  assert.equal(parseWallTime('2024-02-29 00:00:00'), Date.UTC(2024, 1, 29));
});

test('impossible dates and clocks that were never set are unknown', () => {
  const wrong = [
    '2026-02-30 12:00:00',
    '2025-02-29 12:00:00',
    '2026-13-01 12:00:00',
    '2026-00-10 12:00:00',
    '2026-06-00 12:00:00',
    '2026-06-12 24:00:00',
    '2026-06-12 12:60:00',
    '1970-01-01 00:00:00',
    '2000-01-01 00:00:00',
    '2165-01-01 00:00:00',
    '12.06.2026 12:00:00',
    '',
    'null',
    null,
    undefined,
    1781265907000,
    {},
  ];
  for (const value of wrong) assert.equal(parseWallTime(value), undefined, JSON.stringify(value));
});

test('a zone without daylight saving gives summer away by fresh readings from an hour ahead', () => {
  const now = Date.parse('2026-06-12T10:00:00Z');
  const shifts = (zone: Zone | undefined, ...minutesAhead: number[]) => {
    assert.ok(zone);
    return minutesAhead.map((minutes) => summerShift(zone, wallTimeAt(zone, now) + minutes * 60_000, now));
  };
  const hour = 3_600_000;
  assert.deepEqual(shifts(parseGmtZone('GMT+1'), 46, 55, 60, 70), [hour, hour, hour, hour]);
  assert.deepEqual(shifts(parseGmtZone('GMT+1'), -10, 0, 10, 75, 120), [0, 0, 0, 0, 0]);
  const unknown = [undefined, undefined, undefined];
  assert.deepEqual(shifts(parseGmtZone('GMT+1'), -60, 20, 40), unknown, 'seen late, they tell nothing');
  assert.deepEqual(shifts(ianaZone('Europe/Berlin'), -60, 20, 60), [0, 0, 0], 'a real zone knows by itself');
});

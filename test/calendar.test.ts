import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dateOf, instantOf, summerShift, wallTimeAt } from '../src/calendar.ts';
import { ianaZone, parseGmtZone } from '../src/sources/growatt/zone.ts';
import type { Zone } from '../src/sources/source.ts';

const HOUR = 3_600_000;
const berlin = ianaZone('Europe/Berlin');
const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);
const text = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

test('the wall clock of Berlin in winter, in summer and around both changes', () => {
  const cases: [utc: string, wall: string][] = [
    ['2026-01-12 11:00', '2026-01-12 12:00'],
    ['2026-06-12 10:00', '2026-06-12 12:00'],
    ['2026-03-29 00:59', '2026-03-29 01:59'],
    ['2026-03-29 01:00', '2026-03-29 03:00'],
    ['2026-10-25 00:59', '2026-10-25 02:59'],
    ['2026-10-25 01:00', '2026-10-25 02:00'],
    ['2026-12-31 23:30', '2027-01-01 00:30'],
  ];
  for (const [utc, wall] of cases) assert.equal(text(wallTimeAt(berlin, at(utc))), wall);
});

test('a wall time names the instant at which the clock shows it, the later of two in a repeated hour', () => {
  const cases: [wall: string, utc: string][] = [
    ['2026-01-12 12:00', '2026-01-12 11:00'],
    ['2026-06-12 12:00', '2026-06-12 10:00'],
    ['2026-03-29 01:59', '2026-03-29 00:59'],
    ['2026-03-29 03:00', '2026-03-29 01:00'],
    ['2026-10-25 01:59', '2026-10-24 23:59'],
    ['2026-10-25 02:30', '2026-10-25 01:30'],
    ['2026-10-25 03:00', '2026-10-25 02:00'],
  ];
  for (const [wall, utc] of cases) assert.equal(text(instantOf(berlin, at(wall))), utc);
});

test('an hour that a change leaves out still names an instant near it', () => {
  const instant = instantOf(berlin, at('2026-03-29 02:30'));
  assert.ok(Math.abs(instant - at('2026-03-29 01:00')) <= HOUR);
});

test('every instant outside of a repeated hour is found again from its wall time', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'].map(ianaZone);
  const from = at('2024-01-01 00:00');
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.nat(3 * 365 * 24 * 4), (zone, quarters) => {
      const instant = from + (quarters * HOUR) / 4;
      const found = instantOf(zone, wallTimeAt(zone, instant));
      const repeated = wallTimeAt(zone, found) === wallTimeAt(zone, instant) && found > instant;
      assert.ok(found === instant || repeated, `${text(instant)} came back as ${text(found)}`);
    }),
  );
});

test('a date is that of the wall clock', () => {
  assert.equal(dateOf(wallTimeAt(berlin, at('2026-06-12 22:30'))), '2026-06-13');
});

test('a reading an hour ahead of a zone without daylight saving gives its clock away, and only that', () => {
  const gmt1 = parseGmtZone('GMT+1');
  assert.ok(gmt1);
  const now = at('2026-06-12 10:00');
  const shift = (minutesAhead: number, zone: Zone = gmt1) =>
    (summerShift(zone, wallTimeAt(zone, now) + minutesAhead * 60_000, now) ?? Number.NaN) / HOUR;
  assert.deepEqual(
    [-60, 0, 30, 45, 50, 60, 70, 75, 120].map((ahead) => shift(ahead)),
    [Number.NaN, 0, 0, 0, 1, 1, 1, 0, 0],
    'seen an hour late, it gives nothing away',
  );
  assert.equal(shift(60, berlin), 0);
});

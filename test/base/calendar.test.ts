import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import {
  addDays,
  datesBetween,
  ianaZone,
  instantOf,
  instantsOf,
  wallTimeAt,
} from '../../src/base/calendar.ts';
import { parseGmtZone } from '../../src/sources/growatt/zone.ts';

const at = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);
const text = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
const instants = (zone: string, wall: string) => instantsOf(ianaZone(zone), at(wall)).map(text);

test('a wall time of a repeated hour names two instants, east and west of Greenwich', () => {
  const cases: [zone: string, wall: string, utc: string[]][] = [
    ['Europe/Berlin', '2026-10-25 01:55', ['2026-10-24 23:55']],
    ['Europe/Berlin', '2026-10-25 02:00', ['2026-10-25 00:00', '2026-10-25 01:00']],
    ['Europe/Berlin', '2026-10-25 02:55', ['2026-10-25 00:55', '2026-10-25 01:55']],
    ['Europe/Berlin', '2026-10-25 03:00', ['2026-10-25 02:00']],
    ['America/New_York', '2026-11-01 01:30', ['2026-11-01 05:30', '2026-11-01 06:30']],
    ['Australia/Sydney', '2026-04-05 02:30', ['2026-04-04 15:30', '2026-04-04 16:30']],
    ['Australia/Lord_Howe', '2026-04-05 01:45', ['2026-04-04 14:45', '2026-04-04 15:15']],
    ['Asia/Kathmandu', '2026-06-12 12:00', ['2026-06-12 06:15']],
  ];
  for (const [zone, wall, utc] of cases) assert.deepEqual(instants(zone, wall), utc, `${zone} ${wall}`);
});

test('a wall time that a change leaves out names no instant', () => {
  assert.deepEqual(instants('Europe/Berlin', '2026-03-29 02:00'), []);
  assert.deepEqual(instants('Europe/Berlin', '2026-03-29 02:55'), []);
  assert.deepEqual(instants('Europe/Berlin', '2026-03-29 03:00'), ['2026-03-29 01:00']);
  assert.deepEqual(instants('America/New_York', '2026-03-08 02:30'), []);
});

test('where midnight itself is left out or repeated, the day still ends at one instant', () => {
  const cairo = ianaZone('Africa/Cairo');
  assert.deepEqual(instantsOf(cairo, at('2026-04-24 00:00')), []);
  assert.equal(text(instantOf(cairo, at('2026-04-24 00:00'))), '2026-04-23 22:00');
  const havana = ianaZone('America/Havana');
  assert.deepEqual(instantsOf(havana, at('2026-11-01 00:30')).map(text), [
    '2026-11-01 04:30',
    '2026-11-01 05:30',
  ]);
  assert.equal(text(instantOf(havana, at('2026-11-01 00:30'))), '2026-11-01 05:30');
});

test('a zone that knows no daylight saving has one instant for every wall time', () => {
  const gmt1 = parseGmtZone('GMT+1');
  assert.ok(gmt1);
  for (const wall of ['2026-03-29 02:30', '2026-10-25 02:30']) {
    assert.deepEqual(instantsOf(gmt1, at(wall)), [at(wall) - 3_600_000]);
  }
});

test('each instant of a year is among those of its own wall time', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'].map(ianaZone)) {
    for (let instant = at('2026-01-01 00:00'); instant < at('2027-01-01 00:00'); instant += 30 * 60_000) {
      assert.ok(instantsOf(zone, wallTimeAt(zone, instant)).includes(instant), text(instant));
    }
  }
});

test('dates are counted over months, leap days and the days on which the clocks change', () => {
  assert.equal(addDays('2024-02-28', 1), '2024-02-29');
  assert.equal(addDays('2026-03-01', -1), '2026-02-28');
  assert.equal(addDays('2026-10-24', 2), '2026-10-26');
  assert.deepEqual(datesBetween('2025-12-30', '2026-01-02'), [
    '2025-12-30',
    '2025-12-31',
    '2026-01-01',
    '2026-01-02',
  ]);
  assert.deepEqual(datesBetween('2026-01-02', '2026-01-02'), ['2026-01-02']);
  assert.deepEqual(datesBetween('2026-01-02', '2026-01-01'), []);
});

test("the zone of this machine is the one that the runtime's dates are in, without the data of Intl", () => {
  const program = `
    Intl.DateTimeFormat = undefined;
    const { machineZone } = await import(${JSON.stringify(new URL('../../src/base/calendar.ts', import.meta.url).href)});
    for (const time of ['2026-01-01T12:00Z', '2026-07-01T12:00Z'])
      console.log(machineZone.offsetAt(Date.parse(time)));
  `;
  const offsets = (zone: string) =>
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      env: { TZ: zone },
      encoding: 'utf8',
    });
  assert.equal(offsets('Europe/Berlin'), '60\n120\n');
  assert.equal(offsets('America/New_York'), '-300\n-240\n');
  assert.equal(offsets('UTC'), '0\n0\n');
});

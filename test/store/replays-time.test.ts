import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone } from '../../src/base/calendar.ts';
import { parseGmtZone } from '../../src/sources/growatt/zone.ts';
import { type Row, replay, utc } from './replay.ts';

const HOUR = 3_600_000;

test('a reading is shown as it is, and the newer one in its place', () => {
  const suspects = replay(
    [
      ['06-12 12:00', '-', {}],
      ['06-12 12:01', { power: 5, status: 1, total: 100 }, { power: 5, status: 1, total: 100 }],
      ['06-12 12:06', { power: 7, total: 100.1 }, { power: 7, total: 100.1 }],
      ['06-12 12:20', '-', { power: 7, total: 100.1 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, []);
});

test('values of a device that fails end after STALE_AFTER, its total does not', () => {
  const all = { power: 5, status: 1, today: 3, total: 100 };
  replay(
    [
      ['06-12 12:00', all, all],
      ['06-12 12:05', 'fails', all],
      ['06-12 13:00', 'fails', all],
      ['06-12 13:04', '-', all],
      ['06-12 13:05', '-', { today: 3, total: 100 }],
      ['06-12 13:06', { ...all, power: 6 }, { ...all, power: 6 }],
      ['06-12 13:10', 'fails', { ...all, power: 6 }],
    ],
    { zone: utc },
  );
});

test('energy of the day survives an outage until midnight, and is then unknown, not 0', () => {
  replay(
    [
      ['06-12 20:00', { today: 3, charged: 1, total: 100 }, { today: 3, charged: 1, total: 100 }],
      ['06-12 20:05', 'fails', { today: 3, charged: 1, total: 100 }],
      ['06-12 23:59', 'fails', { today: 3, charged: 1, total: 100 }],
      ['06-13 00:00', 'fails', { total: 100 }],
      ['06-13 09:00', 'fails', { total: 100 }],
    ],
    { zone: utc },
  );
});

test('with STALE_AFTER 0 the last values stay', () => {
  replay(
    [
      ['06-12 12:00', { power: 5, status: 1 }, { power: 5, status: 1 }],
      ['06-12 12:05', 'fails', { power: 5, status: 1 }],
      ['06-19 12:05', 'fails', { power: 5, status: 1 }],
    ],
    { zone: utc, staleAfter: 0 },
  );
});

test('a stick without a zone shows nothing of the day once it is stale', () => {
  replay(
    [
      ['06-12 12:00', { power: 5, today: 3, total: 9 }, { power: 5, today: 3, total: 9 }],
      ['06-12 12:05', 'fails', { power: 5, today: 3, total: 9 }],
      ['06-12 13:05', 'fails', { total: 9 }],
    ],
    { live: true },
  );
});

test('an evening: the cloud repeats the last words of an inverter that sleeps', () => {
  const last = { time: '06-12 21:30', power: 12, status: 1, today: 23.4, charged: 4, total: 500 };
  const { time: _, ...shown } = last;
  const asleep = { status: 0, today: 23.4, charged: 4, total: 500 };
  const suspects = replay(
    [
      ['06-12 21:32', last, shown],
      ['06-12 21:37', last, shown],
      ['06-12 22:01', last, shown],
      ['06-12 22:02', last, asleep],
      ['06-12 22:32', last, asleep],
      ['06-12 23:59', '-', asleep],
      ['06-13 00:00', '-', { status: 0, today: 0, total: 500 }],
      ['06-13 05:00', last, { status: 0, today: 0, total: 500 }],
      [
        '06-13 05:40',
        { power: 3, status: 2, today: 0, charged: 0, total: 500 },
        { power: 3, status: 2, today: 0, charged: 0, total: 500 },
      ],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, []);
});

test('an agent started at night does not take the last words of the evening for news', () => {
  const last = { time: '06-12 21:30', power: 12, status: 1, today: 23.4, total: 500, lost: true };
  const asleep = { status: 0, today: 23.4, total: 500 };
  replay(
    [
      ['06-12 23:00', last, asleep],
      ['06-12 23:05', last, asleep],
      ['06-12 23:35', last, asleep],
      ['06-13 00:01', last, { status: 0, today: 0, total: 500 }],
      [
        '06-13 05:30',
        { power: 2, status: 1, today: 0, total: 500 },
        { power: 2, status: 1, today: 0, total: 500 },
      ],
    ],
    { zone: utc },
  );
});

test('old readings that a datalogger sends after an outage are ignored, however many', () => {
  const replayed = Array.from({ length: 12 }, (_, i): Row => {
    const minute = String(i * 5).padStart(2, '0');
    const at = `06-12 12:0${1 + Math.floor(i / 3)}`;
    return [at, { time: `06-12 10:${minute}`, power: 900 + i, today: 2 }, { power: 50, today: 8 }];
  });
  const suspects = replay(
    [
      ['06-12 12:00', { power: 50, today: 8 }, { power: 50, today: 8 }],
      ...replayed,
      ['06-12 12:05', { power: 55, today: 8.1 }, { power: 55, today: 8.1 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, Array(12).fill('older_reading'));
});

test('a clock that was set back is believed once it has run on three times at the pace of real time', () => {
  const before = { power: 50, total: 80 };
  const suspects = replay(
    [
      ['06-12 12:00', { time: '06-12 14:00', ...before }, before],
      ['06-12 12:05', { time: '06-12 12:05', power: 51, total: 80 }, before],
      ['06-12 12:07', { time: '06-12 12:05', power: 51, total: 80 }, before],
      ['06-12 12:10', { time: '06-12 12:10', power: 52, total: 80.1 }, before],
      ['06-12 12:15', { time: '06-12 12:15', power: 53, total: 80.2 }, { power: 53, total: 80.2 }],
      ['06-12 12:20', { time: '06-12 12:20', power: 54, total: 80.3 }, { power: 54, total: 80.3 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, Array(3).fill('older_reading'));
});

test('a plant that says GMT+1 has its midnight with the clock of its inverter, in summer too', () => {
  const zone = parseGmtZone('GMT+1');
  assert.ok(zone);
  // The inverter's clock shows summer time, two hours ahead of UTC.
  replay(
    [
      ['06-12 20:01', { time: '06-12 22:00', power: 5, today: 9 }, { power: 5, today: 9 }],
      ['06-12 21:57', { time: '06-12 23:55', power: 4, today: 9 }, { power: 4, today: 9 }],
      ['06-12 21:59', '-', { power: 4, today: 9 }],
      ['06-12 22:00', '-', { power: 4, today: 0 }],
      ['06-12 22:06', { time: '06-13 00:05', power: 4, today: 0 }, { power: 4, today: 0 }],
      ['06-12 23:06', { time: '06-13 01:05', power: 4, today: 0.1 }, { power: 4, today: 0.1 }],
    ],
    { zone },
  );
  // In winter they agree.
  replay(
    [
      ['01-12 20:01', { time: '01-12 21:00', power: 5, today: 9 }, { power: 5, today: 9 }],
      ['01-12 22:59', '-', { power: 5, today: 9 }],
      ['01-12 23:00', '-', { power: 5, today: 0 }],
    ],
    { zone },
  );
});

test('when summer time begins, a battery that works all night loses nothing', () => {
  const suspects = replay(
    [
      ['03-29 00:50', { time: '03-29 01:50', power: 1, today: 0.5 }, { power: 1, today: 0.5 }],
      ['03-29 00:55', { time: '03-29 01:55', power: 2, today: 0.6 }, { power: 2, today: 0.6 }],
      ['03-29 01:00', { time: '03-29 03:00', power: 3, today: 0.7 }, { power: 3, today: 0.7 }],
      ['03-29 01:05', { time: '03-29 03:05', power: 4, today: 0.8 }, { power: 4, today: 0.8 }],
      ['03-29 21:59', '-', { power: 4, today: 0.8 }],
      ['03-29 22:00', '-', { power: 4, today: 0 }],
    ],
    { zone: ianaZone('Europe/Berlin') },
  );
  assert.deepEqual(suspects, []);
});

test('when summer time ends, the repeated hour shows no false value and holds up for two readings only', () => {
  const before = { power: 2, today: 0.6, total: 90.6 };
  const suspects = replay(
    [
      ['10-25 00:55', { time: '10-25 02:55', ...before }, before],
      ['10-25 01:00', { time: '10-25 02:00', power: 3, today: 0.7, total: 90.7 }, before],
      ['10-25 01:05', { time: '10-25 02:05', power: 4, today: 0.8, total: 90.8 }, before],
      [
        '10-25 01:10',
        { time: '10-25 02:10', power: 5, today: 0.9, total: 90.9 },
        { power: 5, today: 0.9, total: 90.9 },
      ],
      ['10-25 22:59', '-', { power: 5, today: 0.9, total: 90.9 }],
      ['10-25 23:00', '-', { power: 5, today: 0, total: 90.9 }],
    ],
    { zone: ianaZone('Europe/Berlin') },
  );
  assert.deepEqual(suspects, ['older_reading', 'older_reading']);
});

test('months and years end by the local calendar', () => {
  const zone = ianaZone('Europe/Berlin');
  const said = { month: 300, year: 2000 };
  replay(
    [
      ['06-30 21:30', said, said],
      ['06-30 21:59', '-', said],
      ['06-30 22:00', '-', { year: 2000 }],
      ['06-30 22:30', { month: 0, year: 2000 }, { month: 0, year: 2000 }],
      ['12-31 22:59', 'fails', { year: 2000 }],
      ['12-31 23:00', '-', {}],
    ],
    { zone, live: true, staleAfter: 365 * 24 * HOUR },
  );
});

test('a reading that holds for a limited time ends with it', () => {
  replay(
    [
      ['06-12 12:00', { power: 5, total: 9, holdsFor: HOUR }, { power: 5, total: 9 }],
      ['06-12 13:00', '-', { power: 5, total: 9 }],
      ['06-12 13:01', '-', { total: 9 }],
      ['06-12 13:02', { power: 6, total: 9, holdsFor: HOUR }, { power: 6, total: 9 }],
    ],
    { zone: utc, live: true },
  );
});

test("setting the agent's clock ahead or back makes no false value", () => {
  replay(
    [
      ['06-12 12:00', { power: 5, today: 3, total: 100 }, { power: 5, today: 3, total: 100 }],
      ['06-12 12:05', 'fails', { power: 5, today: 3, total: 100 }],
      ['06-11 12:05', '-', { power: 5, today: 3, total: 100 }],
      ['06-12 12:06', { power: 6, today: 3, total: 100 }, { power: 6, today: 3, total: 100 }],
      ['06-14 12:06', '-', { power: 6, today: 0, total: 100 }],
      ['06-12 12:07', '-', { power: 6, today: 3, total: 100 }],
    ],
    { zone: utc },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Row, replay, utc } from './replay.ts';

test('at midnight the energy of the day is 0, other values of the day are unknown until the device says so', () => {
  replay(
    [
      ['06-12 23:58', { today: 9, charged: 2, power: 1 }, { today: 9, charged: 2, power: 1 }],
      ['06-12 23:59', '-', { today: 9, charged: 2, power: 1 }],
      ['06-13 00:00', '-', { today: 0, power: 1 }],
      ['06-13 00:03', { today: 0, charged: 0, power: 1 }, { today: 0, charged: 0, power: 1 }],
    ],
    { zone: utc },
  );
});

test("yesterday's energy, repeated after midnight or coming back after a 0, is not today's", () => {
  const suspects = replay(
    [
      ['06-12 23:58', { today: 9.5, charged: 2 }, { today: 9.5, charged: 2 }],
      ['06-13 00:03', { today: 9.5, charged: 2 }, { today: 0 }],
      ['06-13 00:08', { today: 0, charged: 0 }, { today: 0, charged: 0 }],
      ['06-13 00:13', { today: 9.5, charged: 2 }, { today: 0 }],
      ['06-13 00:18', { today: 0, charged: 0 }, { today: 0, charged: 0 }],
      ['06-13 06:00', { today: 0.1, charged: 0 }, { today: 0.1, charged: 0 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, Array(4).fill('yesterdays_energy'));
});

test('energy of the day that falls within the day is held back, until three readings agree', () => {
  const suspects = replay(
    [
      ['06-12 12:00', { today: 9 }, { today: 9 }],
      ['06-12 12:05', { today: 0 }, { today: 9 }],
      ['06-12 12:10', { today: 9.1 }, { today: 9.1 }],
      ['06-12 12:15', { today: 2 }, { today: 9.1 }],
      ['06-12 12:20', { today: 2.1 }, { today: 9.1 }],
      ['06-12 12:25', { today: 2.2 }, { today: 2.2 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, Array(3).fill('day_energy_fell'));
});

test('a total that falls to 0 and returns never shows', () => {
  const suspects = replay(
    [
      ['06-12 05:00', { total: 5000.1, producing: true }, { total: 5000.1 }],
      ['06-12 05:05', { total: 0, producing: false }, { total: 5000.1 }],
      ['06-12 05:10', { total: 0, producing: false }, { total: 5000.1 }],
      ['06-12 05:15', { total: 0, producing: false }, { total: 5000.1 }],
      ['06-12 05:20', { total: 0, producing: false }, { total: 5000.1 }],
      ['06-12 05:25', { total: 0, producing: true }, { total: 5000.1 }],
      ['06-12 05:30', { total: 4999.9, producing: true }, { total: 5000.1 }],
      ['06-12 05:35', { total: 5000.1, producing: true }, { total: 5000.1 }],
      ['06-12 05:40', { total: 5000.2, producing: true }, { total: 5000.2 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, Array(6).fill('total_fell'));
});

test('an exchanged inverter starts anew after three readings in a row that agree', () => {
  const suspects = replay(
    [
      ['06-12 11:00', { total: 5000.1, producing: true }, { total: 5000.1 }],
      ['06-12 11:05', { total: 0.1, producing: true }, { total: 5000.1 }],
      ['06-12 11:07', { time: '06-12 11:05', total: 0.1, producing: true }, { total: 5000.1 }],
      ['06-12 11:10', { total: 0.2, producing: true }, { total: 5000.1 }],
      ['06-12 11:15', { total: 0.3, producing: true }, { total: 0.3 }],
      ['06-12 11:20', { total: 0.4, producing: true }, { total: 0.4 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, ['total_fell', 'total_fell']);
});

test('lower totals that do not agree with each other are never believed', () => {
  const wild = [3000, 17, 4000, 12, 9];
  const rows = wild.map((total, i): Row => [`06-12 11:1${i}`, { total, producing: true }, { total: 5000 }]);
  replay([['06-12 11:00', { total: 5000, producing: true }, { total: 5000 }], ...rows], { zone: utc });
});

test('a first total of 0 is held back, or the true one would look like years of energy', () => {
  const suspects = replay(
    [
      ['06-12 05:00', { power: 1, total: 0, producing: false }, { power: 1 }],
      ['06-12 05:05', { power: 1, total: 0, producing: true }, { power: 1 }],
      ['06-12 05:10', { power: 1, total: 8000, producing: true }, { power: 1, total: 8000 }],
    ],
    { zone: utc },
  );
  assert.deepEqual(suspects, ['total_zero', 'total_zero']);
});

test('a new inverter that has made nothing yet may say so', () => {
  replay(
    [
      ['06-12 05:00', { total: 0, producing: true }, {}],
      ['06-12 05:05', { total: 0, producing: true }, {}],
      ['06-12 05:10', { total: 0, producing: true }, { total: 0 }],
      ['06-12 05:15', { total: 0.1, producing: true }, { total: 0.1 }],
    ],
    { zone: utc },
  );
});

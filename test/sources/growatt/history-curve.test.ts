import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import { curveStatistics, parseCurve } from '../../../src/sources/growatt/history/curve.ts';
import { parseEnergies } from '../../../src/sources/growatt/history/energies.ts';

const DATE = '2026-06-11';

const clockTime = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

interface Row {
  readonly time: string;
  readonly power: unknown;
}

/** Rows from one minute of the day to before another, as the cloud words them. */
function rows(from: number, to: number, power: (minute: number) => unknown, step = 5, date = DATE): Row[] {
  const result: Row[] = [];
  for (let minute = from; minute < to; minute += step) {
    result.push({ time: `${date} ${clockTime(minute)}`, power: power(minute) });
  }
  return result;
}

const answer = (powers: unknown) => ({ error_code: 0, data: { count: 0, powers } });
const read = (powers: readonly unknown[], date = DATE) => curveStatistics(parseCurve(answer(powers), date));

test('a curve is read in the order of time, whether the cloud sends the newest or the oldest first', () => {
  const oldestFirst = rows(600, 660, (minute) => minute);
  const slots = parseCurve(answer(oldestFirst), DATE);
  assert.deepEqual(slots[0], { wall: Date.parse('2026-06-11T10:00Z'), watts: 600 });
  assert.equal(slots.length, 12);
  assert.deepEqual(parseCurve(answer(oldestFirst.toReversed()), DATE), slots);
});

test('an answer in no order gives the same curve, and rows that are repeated count once', () => {
  const powers = rows(360, 1200, (minute) => 3000 * Math.sin(((minute - 360) / 840) * Math.PI));
  const expected = read(powers);
  assert.ok(expected && expected.energy > 25 && expected.energy < 28);
  const shuffled = powers.toSorted((a, b) => a.time.slice(-1).localeCompare(b.time.slice(-1)));
  assert.notDeepEqual(shuffled, powers);
  for (const order of [shuffled, shuffled.toReversed(), [...shuffled, ...shuffled.slice(0, 20)]]) {
    assert.deepEqual(read(order), expected);
  }
});

test('text is read as a number; nulls, markers, negative and broken values are no values', () => {
  const powers = [
    '12.5',
    0,
    null,
    '',
    'null',
    'N/A',
    -1,
    -0.1,
    -500,
    '-3',
    'much',
    {},
    undefined,
    Number.NaN,
  ];
  const slots = parseCurve(
    answer(powers.map((power, i) => ({ time: `${DATE} ${clockTime(i * 5)}`, power }))),
    DATE,
  );
  assert.deepEqual(
    slots.map(({ watts }) => watts),
    [12.5, 0, ...Array(12).fill(undefined)],
  );
});

test('rows of another day and rows without a time are left out', () => {
  const powers = [
    { time: '2026-06-10 23:55', power: 1 },
    { time: '2026-06-12 00:00', power: 1 },
    { time: '2026-06-11 25:00', power: 1 },
    { time: '2026-06-11', power: 1 },
    { power: 1 },
    null,
    'row',
    { time: '2026-06-11 12:00:30', power: 7 },
  ];
  assert.deepEqual(
    parseCurve(answer(powers), DATE).map(({ watts }) => watts),
    [7],
  );
});

test('an answer without a list is malformed, an empty one is an empty day', () => {
  assert.throws(
    () => parseCurve({ data: '' }, DATE),
    (error) => error instanceof SourceError && error.kind === 'malformed',
  );
  assert.throws(() => parseCurve(answer('none'), DATE), SourceError);
  assert.deepEqual(parseCurve(answer([]), DATE), []);
  assert.deepEqual(parseCurve(answer(null), DATE), []);
});

test('peak, energy and hourly means of a plain day', () => {
  const day = read(rows(600, 720, (minute) => (minute < 660 ? 1200 : minute < 690 ? 600 : 0)).toReversed());
  assert.equal(day?.peak, 1200);
  assert.equal(day?.energy, 1.5);
  assert.deepEqual(
    [...(day?.hourly ?? [])],
    [
      [10, 1200],
      [11, 300],
    ],
  );
});

test('nulls and gaps are left out of the means and make no energy', () => {
  const powers = rows(600, 660, (minute) => (minute < 630 ? 1000 : null));
  assert.deepEqual(read([...powers, ...rows(660, 720, () => 400)]), {
    peak: 1000,
    energy: 0.9,
    hourly: new Map([
      [10, 1000],
      [11, 400],
    ]),
  });
  const gap = [...rows(600, 630, () => 1000), ...rows(660, 720, () => 400)];
  assert.deepEqual(
    read(gap)?.hourly,
    new Map([
      [10, 1000],
      [11, 400],
    ]),
  );
  assert.equal(read(gap)?.energy, 0.9);
});

test('slots weigh by the time they stand for', () => {
  const powers = [...rows(600, 630, () => 600), ...rows(630, 660, () => 1200, 3), ...rows(660, 720, () => 0)];
  assert.equal(read(powers)?.hourly.get(10), 900);
  assert.equal(read(powers)?.energy, 0.9);
});

test('coarser slots are read as they are', () => {
  for (const step of [10, 15, 30, 60]) {
    const day = read(rows(360, 1080, (minute) => (minute < 720 ? 1000 : 500), step).toReversed());
    assert.equal(day?.energy, 9, `${step} minutes`);
    assert.equal(day?.hourly.get(11), 1000);
    assert.equal(day?.hourly.get(12), 500);
    assert.equal(day?.hourly.size, 12);
  }
});

test('a night of zeros or of nulls makes no difference to energy and peak', () => {
  const sun = (minute: number) => (minute >= 480 && minute < 960 ? 2000 : undefined);
  const zeros = read(rows(0, 1440, (minute) => sun(minute) ?? 0));
  const nulls = read(rows(0, 1440, (minute) => sun(minute) ?? null));
  assert.equal(zeros?.energy, 16);
  assert.equal(nulls?.energy, 16);
  assert.equal(zeros?.hourly.size, 24);
  assert.equal(nulls?.hourly.size, 8);
});

test('too few values, or more gaps than values, are no statistics', () => {
  assert.equal(read([]), undefined);
  assert.equal(read(rows(0, 1440, () => null)), undefined);
  assert.equal(read(rows(600, 625, () => 1000)), undefined, 'five values');
  assert.notEqual(read(rows(600, 630, () => 1000)), undefined, 'six values');
  const holes = (share: number) => rows(0, 1440, (minute) => ((minute / 5) % 10 < share ? 1000 : null));
  assert.equal(read(holes(4)), undefined);
  assert.notEqual(read(holes(6)), undefined);
});

test('the hour that is repeated in autumn counts twice, and its mean is over both', () => {
  const date = '2026-10-25';
  const powers = [
    ...rows(0, 120, () => 0, 5, date),
    ...rows(120, 180, () => 600, 5, date),
    ...rows(120, 180, () => 1200, 5, date),
    ...rows(180, 1440, () => 0, 5, date),
  ];
  assert.equal(powers.length, 300);
  const expected = { energy: 1.8, peak: 1200, second: 900, hours: 24 };
  const bySize = (a: Row, b: Row) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0);
  for (const order of [powers, powers.toReversed(), powers.toSorted(bySize)]) {
    const day = read(order, date);
    const seen = {
      energy: day?.energy,
      peak: day?.peak,
      second: day?.hourly.get(2),
      hours: day?.hourly.size,
    };
    assert.deepEqual(seen, expected);
  }
});

test('the hour that is skipped in spring makes no energy and has no mean', () => {
  const date = '2026-03-29';
  const powers = [...rows(0, 120, () => 600, 5, date), ...rows(180, 1440, () => 600, 5, date)];
  const day = read(powers.toReversed(), date);
  assert.equal(day?.energy, 13.8);
  assert.equal(day?.hourly.has(2), false);
  assert.equal(day?.hourly.size, 23);
  assert.ok([...(day?.hourly.values() ?? [])].every((watts) => watts === 600));
});

test('energies are read from numbers and text; days without a value are not there', () => {
  const energys = [
    { date: '2026-06-08', energy: '31.4' },
    { date: '2026-06-09', energy: 0 },
    { date: '2026-06-10', energy: '' },
    { date: '2026-06-11', energy: null },
    { date: '2026-06-12', energy: -1 },
    { date: '2026-06', energy: 5 },
    { energy: 5 },
    null,
  ];
  assert.deepEqual(
    parseEnergies({ data: { energys } }),
    new Map([
      ['2026-06-08', 31.4],
      ['2026-06-09', 0],
    ]),
  );
  assert.deepEqual(parseEnergies({ data: { energys: [] } }), new Map());
  assert.throws(() => parseEnergies({ data: '' }), SourceError);
});

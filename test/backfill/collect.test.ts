import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { callsOf, collect, plan } from '../../src/backfill/collect.ts';
import { Journal } from '../../src/backfill/journal.ts';
import { addDays } from '../../src/base/calendar.ts';
import { SourceError } from '../../src/base/errors.ts';
import { emptyFolder, emptyJournal, exposition, fakeReader, plantWith, SCOPE, sourceOf } from './support.ts';

const ALL = { from: undefined, to: undefined };
const nothing = () => {};

test('without --from and --to all days from the first of the plant to yesterday are wanted', async (t) => {
  const [assignment] = await plan([sourceOf(fakeReader([plantWith()]))], emptyJournal(t), ALL);
  assert.equal(assignment?.wanted[0], '2026-06-01');
  assert.equal(assignment?.wanted.at(-1), '2026-06-11');
  assert.deepEqual(assignment?.spans, [
    ['2026-06-01', '2026-06-07'],
    ['2026-06-08', '2026-06-11'],
  ]);
  assert.equal(callsOf([assignment!]), 13);
});

test('days in the future and today are cut off, and so are those before the plant began', async (t) => {
  const reader = fakeReader([plantWith()]);
  for (const to of ['2026-06-12', '2026-06-13', '2036-01-01']) {
    const [assignment] = await plan([sourceOf(reader)], emptyJournal(t), { from: '2020-01-01', to });
    assert.equal(assignment?.wanted[0], '2026-06-01');
    assert.equal(assignment?.wanted.at(-1), '2026-06-11');
  }
});

test('a plant that is younger than --to, and a --from in the future, need no calls', async (t) => {
  const reader = fakeReader([plantWith()]);
  for (const range of [
    { from: '2026-05-01', to: '2026-05-31' },
    { from: '2026-06-12', to: undefined },
    { from: '2030-01-01', to: undefined },
  ]) {
    const [assignment] = await plan([sourceOf(reader)], emptyJournal(t), range);
    assert.deepEqual(assignment?.wanted, []);
    assert.equal(callsOf([assignment!]), 0);
  }
});

test('a plant whose first day is unknown is read from --from on', async (t) => {
  const reader = fakeReader([plantWith({ created: undefined })]);
  const [assignment] = await plan([sourceOf(reader)], emptyJournal(t), { from: '2026-06-09', to: undefined });
  assert.deepEqual(assignment?.wanted, ['2026-06-09', '2026-06-10', '2026-06-11']);
  const [newest] = await plan([sourceOf(reader)], emptyJournal(t), ALL);
  assert.deepEqual(newest?.wanted, ['2026-06-11'], 'and without --from only yesterday');
});

test('for the lifetime total the energies up to the present are read as well, but not over more than 92 days', async (t) => {
  const reader = fakeReader([plantWith({ created: '2025-01-01' })]);
  const near = addDays('2026-06-11', -91);
  const [bridged] = await plan([sourceOf(reader)], emptyJournal(t), { from: near, to: near });
  assert.deepEqual(bridged?.wanted, [near]);
  assert.equal(bridged?.spans.at(-1)?.[1], '2026-06-11');
  assert.equal(bridged?.spans.length, 14);
  const far = addDays('2026-06-11', -92);
  const [lone] = await plan([sourceOf(reader)], emptyJournal(t), { from: far, to: far });
  assert.deepEqual(lone?.spans, [[far, far]]);
  assert.equal(lone?.history.plant.total, undefined);
});

test('plant by plant, energies go first and then the days, the oldest first', async (t) => {
  const reader = fakeReader([plantWith(), plantWith({ id: '2' })]);
  const journal = emptyJournal(t);
  const steps: string[] = [];
  const range = { from: '2026-06-10', to: undefined };
  await collect(await plan([sourceOf(reader)], journal, range), journal, ({ id }, date) =>
    steps.push(`${id} ${date}`),
  );
  assert.deepEqual(reader.asked, [
    'plants',
    '1 2026-06-10..2026-06-11',
    '1 2026-06-10',
    '1 2026-06-11',
    '2 2026-06-10..2026-06-11',
    '2 2026-06-10',
    '2 2026-06-11',
  ]);
  assert.equal(steps.length, 6);
  assert.equal(steps[0], '1 2026-06-10');
});

test('wherever a run is cut off, the next one makes only the calls that are left and writes the same', async (t) => {
  const plants = [plantWith(), plantWith({ id: '2', total: undefined })];
  const range = { from: '2026-06-09', to: undefined };
  const whole = fakeReader(plants);
  const unbroken = emptyJournal(t);
  const all = await plan([sourceOf(whole)], unbroken, range);
  await collect(all, unbroken, nothing);
  const expected = await exposition(all, unbroken);
  assert.ok(expected.length > 5000);

  for (let cut = 0; cut < whole.asked.length; cut++) {
    const path = join(emptyFolder(t), 'journal');
    const doomed = fakeReader(plants, {
      fail: () => {
        if (doomed.asked.length > cut) throw new Error('cut off');
      },
    });
    const first = Journal.open(path, SCOPE);
    await assert.rejects(
      plan([sourceOf(doomed)], first, range).then((assignments) => collect(assignments, first, nothing)),
      /cut off/,
    );
    // The cloud says something else of the present by now; what the first run heard counts.
    const later = plants.map((plant) => ({
      ...plant,
      name: 'renamed',
      total: { kwh: 2000, before: '2026-06-13' },
    }));
    const rest = fakeReader(cut === 0 ? plants : later);
    const second = Journal.open(path, SCOPE);
    const assignments = await plan([sourceOf(rest)], second, range);
    await collect(assignments, second, nothing);
    assert.deepEqual([...doomed.asked.slice(0, cut), ...rest.asked], whole.asked);
    assert.equal(await exposition(assignments, second), expected);
  }
});

test('two accounts may have plants of the same id', async (t) => {
  const journal = emptyJournal(t);
  const sources = [
    sourceOf(fakeReader([plantWith()]), 'growatt/a'),
    sourceOf(fakeReader([plantWith()]), 'growatt/b'),
  ];
  await collect(await plan(sources, journal, { from: '2026-06-11', to: undefined }), journal, nothing);
  assert.equal(callsOf(await plan(sources, journal, { from: '2026-06-11', to: undefined })), 0);
});

test('a failure names the plant and the day', async (t) => {
  const journal = emptyJournal(t);
  const reader = fakeReader([plantWith()], {
    fail: (what) => {
      if (what === '1 2026-06-04') throw new SourceError('server', 'plant/power: 10001 system error');
    },
  });
  const assignments = await plan([sourceOf(reader)], journal, ALL);
  await assert.rejects(collect(assignments, journal, nothing), {
    kind: 'server',
    message: 'plant 1, 2026-06-04: plant/power: 10001 system error',
  });
});

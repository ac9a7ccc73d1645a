import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { collect, plan } from '../../../src/backfill/collect.ts';
import { addDays } from '../../../src/base/calendar.ts';
import type { HistoryDay, HistoryPlant } from '../../../src/model/history.ts';
import { historySamples } from '../../../src/sources/growatt/history/samples.ts';
import { allSamples, emptyJournal, fakeReader, plantWith, sourceOf } from '../../backfill/support.ts';

const LIFETIME = 'growatt_plant_energy_total_kwh';
const ENERGY = 'growatt_daily_energy_kwh';
const PEAK = 'growatt_daily_peak_power_watts';

type DatedDay = HistoryDay & { readonly date: string };

/** A day in UTC with power from a minute on in steps. */
function dayWith(date: string, watts: readonly number[], { from = 600, step = 5 } = {}): DatedDay {
  const midnight = Date.parse(`${date}T00:00Z`);
  const curve = watts.map((power, i): [number, number] => [midnight + (from + i * step) * 60_000, power]);
  return { date, end: midnight + 86_399_000, curve };
}

const derive = (
  name: string,
  days: readonly DatedDay[],
  { energies = new Map(), total }: { energies?: Map<string, number>; total?: HistoryPlant['total'] } = {},
) => {
  const samplesOn = historySamples[name]!({ plant: plantWith({ total }), energies });
  return days.flatMap((day) => [...samplesOn(day.date, day)]);
};

async function backfilled(t: TestContext, name: string, unknown: readonly string[] = []) {
  const journal = emptyJournal(t);
  const range = { from: undefined, to: undefined };
  const assignments = await plan([sourceOf(fakeReader([plantWith()], { unknown }))], journal, range);
  await collect(assignments, journal, () => {});
  return await allSamples(name, assignments, journal);
}

test('each known value is a sample of the plant’s power at its own time', async (t) => {
  const samples = await backfilled(t, 'growatt_plant_power_watts');
  assert.equal(samples.length, 11 * 24);
  assert.deepEqual(samples[0], {
    labels: { plant_id: '1' },
    at: Date.parse('2026-06-01T10:00Z'),
    value: 1000,
  });
});

test('a day’s energy and peak stand at its last second', async (t) => {
  const at = Date.parse('2026-06-01T23:59:59Z');
  const labels = { plant_id: '1', date: '2026-06-01' };
  assert.deepEqual((await backfilled(t, ENERGY))[0], { labels, at, value: 10 });
  assert.deepEqual((await backfilled(t, PEAK))[0], { labels, at, value: 1000 });
});

test('energy that the API does not give is integrated, over slots as long as they are', () => {
  const date = '2026-06-01';
  for (const step of [5, 15, 60]) {
    const [sample] = derive(ENERGY, [dayWith(date, Array(12).fill(1000), { step })]);
    assert.equal(sample?.value, step / 5);
  }
  const given = derive(ENERGY, [dayWith(date, Array(12).fill(1000))], { energies: new Map([[date, 3.5]]) });
  assert.equal(given[0]?.value, 3.5);
});

test('a day with too few values has no peak, and an energy only from the API', () => {
  const day = dayWith('2026-06-01', [1000, 1000]);
  assert.deepEqual(derive(PEAK, [day]), []);
  assert.deepEqual(derive(ENERGY, [day]), []);
  assert.equal(derive(ENERGY, [day], { energies: new Map([[day.date, 0]]) }).length, 1);
});

test('the lifetime total grows along the curve and ends at the live total', async (t) => {
  const samples = await backfilled(t, LIFETIME);
  assert.equal(samples.length, 11 * 25);
  const [first] = samples;
  assert.deepEqual(first, { labels: { plant_id: '1' }, at: Date.parse('2026-06-01T10:00Z'), value: 890 });
  assert.deepEqual(samples[12], {
    labels: { plant_id: '1' },
    at: Date.parse('2026-06-01T11:00Z'),
    value: 895,
  });
  assert.deepEqual(samples.at(-1), {
    labels: { plant_id: '1' },
    at: Date.parse('2026-06-11T23:59:59Z'),
    value: 1000,
  });
});

test('before a day of unknown energy there is no lifetime total', async (t) => {
  const samples = await backfilled(t, LIFETIME, ['2026-06-05']);
  assert.equal(samples[0]?.at, Date.parse('2026-06-06T10:00Z'));
  assert.equal(samples[0]?.value, 940);
});

test('before more was produced than the total holds, there is none', () => {
  const days = ['2026-06-10', '2026-06-11'].map((date) => dayWith(date, Array(12).fill(1000)));
  const energies = new Map(days.map(({ date }) => [date, 10]));
  const samples = derive(LIFETIME, days, { energies, total: { kwh: 15, before: '2026-06-12' } });
  assert.equal(samples[0]?.at, Date.parse('2026-06-11T10:00Z'));
  assert.equal(samples[0]?.value, 5);
});

test('on a day without sun the lifetime total stands still', () => {
  const total = { kwh: 100, before: '2026-06-12' };
  const energies = new Map([['2026-06-11', 0]]);
  for (const watts of [[], Array(12).fill(0)]) {
    assert.deepEqual(derive(LIFETIME, [dayWith('2026-06-11', watts)], { energies, total }), [
      { labels: { plant_id: '1' }, at: Date.parse('2026-06-11T23:59:59Z'), value: 100 },
    ]);
  }
});

test('the lifetime total never falls, whatever the energies and curves are', () => {
  const energy = fc.double({ min: 0, max: 90, noNaN: true });
  const watts = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(fc.tuple(energy, watts), { minLength: 1, maxLength: 20 }), energy, (given, more) => {
      const days = given.map(([, powers], i) => dayWith(addDays('2026-05-01', i), powers));
      const energies = new Map(given.map(([kwh], i) => [addDays('2026-05-01', i), kwh]));
      const kwh = given.reduce((sum, [one]) => sum + one, more);
      const total = { kwh, before: addDays('2026-05-01', given.length) };
      const samples = derive(LIFETIME, days, { energies, total });
      assert.ok(samples.length >= given.length);
      for (const [i, { at, value }] of samples.slice(1).entries()) {
        assert.ok(value >= samples[i]!.value, `${value} after ${samples[i]!.value}`);
        assert.ok(at > samples[i]!.at);
      }
    }),
  );
});

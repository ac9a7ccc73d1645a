import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localDay } from '../../src/base/calendar.ts';
import { dayStart, openZone, parseDate } from '../../src/simulators/calendar.ts';
import { type Installation, simulateDay } from '../../src/simulators/growatt/day.ts';
import { createHistory } from '../../src/simulators/growatt/history.ts';
import { sinElevation } from '../../src/simulators/sun.ts';
import { NOON } from './helper.ts';

const zone = openZone('Europe/Berlin');
const HYBRID: Installation = {
  place: { latitude: 52.5, longitude: 13.4 },
  zone,
  weatherSeed: 1,
  householdSeed: 2,
  householdW: 500,
  peakPowerW: 6_000,
  kind: 'hybrid',
  batteryKwh: 10,
};

test('the sun stands as high as an almanac says', () => {
  const elevation = (at: string, latitude: number, longitude: number) =>
    (Math.asin(sinElevation({ latitude, longitude }, Date.parse(at))) * 180) / Math.PI;
  assert.ok(Math.abs(elevation('2026-06-21T11:08:00Z', 52.5, 13.4) - 60.9) < 0.3);
  assert.ok(Math.abs(elevation('2026-12-21T11:04:00Z', 52.5, 13.4) - 14.1) < 0.3);
  assert.ok(elevation('2026-06-21T23:00:00Z', 52.5, 13.4) < -10);
});

test('in every slot PV, discharge and import equal load, charge and export', () => {
  for (const { power } of simulateDay(HYBRID, localDay(zone, NOON), 4).slots) {
    const supply = power.pv + power.discharge + power.gridImport;
    const demand = power.load + power.charge + power.gridExport;
    assert.ok(Math.abs(supply - demand) < 1e-6);
    assert.ok(Math.min(...Object.values(power)) >= 0);
  }
});

test('the battery neither overflows nor runs below its reserve', () => {
  let held = 4;
  for (let day = 0; day < 30; day += 1) {
    const { slots, heldKwh } = simulateDay(HYBRID, localDay(zone, NOON) + day, held);
    for (const slot of slots) assert.ok(slot.heldKwh > 0.999 && slot.heldKwh < 10.001);
    held = heldKwh;
  }
});

test('an off-grid system exports nothing', () => {
  const { energy } = simulateDay({ ...HYBRID, kind: 'off-grid' }, localDay(zone, NOON), 4);
  assert.equal(energy.gridExport, 0);
});

test('days on which the clocks change have 23 and 25 hours', () => {
  const slots = (date: string) => simulateDay(HYBRID, parseDate(date)!, 4).slots.length;
  assert.equal(slots('2026-03-29'), 276);
  assert.equal(slots('2026-06-12'), 288);
  assert.equal(slots('2026-10-25'), 300);
});

test('lifetime energy is the base plus every day since, whatever is asked first', () => {
  const created = dayStart(zone, parseDate('2026-03-20')!);
  const history = createHistory(HYBRID, created, 1_000);
  const late = history.at(NOON);
  const again = createHistory(HYBRID, created, 1_000);
  const early = again.at(NOON - 40 * 86_400_000);
  assert.ok(early.total.ac < late.total.ac);
  assert.deepEqual(again.at(NOON), late);
  let sum = 1_000;
  for (let day = parseDate('2026-03-20')!; day < localDay(zone, NOON); day += 1) {
    sum += history.at(dayStart(zone, day + 1) - 1).today.ac;
  }
  assert.ok(Math.abs(sum + late.today.ac - late.total.ac) < 0.001);
});

test('energy never falls within a day and begins at 0 at local midnight', () => {
  const history = createHistory(HYBRID, dayStart(zone, parseDate('2026-06-01')!), 0);
  const midnight = dayStart(zone, localDay(zone, NOON));
  assert.equal(history.at(midnight).today.ac, 0);
  let last = 0;
  for (let at = midnight; at < midnight + 86_400_000; at += 97_000) {
    const { today } = history.at(at);
    assert.ok(today.ac >= last);
    last = today.ac;
  }
});

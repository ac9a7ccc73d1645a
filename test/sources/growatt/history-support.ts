import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { addDays, wallTimeAt } from '../../../src/base/calendar.ts';
import { parseDate } from '../../../src/simulators/calendar.ts';
import { dayPowers, energyBetween } from '../../../src/simulators/growatt/plant-figures.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import { type Agent, HOUR, startModel, type World } from './world.ts';

/** The history of a home in Berlin, and that its clock follows the seasons. */
export const BERLIN = { plants: [{ id: '1', timezone: 'Europe/Berlin' }] };
export const YESTERDAY = '2026-06-11';
export const week = { enabled: true, days: 7 };

export const datesAsked = (world: World, path = 'plant/power') =>
  world.cloud.calls
    .filter((call) => call.path.endsWith(path))
    .map(({ params }) => params.date ?? params.end_date);

export const datesShown = (agent: Agent, metric = 'growatt_daily_energy_kwh') =>
  agent.store
    .samples()
    .filter((sample) => sample.metric === metric)
    .map(({ attributes }) => attributes.date)
    .toSorted();

export const hoursShown = (agent: Agent) =>
  agent.store
    .samples()
    .filter(({ metric }) => metric === 'growatt_hourly_avg_power_watts')
    .map(({ attributes }) => attributes.hour)
    .toSorted();

export function daysBack(newest: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => addDays(newest, -i));
}

/** What the model says of a day that is over, in the cloud's precision. */
export function truth(spec: PlantSpec, date: string, now: number) {
  const { model } = startModel([spec], () => now);
  const plant = model.plants.get(spec.id);
  const day = parseDate(date);
  assert.ok(plant && day !== undefined);
  const slots = dayPowers(model, plant, day).flatMap(({ at, power }) =>
    power === null
      ? []
      : [{ hour: new Date(wallTimeAt(plant.zone, at)).getUTCHours(), watts: Math.round(power * 10) / 10 }],
  );
  const byHour = Map.groupBy(slots, ({ hour }) => hour);
  const mean = (some: readonly { watts: number }[]) =>
    some.reduce((sum, { watts }) => sum + watts, 0) / some.length;
  const begin = dayPowers(model, plant, day)[0]!.at;
  const end = dayPowers(model, plant, day + 1)[0]!.at;
  return {
    length: (end - begin) / HOUR,
    energy: Number(energyBetween(plant, begin, end).toFixed(1)),
    integral: slots.reduce((sum, { watts }) => sum + watts / 12_000, 0),
    peak: Math.max(...slots.map(({ watts }) => watts)),
    hourly: new Map([...byHour].map(([hour, some]) => [String(hour).padStart(2, '0'), mean(some)])),
  };
}

export function assertDay(
  agent: Agent,
  date: string,
  expected: ReturnType<typeof truth>,
  energy = expected.energy,
): void {
  assert.equal(agent.value('growatt_daily_energy_kwh', { date }), energy, date);
  assert.equal(agent.value('growatt_daily_peak_power_watts', { date }), expected.peak, date);
}

export function assertHours(agent: Agent, expected: ReturnType<typeof truth>): void {
  assert.deepEqual(hoursShown(agent), [...expected.hourly.keys()].toSorted());
  for (const [hour, watts] of expected.hourly) {
    const seen = agent.value('growatt_hourly_avg_power_watts', { hour }) ?? Number.NaN;
    assert.ok(Math.abs(seen - watts) < 0.001, `${hour}: ${seen}, not ${watts}`);
  }
}

export function stateDir(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

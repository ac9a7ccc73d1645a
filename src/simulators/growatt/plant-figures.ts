import { localDay } from '../../base/calendar.ts';
import { DAY, dateText, dayStart } from '../calendar.ts';
import { SLOT_MS } from './day.ts';
import type { FamilyName } from './specs.ts';
import type { SimulatedDevice, SimulatedPlant, World } from './world.ts';

/** Families whose output is not the plant's generation. */
const NOT_GENERATING: readonly FamilyName[] = ['meter', 'env', 'groboost', 'spa'];

function generators(plant: SimulatedPlant): SimulatedDevice[] {
  return plant.devices.filter(({ spec }) => !NOT_GENERATING.includes(spec.family));
}

/** What the cloud shows of a plant: W, kWh and the moment of the newest upload. */
export interface PlantFigures {
  power: number;
  today: number;
  month: number;
  year: number;
  total: number;
  at: number;
}

/** The plant's figures as of its newest upload; all but `power` stand still after that. */
export function plantFigures(world: World, plant: SimulatedPlant): PlantFigures {
  const views = generators(plant).map((device) => ({ device, ...world.view(device) }));
  const sum = (figure: (view: (typeof views)[number]) => number) =>
    views.reduce((total, view) => total + figure(view), 0);
  const at = views.reduce((newest, { measurement }) => Math.max(newest, measurement.at), plant.created);
  const date = dateText(localDay(plant.zone, at));
  const since = (first: string) => dayStart(plant.zone, Date.parse(`${first}T00:00:00Z`) / DAY);
  return {
    power: sum(({ measurement }) => measurement.power.ac),
    today: sum(({ measurement }) => measurement.today.ac),
    month: energyBetween(plant, since(`${date.slice(0, 7)}-01`), at),
    year: energyBetween(plant, since(`${date.slice(0, 4)}-01-01`), at),
    total: sum(({ measurement }) => measurement.total.ac),
    at,
  };
}

/** Energy the plant made from one moment to another, kWh; nothing before its creation. */
export function energyBetween(plant: SimulatedPlant, from: number, to: number): number {
  const begin = Math.max(from, plant.created);
  if (to <= begin) return 0;
  return generators(plant).reduce((sum, { history }) => sum + history.between(begin, to).ac, 0);
}

/** Power in each 5-minute slot of a local day, oldest first; null where no device has uploaded. */
export function dayPowers(
  world: World,
  plant: SimulatedPlant,
  day: number,
): { at: number; power: number | null }[] {
  const start = dayStart(plant.zone, day);
  const end = dayStart(plant.zone, day + 1);
  const slots: { at: number; power: number | null }[] = [];
  for (let at = start; at < end; at += SLOT_MS) slots.push({ at, power: null });
  for (const device of generators(plant)) {
    const newest = world.view(device).measurement.at;
    for (const slot of slots) {
      if (slot.at < plant.created || slot.at > newest || !world.awake(device, slot.at)) continue;
      slot.power = (slot.power ?? 0) + device.history.at(slot.at).power.ac;
    }
  }
  return slots;
}

import { localDay } from '../../base/calendar.ts';
import { DAY, dateText, dayStart, MINUTE, parseDate, wallClock } from '../calendar.ts';
import { type ApiCall, ApiError, type Endpoints, paginate } from './api.ts';
import { dayPowers, energyBetween, plantFigures } from './plant-figures.ts';
import type { SimulatedPlant } from './world.ts';

const EVERY = 5 * MINUTE;
const ABSENT = '';

function plantOf({ param, world }: ApiCall): SimulatedPlant {
  const id = param('plant_id');
  if (id === '') throw new ApiError(10003, 'error_Plant ID is empty');
  const plant = world.plants.get(Number(id));
  if (!plant) throw new ApiError(10002, 'error_Plant does not exist');
  return plant;
}

function dateParam({ param }: ApiCall, name: string, code: number): number {
  const day = parseDate(param(name));
  if (day === undefined) throw new ApiError(code, 'error_date format is wrong');
  return day;
}

function list(call: ApiCall): object {
  const { count, rows } = paginate(call, [...call.world.plants.values()]);
  return { data: { count, plants: rows.map((plant) => listEntry(call, plant)) } };
}

function listEntry({ world }: ApiCall, plant: SimulatedPlant) {
  const { spec } = plant;
  const { power, total } = plantFigures(world, plant);
  return {
    status: 1,
    locale: 'en-US',
    total_energy: total.toFixed(1),
    operator: '0',
    country: spec.country,
    city: spec.city,
    current_power: power.toFixed(1),
    create_date: spec.createDate,
    image_url: null,
    plant_id: spec.id,
    name: spec.name,
    installer: '0',
    user_id: 223344,
    longitude: String(spec.longitude),
    latitude: String(spec.latitude),
    latitude_d: null,
    latitude_f: null,
    peak_power: spec.peakPowerKw,
  };
}

function details(call: ApiCall): object {
  const { spec, devices } = plantOf(call);
  const loggers = new Set(devices.map((device) => device.spec.dataloggerSn));
  const data = {
    plant_id: spec.id,
    name: spec.name,
    plant_type: 0,
    status: null,
    timezone: spec.timezone,
    currency: ABSENT,
    country: spec.country,
    city: spec.city,
    address1: ABSENT,
    address2: ABSENT,
    longitude: String(spec.longitude),
    latitude: String(spec.latitude),
    peak_power: spec.peakPowerKw,
    create_date: spec.createDate,
    image_url: null,
    notes: ABSENT,
    inverters: [],
    dataloggers: [...loggers].map((datalogger_sn) => ({ datalogger_sn })),
    maxs: [],
    arrays: [],
  };
  return { data };
}

/** The one place where the cloud gives power in kW. */
function data(call: ApiCall): object {
  const plant = plantOf(call);
  const { power, today, month, year, total, at } = plantFigures(call.world, plant);
  return {
    data: {
      peak_power_actual: plant.spec.peakPowerKw,
      monthly_energy: month.toFixed(1),
      last_update_time: wallClock(plant.zone, at),
      current_power: Math.round(power / 10) / 100,
      timezone: plant.spec.timezone,
      yearly_energy: year.toFixed(1),
      today_energy: today.toFixed(1),
      carbon_offset: (total * 0.6).toFixed(1),
      efficiency: ABSENT,
      total_energy: total.toFixed(1),
    },
  };
}

function power(call: ApiCall): object {
  const plant = plantOf(call);
  const slots = dayPowers(call.world, plant, dateParam(call, 'date', 10003)).reverse();
  const powers = slots.map(({ at, power }) => ({
    time: wallClock(plant.zone, at).slice(0, 16),
    power: power === null ? null : Math.round(power * 10) / 10,
  }));
  return { data: { count: powers.length, powers } };
}

/** How each time unit cuts dates, how long a span it allows, and whether it answers in numbers or in text. */
const UNITS: Record<
  string,
  { length: number; spanAllowed(from: string, to: string): boolean; numeric: boolean }
> = {
  day: {
    length: 10,
    spanAllowed: (from, to) => Date.parse(to) - Date.parse(from) < 7 * DAY,
    numeric: false,
  },
  month: {
    length: 7,
    spanAllowed: (from, to) => Number(to.slice(0, 4)) - Number(from.slice(0, 4)) <= 1,
    numeric: false,
  },
  year: {
    length: 4,
    spanAllowed: (from, to) => Number(to.slice(0, 4)) - Number(from.slice(0, 4)) < 20,
    numeric: true,
  },
};

function energy(call: ApiCall): object {
  const plant = plantOf(call);
  const name = call.param('time_unit');
  const unit = UNITS[name];
  const first = dateParam(call, 'start_date', 10004);
  const last = dateParam(call, 'end_date', 10004);
  if (!unit || last < first || !unit.spanAllowed(dateText(first), dateText(last))) {
    throw new ApiError(10004, 'error_date format is wrong');
  }
  const newest = plantFigures(call.world, plant).at;
  const all = periods(plant, first, Math.min(last, localDay(plant.zone, newest)), unit.length, newest);
  const energys = all.map(({ date, kwh }) => {
    const text = kwh === undefined ? ABSENT : kwh.toFixed(1);
    return { date, energy: unit.numeric && text !== ABSENT ? Number(text) : text };
  });
  const { rows } = paginate(call, energys);
  return { data: { count: energys.length, time_unit: name, energys: rows } };
}

/** Energy of each day, month or year that the span touches; undefined where the plant did not exist yet. */
function periods(plant: SimulatedPlant, first: number, last: number, length: number, newest: number) {
  const byDate = new Map<string, { from: number; to: number }>();
  const begin = Date.parse(dateText(first).slice(0, length).padEnd(10, '-01')) / DAY;
  for (let day = begin; day <= last; day += 1) {
    const date = dateText(day).slice(0, length);
    const from = byDate.get(date)?.from ?? dayStart(plant.zone, day);
    byDate.set(date, { from, to: dayStart(plant.zone, day + 1) });
  }
  return [...byDate].map(([date, { from, to }]) => ({
    date,
    kwh: to <= plant.created ? undefined : energyBetween(plant, from, Math.min(to, newest)),
  }));
}

/** The plant calls of the v1 API. */
export const plantEndpoints: Endpoints = {
  'plant/list': { method: 'GET', every: EVERY, perDay: 10, answer: list },
  'plant/details': { method: 'GET', every: EVERY, answer: details },
  'plant/data': { method: 'GET', every: EVERY, answer: data },
  'plant/power': { method: 'GET', every: EVERY, answer: power },
  'plant/energy': { method: 'GET', every: EVERY, perDay: 10, answer: energy },
};

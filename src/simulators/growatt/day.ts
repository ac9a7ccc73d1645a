import type { Zone } from '../../base/calendar.ts';
import { DAY, dayStart, MINUTE } from '../calendar.ts';
import { householdLoad } from '../household.ts';
import { noise } from '../noise.ts';
import { type Coordinates, clearSky, sinElevation } from '../sun.ts';

/** The curve's step; dataloggers upload as often by default. */
export const SLOT_MS = 5 * MINUTE;
const SLOT_HOURS = SLOT_MS / 3_600_000;
/** Below this sine of elevation (1.5°) the modules cannot keep an inverter awake. */
const WAKING_SINE = 0.026;
const FLOWS = ['pv', 'ac', 'load', 'charge', 'discharge', 'gridImport', 'gridExport'] as const;

/** Powers in W or energies in kWh. With a battery: pv + discharge + gridImport = load + charge + gridExport. */
export type Flows = Record<(typeof FLOWS)[number], number>;

/** All that shapes a device's curve. */
export interface Installation {
  place: Coordinates;
  zone: Zone;
  weatherSeed: number;
  householdSeed: number;
  householdW: number;
  peakPowerW: number;
  /** `pv`: feeds in all it makes; `hybrid`: also serves load and battery; `off-grid`: the same, never exporting. */
  kind: 'pv' | 'hybrid' | 'off-grid';
  batteryKwh: number;
  /** Inverters without a battery in the same house, behind the same connection to the grid. */
  beside?: readonly Installation[];
}

export interface Slot {
  power: Flows;
  /** Energy since local midnight when the slot begins, kWh. */
  before: Flows;
  /** What the battery holds when the slot begins, kWh. */
  heldKwh: number;
}

export interface SimulatedDay {
  start: number;
  slots: Slot[];
  energy: Flows;
  /** What the battery holds at the end, kWh. */
  heldKwh: number;
}

export const noFlows = (): Flows => ({
  pv: 0,
  ac: 0,
  load: 0,
  charge: 0,
  discharge: 0,
  gridImport: 0,
  gridExport: 0,
});

/** `a + b × factor` for each flow. */
export function plus(a: Flows, b: Flows, factor = 1): Flows {
  const sum = noFlows();
  for (const flow of FLOWS) sum[flow] = a[flow] + b[flow] * factor;
  return sum;
}

/** Whether daylight keeps a batteryless inverter awake. */
export function isDaylight(place: Coordinates, at: number): boolean {
  return sinElevation(place, at) >= WAKING_SINE;
}

/** Irradiance under passing clouds, W/m². */
export function irradiance(place: Coordinates, weatherSeed: number, at: number): number {
  const sine = sinElevation(place, at);
  if (sine < WAKING_SINE) return 0;
  const overcast = noise(weatherSeed, at, DAY) * 0.5 + noise(weatherSeed + 1, at, 150 * MINUTE) * 0.5;
  const passing = noise(weatherSeed + 2, at, 12 * MINUTE);
  return clearSky(sine) * (1 - 0.85 * Math.max(0, overcast - 0.35) * (0.5 + passing));
}

/** Air temperature, °C. */
export function airTemperature(place: Coordinates, weatherSeed: number, at: number): number {
  const daily = noise(weatherSeed + 3, at, 2 * DAY);
  return 9 + 10 * daily + 9 * sinElevation(place, at);
}

/** One local day in 5-minute steps (276 or 300 of them when the clocks change). */
export function simulateDay(site: Installation, day: number, heldKwh: number): SimulatedDay {
  const start = dayStart(site.zone, day);
  const count = Math.round((dayStart(site.zone, day + 1) - start) / SLOT_MS);
  const result: SimulatedDay = { start, slots: [], energy: noFlows(), heldKwh };
  for (let index = 0; index < count; index += 1) {
    const power = flowsAt(site, start + index * SLOT_MS, index * SLOT_HOURS, result.heldKwh);
    result.slots.push({ power, before: result.energy, heldKwh: result.heldKwh });
    result.energy = plus(result.energy, power, SLOT_HOURS / 1_000);
    result.heldKwh += ((power.charge - power.discharge) * SLOT_HOURS) / 1_000;
  }
  return result;
}

function flowsAt(site: Installation, at: number, hour: number, heldKwh: number): Flows {
  const sunlight = irradiance(site.place, site.weatherSeed, at);
  const heating = 1 - 0.0035 * (airTemperature(site.place, site.weatherSeed, at) + sunlight * 0.025 - 25);
  const pv = Math.min(site.peakPowerW, site.peakPowerW * 0.96 * (sunlight / 1_000) * heating);
  if (site.kind === 'pv') {
    const ac = pv * (0.975 - 0.02 * (1 - pv / site.peakPowerW));
    return { ...noFlows(), pv, ac };
  }
  const load = householdLoad(site.householdSeed, site.householdW, at, hour);
  const others = (site.beside ?? []).reduce((sum, other) => sum + flowsAt(other, at, hour, 0).ac, 0);
  // The battery takes what its own inverter has left; what the others have left is fed in.
  const flows = balance(site, pv, Math.max(0, load - others), heldKwh);
  return { ...flows, load, gridExport: flows.gridExport + Math.max(0, others - load) };
}

/** Splits generation over load, battery and grid, without losses. */
function balance(site: Installation, sun: number, load: number, heldKwh: number): Flows {
  const rate = site.batteryKwh * 500;
  const room = ((site.batteryKwh - heldKwh) * 1_000) / SLOT_HOURS;
  const reserve = site.batteryKwh * 0.1;
  const stock = Math.max(0, ((heldKwh - reserve) * 1_000) / SLOT_HOURS);
  const charge = Math.max(0, Math.min(sun - load, rate, room));
  const pv = site.kind === 'off-grid' ? Math.min(sun, load + charge) : sun;
  const discharge = Math.max(0, Math.min(load - pv, rate, stock));
  return {
    pv,
    ac: pv + discharge - charge,
    load,
    charge,
    discharge,
    gridImport: Math.max(0, load - pv - discharge),
    gridExport: Math.max(0, pv - load - charge),
  };
}

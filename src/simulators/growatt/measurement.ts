import { DAY, MINUTE, wallClock } from '../calendar.ts';
import { hash01, noise } from '../noise.ts';
import { airTemperature, type Flows, type Installation, irradiance, noFlows } from './day.ts';
import type { EnergyHistory } from './history.ts';
import type { DeviceSpec, Disturbance } from './specs.ts';

export interface Line {
  /** V */
  voltage: number;
  /** A */
  current: number;
  /** W */
  power: number;
}

export type DeviceState = 'waiting' | 'normal' | 'fault';

/** Everything in one upload of a device, before its family's spelling. */
export interface Measurement {
  spec: Required<DeviceSpec>;
  /** When it was taken, epoch ms, by a right clock. */
  at: number;
  /** The same by the inverter's own wall clock: `YYYY-MM-DD HH:MM:SS`. */
  time: string;
  state: DeviceState;
  faultCode: number;
  /** W */
  power: Flows;
  /** kWh */
  today: Flows;
  /** kWh */
  total: Flows;
  /** The wired strings only. */
  strings: Line[];
  /** Share of each string in the PV energy. */
  shares: number[];
  phases: Line[];
  frequency: number;
  /** °C */
  temperature: number;
  airTemperature: number;
  /** W/m² */
  irradiance: number;
  battery: Line & { soc: number; temperature: number };
}

/** A device as it is installed: its specification, its surroundings and its history. */
export interface InstalledDevice {
  spec: Required<DeviceSpec>;
  seed: number;
  site: Installation;
  history: EnergyHistory;
  disturbance: Disturbance;
}

/** What the device measures at a moment. */
export function measure(
  { spec, seed, site, history, disturbance }: InstalledDevice,
  at: number,
): Measurement {
  const shares = stringShares(seed, spec.strings);
  const air = airTemperature(site.place, site.weatherSeed, at);
  const { clockSkewMs = 0, faultCode = 0, lifetimeZero = false } = disturbance;
  const { power: possible, today, total, heldKwh } = history.at(at);
  // An inverter with a fault is off; that its energies go on hardly shows.
  const power = faultCode ? noFlows() : possible;
  const warmth = power.ac / spec.peakPowerW;
  return {
    spec,
    at,
    time: wallClock(site.zone, at + clockSkewMs),
    state: faultCode ? 'fault' : power.ac + power.charge < 1 ? 'waiting' : 'normal',
    faultCode,
    power,
    today,
    total: lifetimeZero ? noFlows() : total,
    strings: shares.map((share, index) => stringLine(power.pv * share, seed + index, at, air)),
    shares,
    phases: phaseLines(power.ac, spec.phases, seed, at),
    frequency: 49.96 + 0.08 * noise(seed + 20, at, 3 * MINUTE),
    temperature: air + 8 + 22 * warmth + 2 * noise(seed + 21, at, 20 * MINUTE),
    airTemperature: air,
    irradiance: irradiance(site.place, site.weatherSeed, at),
    battery: batteryState(spec.batteryKwh, heldKwh, power, air),
  };
}

/** The same measurement as the cloud shows it after midnight while the inverter sleeps: no power, but old energies. */
export function asleep(measurement: Measurement): Measurement {
  const dark = () => ({ voltage: 0, current: 0, power: 0 });
  const { strings, phases } = measurement;
  return { ...measurement, power: noFlows(), strings: strings.map(dark), phases: phases.map(dark) };
}

function stringShares(seed: number, count: number): number[] {
  const weights = Array.from({ length: count }, (_, index) => 0.9 + 0.2 * hash01(seed + 30, index));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function stringLine(power: number, seed: number, at: number, air: number): Line {
  if (power <= 0) return { voltage: 0, current: 0, power: 0 };
  const voltage = 345 - 1.1 * air + 12 * noise(seed + 40, at, 15 * MINUTE) - 20 / (1 + power / 30);
  return { voltage, current: power / voltage, power };
}

function phaseLines(power: number, count: number, seed: number, at: number): Line[] {
  return Array.from({ length: count }, (_, phase) => {
    const voltage = 229 + 6 * noise(seed + 50 + phase, at, 25 * MINUTE) + 2 * noise(seed + 60, at, DAY / 4);
    const share = Math.abs(power) / count;
    return { voltage, current: share / voltage, power: share };
  });
}

function batteryState(capacityKwh: number, heldKwh: number, { charge, discharge }: Flows, air: number) {
  if (capacityKwh === 0) return { soc: 0, voltage: 0, current: 0, power: 0, temperature: 0 };
  const power = charge - discharge;
  const voltage = 48 + 6 * (heldKwh / capacityKwh) + power / 5_000;
  const soc = Math.round((heldKwh / capacityKwh) * 100);
  return { soc, voltage, current: power / voltage, power, temperature: 18 + air / 4 + Math.abs(power) / 800 };
}

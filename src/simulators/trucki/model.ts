import { localDay } from '../../base/calendar.ts';
import { dayStart, MINUTE, openZone } from '../calendar.ts';
import { householdLoad } from '../household.ts';
import { hash01, noise } from '../noise.ts';

/** The stick reads its inverter this often, ms. */
const REFRESH_MS = 1_300;
const HOUR = 3_600_000;
const IDLE_W = 3.5;
const TARGET_W = 30;
const AVERAGE = 4;
const LIMIT_DAY_W = 800;
const LIMIT_NIGHT_W = 400;

/** One inverter (or charger) of the chain: the stick's own and its remotes. */
export interface Inverter {
  setpoint: number;
  power: number;
  limit: number;
  /** ms; 0 for the stick's own. */
  roundTrip: number;
}

/** What the stick knows at one refresh. Powers in W, energies in kWh. */
export interface StickState {
  at: number;
  /** Local hour with fraction. */
  hour: number;
  night: boolean;
  inverters: Inverter[];
  /** Power that the zero export controller requests in all. */
  wanted: number;
  /** Positive is import. */
  meter: number;
  meterReadMs: number;
  gridVoltage: number;
  batteryVoltage: number;
  temperature: number;
  dayEnergy: number;
  totalEnergy: number;
  meterDayEnergy: number;
}

export interface StickModelOptions {
  now: () => number;
  zone: string | number;
  seed: number;
  remotes: number;
  /** A charger takes up the surplus of a PV system; an inverter covers the load. */
  charger: boolean;
}

/**
 * A stick that has run since the local midnight before its start. Each call brings it up to date in
 * refreshes; energies fall at midnight only, also when the clock is set back.
 */
export function createStickModel({ now, zone: zoneName, seed, remotes, charger }: StickModelOptions) {
  const zone = openZone(zoneName);
  const start = dayStart(zone, localDay(zone, now()));
  const sign = charger ? -1 : 1;
  let active = 1;
  let state: StickState = {
    at: start,
    hour: 0,
    night: true,
    inverters: Array.from({ length: remotes + 1 }, () => ({
      setpoint: 0,
      power: IDLE_W,
      limit: 0,
      roundTrip: 0,
    })),
    wanted: 0,
    meter: 0,
    meterReadMs: 0,
    gridVoltage: 0,
    batteryVoltage: 0,
    temperature: 0,
    dayEnergy: 0,
    totalEnergy: 1_043.7,
    meterDayEnergy: 0,
  };

  /** Total wanted power: at once down to what the meter allows, slowly up to it (V1.12 controller). */
  function control(setpoints: number, drift: number, ceiling: number, before: number): number {
    const candidate = Math.max(0, setpoints + drift - TARGET_W);
    const eased = ((AVERAGE - 1) * before + candidate) / AVERAGE;
    const wanted = drift < TARGET_W ? candidate : drift > TARGET_W + 5 ? eased : before;
    return Math.min(wanted, ceiling);
  }

  /** How many inverters share the power: the next joins above 75 % of the limit in use and leaves below 50 %. */
  function share(wanted: number, limit: number): number {
    if (active <= remotes && wanted > 0.75 * limit * active) return active + 1;
    if (active > 1 && wanted < 0.5 * limit * (active - 1)) return active - 1;
    return active;
  }

  function step(before: StickState, at: number): StickState {
    const midnight = dayStart(zone, localDay(zone, at));
    const hour = (at - midnight) / HOUR;
    const night = hour < 6 || hour >= 22;
    const limit = night ? LIMIT_NIGHT_W : LIMIT_DAY_W;
    const sun = charger ? 2_400 * Math.max(0, Math.sin(((hour - 6) * Math.PI) / 12)) : 0;
    const load = householdLoad(seed, 420, at, hour) - sun;
    const setpoints = before.inverters.reduce((sum, inverter) => sum + inverter.setpoint, 0);
    const meter = load - sign * before.inverters.reduce((sum, inverter) => sum + inverter.power, 0);
    const wanted = control(setpoints, sign * meter, limit * (remotes + 1), before.wanted);
    active = share(wanted, limit);
    const inverters = before.inverters.map((_, index) => {
      const setpoint = index < active ? Math.floor(wanted / active) : 0;
      const power = setpoint > 0 ? setpoint * (0.985 + 0.02 * noise(seed + index, at, 9_000)) : IDLE_W;
      const roundTrip = index === 0 ? 0 : 40 + Math.floor(40 * hash01(seed + index, at / REFRESH_MS));
      return { setpoint, power, limit, roundTrip };
    });
    const own = inverters[0]!.power;
    const hours = (at - before.at) / HOUR;
    const sameDay = before.at >= midnight;
    return {
      at,
      hour,
      night,
      inverters,
      wanted,
      meter,
      meterReadMs: 30 + Math.floor(40 * hash01(seed + 9, at / REFRESH_MS)),
      gridVoltage: 229 + 7 * noise(seed + 10, at, 20 * MINUTE),
      batteryVoltage: 25.6 + noise(seed + 11, at, 2 * HOUR) - own / 1_500,
      temperature: 24 + own / 30 + 3 * noise(seed + 12, at, 15 * MINUTE),
      dayEnergy: (sameDay ? before.dayEnergy : 0) + (own * hours) / 1_000,
      totalEnergy: before.totalEnergy + (own * hours) / 1_000,
      meterDayEnergy: (sameDay ? before.meterDayEnergy : 0) + (Math.max(0, meter) * hours) / 1_000,
    };
  }

  /** The state of the newest refresh; after a long gap it is computed in coarser steps. */
  return (): StickState => {
    const newest = start + Math.floor((now() - start) / REFRESH_MS) * REFRESH_MS;
    while (state.at < newest) {
      const coarse = Math.min(5 * MINUTE, (newest - state.at) / 100);
      state = step(state, Math.min(newest, state.at + Math.max(REFRESH_MS, coarse)));
    }
    return state;
  };
}

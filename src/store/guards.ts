import { SLEEP_AFTER } from '../model/reading.ts';

/** The rules that keep false values out, each a pure function over a small memory; see docs/true-values.md. */

const MINUTE = 60_000;

/** How many newer readings in a row must agree before something unlikely is believed. */
const WITNESSES = 3;

/** What is remembered of a device's own clock; times in milliseconds, `wall` as if it were UTC. */
export interface ClockState {
  readonly wall: number;
  /** When the agent first saw this wall time. */
  readonly seenAt: number;
  /** Readings that were older than `wall`, while they follow each other at the pace of real time. */
  readonly behind: readonly { readonly wall: number; readonly seenAt: number }[];
}

export type Order = 'newer' | 'same' | 'older';

/**
 * Is this reading news? A datalogger may replay old data after an outage, and that is ignored: it is older than
 * the last, or its clock fell behind ours meanwhile. A clock that was set back looks the same, but it goes on at
 * the pace of real time: three readings in a row that do are believed.
 */
export function judgeOrder(memory: ClockState | undefined, wall: number, now: number): [Order, ClockState] {
  if (!memory || (wall > memory.wall && now - memory.seenAt - (wall - memory.wall) < SLEEP_AFTER))
    return ['newer', { wall, seenAt: now, behind: [] }];
  if (wall === memory.wall) return ['same', { ...memory, behind: [] }];
  const last = memory.behind.at(-1);
  if (last?.wall === wall) return ['older', memory];
  const behind = [
    ...(last && keepsPace(last, { wall, seenAt: now }) ? memory.behind : []),
    { wall, seenAt: now },
  ];
  if (behind.length >= WITNESSES) return ['newer', { wall, seenAt: now, behind: [] }];
  return ['older', { ...memory, behind }];
}

/** Whether the device's clock went on about as far as ours. */
function keepsPace(a: { wall: number; seenAt: number }, b: { wall: number; seenAt: number }): boolean {
  const passed = b.seenAt - a.seenAt;
  return b.wall > a.wall && Math.abs(b.wall - a.wall - passed) <= Math.max(passed / 5, MINUTE / 2);
}

/** What is remembered of an energy that only grows: a lifetime total, or the energy of one day. */
export interface EnergyState {
  /** The last believed value; undefined until the first. */
  readonly value?: number;
  /** Lower values seen since, each at least as large as the one before. */
  readonly lower: readonly number[];
}

export type EnergyRejection = 'total_fell' | 'total_zero' | 'day_energy_fell';

/**
 * A total that falls is held back: inverters report 0 or an old value while they start. It is a true reset
 * (exchanged or reset inverter) only when three newer readings in a row agree, taken while it produces. A first
 * total of 0 is doubted in the same way, or the return of the true total would look like years of energy.
 */
export function judgeTotal(
  memory: EnergyState,
  value: number,
  producing: boolean,
): [EnergyRejection | undefined, EnergyState] {
  if (memory.value === undefined ? value > 0 : value >= memory.value)
    return [undefined, { value, lower: [] }];
  if (memory.value === undefined) return hold(memory, value, producing, 'total_zero');
  // A counter that was reset while producing does not stay at 0.
  return hold(memory, value, producing && value > 0, 'total_fell');
}

/** What is remembered of an energy that starts from 0 at the device's own midnight. */
export interface DayEnergyState extends EnergyState {
  /** The device's own date, YYYY-MM-DD. */
  readonly date: string;
  /** The last value of the day before, while the device may still repeat it. */
  readonly yesterday?: number;
}

/**
 * Within one day the energy only grows, and a new day does not begin with the last value of the old one: some
 * devices repeat that until they wake.
 * @returns the doubt, if any, and the memory; its `value` is what may be shown, undefined: nothing yet today
 */
export function judgeDayEnergy(
  memory: DayEnergyState | undefined,
  date: string,
  value: number,
): [EnergyRejection | 'yesterdays_energy' | undefined, DayEnergyState] {
  // Back to an earlier date goes only a clock that was wrong: nothing it said of a day is known to hold.
  if (!memory || date < memory.date) return [undefined, { date, value, lower: [] }];
  const yesterday = memory.date === date ? memory.yesterday : memory.value;
  const today = memory.date === date ? memory.value : undefined;
  if (value > 0 && value === yesterday && !today) {
    return ['yesterdays_energy', { date, yesterday, lower: [] }];
  }
  const kept = yesterday === undefined ? {} : { yesterday };
  if (today === undefined || value >= today) return [undefined, { date, ...kept, value, lower: [] }];
  const [doubt, held] = hold({ value: today, lower: memory.lower }, value, true, 'day_energy_fell');
  return [doubt, { date, ...kept, ...held }];
}

function hold<D extends EnergyRejection>(
  memory: EnergyState,
  value: number,
  counts: boolean,
  doubt: D,
): [D | undefined, EnergyState] {
  if (!counts) return [doubt, memory];
  const last = memory.lower.at(-1);
  const lower = [...(last === undefined || value >= last ? memory.lower : []), value];
  return lower.length >= WITNESSES ? [undefined, { value, lower: [] }] : [doubt, { ...memory, lower }];
}

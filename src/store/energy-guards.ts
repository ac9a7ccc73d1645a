import * as z from 'zod';
import type { JsonLater } from '../base/json-later.ts';
import { growthWithin } from './plausibility.ts';

/** How many newer readings in a row must agree before an unlikely energy is believed. */
const CONFIRMATIONS = 3;

const energy = z.object({
  /** The last believed value in kWh; undefined until the first. */
  value: z.number().optional(),
  /** When that was, milliseconds by the clock that dates the readings. */
  at: z.number().optional(),
  /** Lower values since then, each at least as large as the one before. */
  lower: z.array(z.number()).readonly(),
  /** Values since then that grew too fast. */
  higher: z.array(z.number()).readonly().optional(),
});

/** State of an energy that only grows: a lifetime total, or the energy of one day. */
export type EnergyState = z.infer<typeof energy>;

const dayEnergy = energy.extend({
  /** The device's own date, YYYY-MM-DD. */
  date: z.string(),
  /** The last value of the day before, while the device may still repeat it. */
  yesterday: z.number().optional(),
});

/** State of an energy that starts from 0 at the device's own midnight. */
export type DayEnergyState = z.infer<typeof dayEnergy>;

/** State of the guards over the energies of one entity, by metric. */
export const energyGuardsState = z.object({
  totals: z.record(z.string(), energy),
  days: z.record(z.string(), dayEnergy),
});

type EnergyGuardsState = z.infer<typeof energyGuardsState>;

/** Why a value is not believed; values of the label `reason`. */
export type RejectionReason =
  | 'total_fell'
  | 'total_zero'
  | 'day_energy_fell'
  | 'yesterdays_energy'
  | 'too_fast'
  | 'out_of_range';

/** What a guard makes of a value. */
export interface Verdict {
  /** What may be shown; undefined: nothing that is known to be true. */
  readonly value: number | undefined;
  readonly rejection: RejectionReason | undefined;
}

/** An energy as it was read. */
export interface EnergyReading {
  /** kWh */
  readonly value: number;
  /** When it was taken, milliseconds by the clock that dates the readings. */
  readonly at: number;
  /** The power that makes it grow fastest, W; undefined: unknown. */
  readonly mostPower: number | undefined;
}

/** No lower values; one list for all states, which are many and are never changed. */
const NONE: readonly number[] = Object.freeze([]);

/** Holds back energies of one entity that cannot be true; see docs/true-values.md. */
export class EnergyGuards {
  #totals = new Map<string, EnergyState>();
  #days = new Map<string, DayEnergyState>();
  /** Whether a state that was handed out refers to these maps: a copy is made before they change. */
  #isShared = false;

  /** The state as it is now. */
  get state(): JsonLater<EnergyGuardsState> {
    this.#isShared = true;
    const totals = this.#totals;
    const days = this.#days;
    return { toJSON: () => ({ totals: Object.fromEntries(totals), days: Object.fromEntries(days) }) };
  }

  restore({ totals, days }: EnergyGuardsState): void {
    this.#totals = new Map(Object.entries(totals));
    this.#days = new Map(Object.entries(days));
  }

  /** The last believed total; undefined: none. */
  total(metric: string): number | undefined {
    return this.#totals.get(metric)?.value;
  }

  /**
   * @param producing whether the reading shows that the device works
   * @returns undefined for one that is taken as it is
   */
  judgeTotal(metric: string, reading: EnergyReading, producing: boolean): Verdict | undefined {
    this.#unshare();
    const before = this.#totals.get(metric) ?? { lower: NONE };
    if (growsAsUsual(before, reading)) {
      this.#totals.set(metric, { value: reading.value, lower: NONE, at: reading.at });
      return undefined;
    }
    const [rejection, state] = judgeGrowth(before, reading) ?? judgeTotal(before, reading.value, producing);
    this.#totals.set(metric, dated(state, before, reading));
    return { value: state.value, rejection };
  }

  /**
   * @param date of the reading, YYYY-MM-DD in the device's own time
   * @returns undefined for one that is taken as it is
   */
  judgeDayEnergy(metric: string, reading: EnergyReading, date: string): Verdict | undefined {
    this.#unshare();
    const before = this.#days.get(metric);
    const isSameDay = before?.date === date;
    // A value that is not 0 yet may be that of yesterday.
    if (isSameDay && before.value !== 0 && growsAsUsual(before, reading)) {
      this.#days.set(metric, { ...before, value: reading.value, lower: NONE, at: reading.at });
      return undefined;
    }
    // A new day begins at 0: what it can have brought is bounded by its own length.
    const [rejection, state] =
      (isSameDay ? judgeGrowth(before, reading) : undefined) ?? judgeDayEnergy(before, reading.value, date);
    this.#days.set(metric, dated(state, before, reading));
    return { value: state.value, rejection };
  }

  #unshare(): void {
    if (!this.#isShared) return;
    this.#isShared = false;
    this.#totals = new Map(this.#totals);
    this.#days = new Map(this.#days);
  }
}

/** Nothing was held back before, and the energy stands still or grows no faster than the device can produce. */
function growsAsUsual(
  { value: before, at: beforeAt, lower, higher }: EnergyState,
  { value, at, mostPower }: EnergyReading,
): boolean {
  if (before === undefined || beforeAt === undefined || value < before) return false;
  if (lower.length > 0 || higher !== undefined) return false;
  return mostPower === undefined || value - before <= growthWithin(mostPower, Math.abs(at - beforeAt));
}

type Judgement<S extends EnergyState> = [RejectionReason | undefined, S];

/** Notes when a value was believed. */
function dated<S extends EnergyState>(state: S, before: EnergyState | undefined, { at }: EnergyReading): S {
  const isBelieved = state.value !== undefined && state.lower.length === 0 && !state.higher?.length;
  const time = isBelieved ? at : before?.at;
  return time === undefined ? state : { ...state, at: time };
}

/**
 * An energy that grows faster than the device can produce is held back, until three newer readings in a row agree:
 * none of them falls, and each is possible after the one before.
 * @returns undefined for growth that is possible
 */
function judgeGrowth<S extends EnergyState>(state: S, reading: EnergyReading): Judgement<S> | undefined {
  const { value, at, mostPower } = reading;
  if (state.value === undefined || state.at === undefined || mostPower === undefined) return undefined;
  // A clock that was set back does not say how much time passed, but it is of the order of the difference.
  const possible = growthWithin(mostPower, Math.abs(at - state.at));
  if (value - state.value <= possible) return undefined;
  const last = state.higher?.at(-1);
  const agrees = last !== undefined && value >= last && value - last <= possible;
  const higher = [...(agrees ? (state.higher ?? []) : []), value];
  if (higher.length < CONFIRMATIONS) return ['too_fast', { ...state, higher }];
  return [undefined, { ...state, value, lower: [], higher: [] }];
}

/**
 * A total that falls is held back: inverters report 0 or an old value while they start. It is a true reset
 * (exchanged or reset inverter) only when three newer readings in a row agree, taken while it produces. A first
 * total of 0 is held back in the same way, or the return of the true total would look like years of energy.
 * @returns the state with this value; its `value` is what may be shown
 */
export function judgeTotal(state: EnergyState, value: number, producing: boolean): Judgement<EnergyState> {
  if (state.value === undefined ? value > 0 : value >= state.value) return [undefined, { value, lower: [] }];
  if (state.value === undefined) return awaitConfirmation(state, value, producing, 'total_zero');
  // A counter that was reset while producing does not stay at 0.
  return awaitConfirmation(state, value, producing && value > 0, 'total_fell');
}

/**
 * Within one day the energy only grows, and a new day does not begin with the last value of the old one: some
 * devices repeat that until they wake.
 * @returns the state with this value; its `value` is what may be shown, undefined: nothing yet today
 */
export function judgeDayEnergy(
  state: DayEnergyState | undefined,
  value: number,
  date: string,
): Judgement<DayEnergyState> {
  // Only a clock that was wrong goes back to an earlier date: what it said of a day is not known to be true.
  if (!state || date < state.date) return [undefined, { date, value, lower: [] }];
  const yesterday = state.date === date ? state.yesterday : state.value;
  const today = state.date === date ? state.value : undefined;
  if (value > 0 && value === yesterday && !today) {
    return ['yesterdays_energy', { date, yesterday, lower: [] }];
  }
  const kept = yesterday === undefined ? {} : { yesterday };
  if (today === undefined || value >= today) return [undefined, { date, ...kept, value, lower: [] }];
  const fallen = { value: today, lower: state.lower };
  const [rejection, held] = awaitConfirmation(fallen, value, true, 'day_energy_fell');
  return [rejection, { date, ...kept, ...held }];
}

/** @param counts whether this reading can confirm the lower value */
function awaitConfirmation(
  state: EnergyState,
  value: number,
  counts: boolean,
  rejection: RejectionReason,
): Judgement<EnergyState> {
  if (!counts) return [rejection, state];
  const last = state.lower.at(-1);
  const lower = [...(last === undefined || value >= last ? state.lower : []), value];
  return lower.length >= CONFIRMATIONS ? [undefined, { value, lower: [] }] : [rejection, { ...state, lower }];
}

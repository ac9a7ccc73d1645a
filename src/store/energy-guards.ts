import * as z from 'zod';

/** How many newer readings in a row must agree before a lower energy is believed. */
const CONFIRMATIONS = 3;

const energy = z.object({
  /** The last believed value in kWh; undefined until the first. */
  value: z.number().optional(),
  /** Lower values since then, each at least as large as the one before. */
  lower: z.array(z.number()).readonly(),
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

/** Why an energy is not believed; the values of the label `reason`. */
export type EnergyRejection = 'total_fell' | 'total_zero' | 'day_energy_fell' | 'yesterdays_energy';

/** What a guard makes of a value. */
export interface Verdict {
  /** What may be shown; undefined: nothing that is known to be true. */
  readonly value: number | undefined;
  readonly rejection: EnergyRejection | undefined;
}

/** Holds back energies of one entity that cannot be true; see docs/true-values.md. */
export class EnergyGuards {
  #totals = new Map<string, EnergyState>();
  #days = new Map<string, DayEnergyState>();

  get state(): EnergyGuardsState {
    return { totals: Object.fromEntries(this.#totals), days: Object.fromEntries(this.#days) };
  }

  restore({ totals, days }: EnergyGuardsState): void {
    this.#totals = new Map(Object.entries(totals));
    this.#days = new Map(Object.entries(days));
  }

  /** @param producing whether the reading shows that the device works */
  judgeTotal(metric: string, value: number, producing: boolean): Verdict {
    const [rejection, state] = judgeTotal(this.#totals.get(metric) ?? { lower: [] }, value, producing);
    this.#totals.set(metric, state);
    return { value: state.value, rejection };
  }

  /** @param date of the reading, YYYY-MM-DD in the device's own time */
  judgeDayEnergy(metric: string, value: number, date: string): Verdict {
    const [rejection, state] = judgeDayEnergy(this.#days.get(metric), value, date);
    this.#days.set(metric, state);
    return { value: state.value, rejection };
  }
}

type Judgement<S extends EnergyState> = [EnergyRejection | undefined, S];

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
  rejection: EnergyRejection,
): Judgement<EnergyState> {
  if (!counts) return [rejection, state];
  const last = state.lower.at(-1);
  const lower = [...(last === undefined || value >= last ? state.lower : []), value];
  return lower.length >= CONFIRMATIONS ? [undefined, { value, lower: [] }] : [rejection, { ...state, lower }];
}

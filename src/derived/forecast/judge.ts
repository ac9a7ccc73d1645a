import * as z from 'zod';
import type { Actual } from './actual.ts';
import type { DayCurve } from './day-curve.ts';
import { HeldOutputs, heldOutput } from './held-output.ts';

/** Energies in kWh of the parts of a day that could be compared, and of those that could not. */
const sums = z.object({
  actual: z.number(),
  expected: z.number(),
  /** Hours in which a tenth of the rated power or more was expected. */
  sunHours: z.number(),
  /** Expected while it is unknown whether output was held back, or what the weather was. */
  unknown: z.number(),
});
export type Sums = z.infer<typeof sums>;

const NO_SUMS: Sums = { actual: 0, expected: 0, sunHours: 0, unknown: 0 };

/** What is known of a day, for the state file. */
export const judgedDay = z.object({
  /** YYYY-MM-DD */
  date: z.string(),
  side: z.enum(['ac', 'dc']),
  sums,
  /** The newest readings: when, kWh by device, and whether output was held back. */
  at: z.number(),
  energies: z.record(z.string(), z.number()),
  isCurtailed: z.boolean(),
  held: z.record(z.string(), heldOutput(sums)),
  /** When output was last seen to be held back, on this day or before it. */
  curtailedAt: z.number().optional(),
});
type JudgedDay = z.infer<typeof judgedDay>;

const HOUR = 3_600_000;
/** A plant that was curtailed within so many ms may be so again while nobody looks. */
const CURTAILED_LATELY = 30 * 24 * HOUR;
/** Readings further apart leave it open, for such a plant, whether output was held back in between. */
const LONGEST_UNSEEN = HOUR;
/** Share of the rated power that is sun. */
const SUN = 0.1;
const LEAST_SUN_HOURS = 1;
/** With less, as a share of the rated power, there is nothing to hold back: inverters name a derating mode at dusk. */
const LEAST_LIGHT = 0.02;
/** Devices count in steps of 0.1 kWh. */
const LEAST_ENERGY = 1;

/**
 * The performance ratio of a plant over the day so far: its energy as a share of what was expected over the same spans.
 * Spans at whose beginning or end output was held back count on neither side.
 */
export class Judge {
  #day: JudgedDay | undefined;
  #held = new HeldOutputs<Sums>();

  /** What is kept across a restart. */
  get state(): JudgedDay | undefined {
    return this.#day && { ...this.#day, held: this.#held.state };
  }

  restore(state: JudgedDay | undefined): void {
    this.#day = state;
    this.#held = new HeldOutputs(state?.held);
  }

  /**
   * Takes what a plant gives now.
   * @param curve what is expected of the present day
   * @param clearSky the same under a cloudless sky
   * @param rated power of the modules, W
   */
  observe(actual: Actual, curve: DayCurve, clearSky: DayCurve, rated: number): void {
    const { start, date } = curve.day;
    const { at, side, isComplete, isTogether } = actual;
    if (!isComplete || !isTogether) return;
    const before = this.#dayOf(date, side, start);
    if (at <= before.at) return;
    const energies = { ...before.energies, ...Object.fromEntries(actual.energies) };
    const held = this.#held.observe(actual.outputPercents, {
      at,
      clearSky: clearSky.at(at)?.ac,
      rated,
      sums: before.sums,
    });
    const possible = curve.at(at) ?? clearSky.at(at);
    const hasLight = (possible?.ac ?? 0) >= rated * LEAST_LIGHT;
    const isCurtailed = hasLight && (actual.isCurtailed || held.isHeld);
    const curtailedAt = isCurtailed ? at : before.curtailedAt;
    const span = { actual: total(energies) - total(before.energies), from: before.at, to: at };
    const isFree = !before.isCurtailed && !isCurtailed;
    // What was taken for free output before a limit showed is taken back.
    const next = isFree ? added(before, span, { curve, clearSky, side, rated }) : held.sums;
    this.#day = { date, side, at, energies, isCurtailed, held: {}, sums: next, curtailedAt };
  }

  /** The ratio at an instant; undefined where too little is known of the day, or while output is held back. */
  ratio(curve: DayCurve, now: number): number | undefined {
    const day = this.#day;
    if (day?.date !== curve.day.date) return undefined;
    const { actual, expected, sunHours, unknown } = day.sums;
    if (day.isCurtailed && (curve.at(now)?.ac ?? 0) > 0) return undefined;
    if (sunHours < LEAST_SUN_HOURS || expected < LEAST_ENERGY || unknown > expected) return undefined;
    return Math.max(0, actual) / expected;
  }

  /** What is known of the date; a day begins without energy and without sun. */
  #dayOf(date: string, side: 'ac' | 'dc', start: number): JudgedDay {
    const known = this.#day;
    if (known?.date === date && known.side === side) return known;
    this.#held = new HeldOutputs();
    const curtailedAt = known?.curtailedAt;
    return { date, side, sums: NO_SUMS, at: start, energies: {}, isCurtailed: false, held: {}, curtailedAt };
  }
}

const total = (energies: Readonly<Record<string, number>>) =>
  Object.values(energies).reduce((sum, energy) => sum + energy, 0);

interface Span {
  /** kWh */
  readonly actual: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

interface Expectation {
  readonly curve: DayCurve;
  readonly clearSky: DayCurve;
  readonly side: 'ac' | 'dc';
  /** W */
  readonly rated: number;
}

/** The sums with another span in which output was free at both ends. */
function added(
  { sums: before, curtailedAt }: Pick<JudgedDay, 'sums' | 'curtailedAt'>,
  { actual, from, to }: Span,
  { curve, clearSky, side, rated }: Expectation,
): Sums {
  const expected = curve.energy(side, from, to);
  const sunHours = curve.hoursAbove(rated * SUN, from, to);
  if (expected === undefined || sunHours === undefined)
    return { ...before, unknown: before.unknown + (clearSky.energy(side, from, to) ?? 0) };
  const isUnseen = to - from > LONGEST_UNSEEN;
  const mayBeCurtailed = curtailedAt !== undefined && to - curtailedAt < CURTAILED_LATELY;
  if (isUnseen && mayBeCurtailed) return { ...before, unknown: before.unknown + expected };
  return {
    actual: before.actual + actual,
    expected: before.expected + expected,
    sunHours: before.sunHours + sunHours,
    unknown: before.unknown,
  };
}

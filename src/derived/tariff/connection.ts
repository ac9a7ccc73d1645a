import * as z from 'zod';
import type { Term } from './quantities.ts';

// The shapes are functions: an agent that counts no money does not pay for them.
const wholeNumber = () => z.int().nonnegative();

/** One lifetime total of a device; mWh. */
const counter = () =>
  z.object({
    last: wholeNumber(),
    /** The highest ever: what returns to it after a reset did not flow again. */
    peak: wholeNumber(),
  });

type Counter = z.infer<ReturnType<typeof counter>>;

/** Lifetime totals by `SERIAL METRIC`. */
export const countersState = () => z.record(z.string(), counter());
export type CountersState = z.infer<ReturnType<typeof countersState>>;

/** State of a connection to the grid in one direction; plain JSON. */
export const connectionState = () =>
  z.object({
    /** Until when its energy is accounted for, milliseconds since the epoch. */
    at: z.number(),
    /** What flowed since it is known, mWh. */
    total: wholeNumber(),
    counters: countersState(),
    /** What flowed as each device, or group of them, counted it, the total of when it came included. */
    grown: z.record(z.string(), wholeNumber()),
  });

export type ConnectionState = z.infer<ReturnType<typeof connectionState>>;

/** An energy that flowed from one moment to another. */
export interface Flow {
  /** mWh, a whole number. */
  readonly energy: number;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Names one total of one device. */
export const keyOf = ({ serial, metric }: Term) => `${serial} ${metric}`;

/** Names those whose totals add up to what flows: most often one alone. */
export const groupOf = (term: Term) => term.group ?? keyOf(term);

/** A total as a whole number of mWh, so that nothing is lost or made by rounding differences. */
const milliWattHours = ({ kwh }: Term) => Math.round(kwh * 1e6);

/** By how much a total has grown; 0 for one that is new or was reset. */
function growthOf(before: Counter | undefined, value: number): number {
  if (!before || value < before.last) return 0;
  return before.last < before.peak && value >= before.peak ? value - before.peak : value - before.last;
}

const counted = (before: Counter | undefined, value: number) => ({
  last: value,
  peak: Math.max(value, before?.peak ?? 0),
});

/** How much each of some totals has grown, with its sign, in mWh, and the totals for the next time. */
export function growthsOf(
  before: CountersState,
  terms: readonly Term[],
): { readonly counters: CountersState; readonly grown: number } {
  let grown = 0;
  const counters = { ...before };
  for (const term of terms) {
    const key = keyOf(term);
    const value = milliWattHours(term);
    grown += term.sign * growthOf(before[key], value);
    counters[key] = counted(before[key], value);
  }
  return { counters, grown };
}

/**
 * Takes what the devices of a plant count at its connection to the grid. A plant has one connection: where several
 * devices report it, each of them counts the same energy, and what the foremost has counted is what flowed. Devices of
 * a group count what flows through each of them. One that comes later, or is reset, goes on from there.
 * @param readAt when the newest reading of any of the devices was taken; undefined: none of them was read anew
 */
export function readConnection(
  before: ConnectionState | undefined,
  terms: readonly Term[],
  readAt: number | undefined,
  now: number,
): { readonly state: ConnectionState; readonly flow: Flow } {
  const { at, total, ...known } = before ?? { at: readAt ?? now, total: 0, counters: {}, grown: {} };
  const [counters, grown] = [{ ...known.counters }, { ...known.grown }];
  for (const term of terms) {
    const [key, group, value] = [keyOf(term), groupOf(term), milliWattHours(term)];
    grown[group] = (grown[group] ?? total) + growthOf(counters[key], value);
    counters[key] = counted(counters[key], value);
  }
  const after = Math.max(total, ...Object.values(grown));
  const energy = after - total;
  const to = Math.max(at, readAt ?? (energy > 0 ? now : at));
  return { state: { at: to, total: after, counters, grown }, flow: { energy, from: at, to } };
}

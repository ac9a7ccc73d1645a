import { addDays, datesBetween } from '../base/calendar.ts';
import { SourceError } from '../base/errors.ts';
import type { HistoryPlant, HistoryReader, PlantHistory } from '../model/history.ts';
import type { PollContext } from '../model/poll-context.ts';
import type { Journal } from './journal.ts';

/** One source whose completed days are wanted, and what its reader needs to make calls. */
export interface BackfillSource {
  readonly name: string;
  readonly reader: HistoryReader;
  readonly context: PollContext;
}

/** The first and the last day that are wanted, YYYY-MM-DD; undefined: the first or the last one that is known. */
export interface Range {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The days that are wanted of one plant. */
export interface Assignment {
  readonly source: BackfillSource;
  readonly plant: HistoryPlant;
  /** All dates that are wanted. */
  readonly wanted: readonly string[];
  readonly history: PlantHistory & { readonly energies: Map<string, number> };
  /** Dates whose curves are still to be read. */
  readonly dates: readonly string[];
  /** First and last days of the spans whose energies are still to be read. */
  readonly spans: readonly (readonly [first: string, last: string])[];
}

/** What the journal holds of one plant. */
interface Done {
  readonly dates: Set<string>;
  readonly spans: Set<string>;
  readonly energies: Map<string, number>;
}

/** The lifetime total takes the energies of all days since; they are read for as many days as this. */
const LONGEST_BRIDGE_DAYS = 92;

/** Asks each source for its plants, unless the journal knows them, and leaves out what the journal has. */
export async function plan(
  sources: readonly BackfillSource[],
  journal: Journal,
  range: Range,
): Promise<readonly Assignment[]> {
  const listed = new Map<string, readonly HistoryPlant[]>();
  const done = new Map<string, Done>();
  for await (const entry of journal.entries()) {
    if ('plants' in entry) {
      listed.set(entry.source, entry.plants);
      continue;
    }
    const key = keyOf(entry.source, entry.plant);
    const plant = done.get(key) ?? { dates: new Set(), spans: new Set(), energies: new Map() };
    done.set(key, plant);
    if ('curve' in entry) {
      plant.dates.add(entry.date);
    } else {
      plant.spans.add(entry.first);
      for (const [date, energy] of Object.entries(entry.energies)) plant.energies.set(date, energy);
    }
  }
  const assignments: Assignment[] = [];
  for (const source of sources) {
    const { name, reader, context } = source;
    const plants = listed.get(name) ?? (await reader.plants(context));
    if (!listed.has(name)) journal.add({ source: name, plants: [...plants] });
    for (const plant of plants)
      assignments.push(assign(source, plant, range, done.get(keyOf(name, plant.id))));
  }
  return assignments;
}

/** How many calls are left to make. */
export const callsOf = (assignments: readonly Assignment[]) =>
  assignments.reduce((calls, { dates, spans }) => calls + dates.length + spans.length, 0);

/** Makes the calls that are left, the oldest day first, and enters each answer in the journal. */
export async function collect(
  assignments: readonly Assignment[],
  journal: Journal,
  onCall: (plant: HistoryPlant, date: string) => void,
): Promise<void> {
  for (const { source, plant, history, dates, spans } of assignments) {
    const { name, reader, context } = source;
    for (const [first, last] of spans) {
      const energies = await about(plant, first, reader.energies(context, plant, first, last));
      journal.add({ source: name, plant: plant.id, first, energies: Object.fromEntries(energies) });
      for (const [date, energy] of energies) history.energies.set(date, energy);
      onCall(plant, first);
    }
    for (const date of dates) {
      const { curve, end } = await about(plant, date, reader.day(context, plant, date));
      const seconds = curve.map(([at, watts]): [number, number] => [at / 1000, watts]);
      journal.add({ source: name, plant: plant.id, date, end: end / 1000, curve: seconds });
      onCall(plant, date);
    }
  }
}

/** Says in a failure which day it was. */
function about<T>({ id }: HistoryPlant, date: string, call: Promise<T>): Promise<T> {
  return call.catch((cause) => {
    if (!(cause instanceof SourceError)) throw cause;
    throw new SourceError(cause.kind, `plant ${id}, ${date}: ${cause.message}`, { cause });
  });
}

function assign(
  source: BackfillSource,
  plant: HistoryPlant,
  range: Range,
  done: Done | undefined,
): Assignment {
  const { created, today, total } = plant;
  const yesterday = addDays(today, -1);
  const to = range.to && range.to < yesterday ? range.to : yesterday;
  const from = latest(range.from, created) ?? to;
  const wanted = datesBetween(from, to);
  const bridge = total && datesBetween(to, addDays(total.before, -1)).length <= LONGEST_BRIDGE_DAYS;
  const last = latest(to, bridge ? addDays(total.before, -1) : undefined) ?? to;
  const spans = wanted.length > 0 ? spansBetween(from, last, source.reader.energySpan) : [];
  return {
    source,
    plant,
    wanted,
    history: {
      plant: { ...plant, total: bridge ? total : undefined },
      energies: done?.energies ?? new Map(),
    },
    dates: wanted.filter((date) => !done?.dates.has(date)),
    spans: spans.filter(([first]) => !done?.spans.has(first)),
  };
}

function spansBetween(from: string, to: string, length: number): [string, string][] {
  return datesBetween(from, to)
    .filter((_, i) => i % length === 0)
    .map((first) => [first, earliest(addDays(first, length - 1), to)]);
}

function latest(...dates: (string | undefined)[]): string | undefined {
  return dates
    .filter((date) => date !== undefined)
    .toSorted()
    .at(-1);
}

const earliest = (a: string, b: string) => (a < b ? a : b);
const keyOf = (source: string, plant: string) => `${source} ${plant}`;

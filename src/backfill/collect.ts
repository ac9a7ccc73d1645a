import { addDays, datesBetween } from '../calendar.ts';
import type { Past, PastPlant, Turn } from '../sources/source.ts';
import type { Entry, Journal } from './journal.ts';
import type { PlantPast } from './points.ts';

/** One source whose past is wanted, and the means to make its calls. */
export interface Job {
  readonly source: string;
  readonly past: Past;
  readonly turn: Turn;
}

/** The days that are wanted of one plant. */
export interface Assignment {
  readonly job: Job;
  readonly plant: PastPlant;
  readonly from: string;
  readonly to: string;
  readonly known: PlantPast;
  /** Dates whose curves are still to be read. */
  readonly dates: readonly string[];
  /** First and last days of the spans whose energies are still to be read. */
  readonly spans: readonly (readonly [first: string, last: string])[];
  /** Whether the plant's present total is in the journal. */
  readonly anchored: boolean;
}

/** The total can only be told when the days from here to the present are read as well; no further back than this. */
const LONGEST_BRIDGE_DAYS = 92;

/** Asks each source for its plants, and takes off what the journal has. */
export async function plan(
  jobs: readonly Job[],
  journal: Journal,
  range: { readonly from: string | undefined; readonly to: string | undefined },
): Promise<readonly Assignment[]> {
  const entries = new Map<string, Entry[]>();
  for await (const entry of journal.entries()) {
    const key = keyOf(entry.source, entry.plant);
    // The curves themselves are read again when they are written; here only their dates matter.
    const slim = 'curve' in entry ? { ...entry, curve: [] } : entry;
    entries.set(key, [...(entries.get(key) ?? []), slim]);
  }
  const assignments: Assignment[] = [];
  for (const job of jobs) {
    for (const plant of await job.past.plants(job.turn)) {
      assignments.push(assign(job, plant, entries.get(keyOf(job.source, plant.id)) ?? [], range));
    }
  }
  return assignments;
}

export const callsOf = (assignments: readonly Assignment[]) =>
  assignments.reduce((calls, { dates, spans }) => calls + dates.length + spans.length, 0);

/** Makes the calls that are left, the oldest day first, and enters each answer in the journal. */
export async function collect(
  assignments: readonly Assignment[],
  journal: Journal,
  onCall: (plant: PastPlant, date: string) => void,
): Promise<void> {
  for (const { job, plant, known, dates, spans, anchored } of assignments) {
    const about = { source: job.source, plant: plant.id };
    if (!anchored) journal.add({ ...about, anchor: { total: known.total, today: known.today } });
    for (const [first, last] of spans) {
      const energies = await job.past.energies(job.turn, plant, first, last);
      journal.add({ ...about, first, energies: Object.fromEntries(energies) });
      for (const [date, energy] of energies) known.energies.set(date, energy);
      onCall(plant, first);
    }
    for (const date of dates) {
      const curve = await job.past.curve(job.turn, plant, date);
      journal.add({ ...about, date, curve: curve.map(([at, watts]) => [at / 1000, watts]) });
      onCall(plant, date);
    }
  }
}

function assign(
  job: Job,
  plant: PastPlant,
  entries: readonly Entry[],
  range: { readonly from: string | undefined; readonly to: string | undefined },
): Assignment {
  const { zone, created } = plant;
  const anchor = entries.find((entry) => 'anchor' in entry)?.anchor;
  const { total, today } = anchor ?? plant;
  const known: PlantPast = { zone, energies: new Map(), total, today };
  const curves = new Set<string>();
  const spansDone = new Set<string>();
  for (const entry of entries) {
    if ('curve' in entry) curves.add(entry.date);
    if (!('energies' in entry)) continue;
    spansDone.add(entry.first);
    for (const [date, energy] of Object.entries(entry.energies)) known.energies.set(date, energy);
  }
  const yesterday = addDays(today, -1);
  const to = range.to && range.to < yesterday ? range.to : yesterday;
  const from =
    [range.from, created]
      .filter((date) => date !== undefined)
      .toSorted()
      .at(-1) ?? to;
  const bridged = datesBetween(to, yesterday).length <= LONGEST_BRIDGE_DAYS;
  if (!bridged) known.total = undefined;
  return {
    job,
    plant,
    from,
    to,
    known,
    dates: datesBetween(from, to).filter((date) => !curves.has(date)),
    spans: spansBetween(from, bridged ? yesterday : to, job.past.energySpan).filter(
      ([first]) => !spansDone.has(first),
    ),
    anchored: anchor !== undefined,
  };
}

function spansBetween(from: string, to: string, length: number): [string, string][] {
  return datesBetween(from, to)
    .filter((_, i) => i % length === 0)
    .map((first) => [first, [addDays(first, length - 1), to].toSorted()[0]!]);
}

const keyOf = (source: string, plant: string) => `${source} ${plant}`;

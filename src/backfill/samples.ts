import type { HistorySample } from '../model/history.ts';
import type { Assignment } from './collect.ts';
import type { Journal } from './journal.ts';

/** Names of all metrics that the plants of a backfill have. */
export function metricsOf(assignments: readonly Assignment[]): readonly string[] {
  return [...new Set(assignments.flatMap(({ source }) => Object.keys(source.reader.samples)))];
}

/** All samples of one metric, plant by plant in the order of time, from one pass over the journal. */
export async function* samplesOf(
  metric: string,
  assignments: readonly Assignment[],
  journal: Journal,
): AsyncGenerator<HistorySample> {
  const plants = new Map(
    assignments.map(({ source, plant, history }) => [
      keyOf(source.name, plant.id),
      source.reader.samples[metric]?.(history),
    ]),
  );
  for await (const entry of journal.entries()) {
    if (!('curve' in entry)) continue;
    const samplesOn = plants.get(keyOf(entry.source, entry.plant));
    if (!samplesOn) continue;
    const curve = entry.curve.map(([at, watts]) => [at * 1000, watts] as const);
    yield* samplesOn(entry.date, { curve, end: entry.end * 1000 });
  }
}

const keyOf = (source: string, plant: string) => `${source} ${plant}`;

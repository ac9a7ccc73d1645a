import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Assignment, BackfillSource } from '../../src/backfill/collect.ts';
import { Journal, type Scope } from '../../src/backfill/journal.ts';
import { render } from '../../src/backfill/openmetrics.ts';
import { metricsOf, samplesOf } from '../../src/backfill/samples.ts';
import { addDays, datesBetween } from '../../src/base/calendar.ts';
import type { HistoryPlant, HistoryReader, HistorySample } from '../../src/model/history.ts';
import { historySamples } from '../../src/sources/growatt/history/samples.ts';
import { plainContext } from '../helpers/context.ts';

export const SCOPE: Scope = { from: undefined, to: undefined, sources: ['growatt/default'], plants: [] };

/** An empty folder that is removed with the test. */
export function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function emptyJournal(t: TestContext): Journal {
  return Journal.open(join(emptyFolder(t), 'journal'), SCOPE);
}

export function plantWith(changes: Partial<HistoryPlant> = {}): HistoryPlant {
  return {
    id: '1',
    name: 'Dach Süd',
    zone: 'GMT+0',
    created: '2026-06-01',
    today: '2026-06-12',
    total: { kwh: 1000, before: '2026-06-12' },
    ...changes,
  };
}

/** A past in UTC: each day 10 kWh, and 1000 W from ten to noon. */
export interface FakeReader extends HistoryReader {
  /** What was asked, in order. */
  readonly asked: string[];
}

export function fakeReader(
  plants: readonly HistoryPlant[],
  { unknown = [], fail }: { unknown?: readonly string[]; fail?: (what: string) => void } = {},
): FakeReader {
  const asked: string[] = [];
  const ask = (what: string) => {
    asked.push(what);
    fail?.(what);
  };
  return {
    asked,
    energySpan: 7,
    callSpacing: 0,
    chosenPlants: [],
    samples: historySamples,
    async plants() {
      ask('plants');
      return plants;
    },
    async day(_context, plant, date) {
      ask(`${plant.id} ${date}`);
      const midnight = Date.parse(`${date}T00:00Z`);
      const curve = Array.from({ length: 24 }, (_, i) => [midnight + (120 + i) * 300_000, 1000] as const);
      return { curve, end: Date.parse(`${addDays(date, 1)}T00:00Z`) - 1000 };
    },
    async energies(_context, plant, from, to) {
      ask(`${plant.id} ${from}..${to}`);
      const known = datesBetween(from, to).filter((date) => !unknown.includes(date));
      return new Map(known.map((date) => [date, 10]));
    },
  };
}

export const sourceOf = (reader: HistoryReader, name = 'growatt/default'): BackfillSource => ({
  name,
  reader,
  context: plainContext(),
});

export async function allSamples(
  name: string,
  assignments: readonly Assignment[],
  journal: Journal,
): Promise<HistorySample[]> {
  return await Array.fromAsync(samplesOf(name, assignments, journal));
}

export async function exposition(assignments: readonly Assignment[], journal: Journal): Promise<string> {
  return (
    await Array.fromAsync(render(metricsOf(assignments), (name) => samplesOf(name, assignments, journal)))
  ).join('');
}

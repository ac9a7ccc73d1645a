import * as z from 'zod';
import type { PollContext } from './poll-context.ts';
import type { Labels } from './reading.ts';

/** A plant whose completed days can be read; plain JSON, so that it can be kept for another run. */
export const historyPlant = z.object({
  id: z.string(),
  name: z.string(),
  /** Its time zone, as its source writes it. */
  zone: z.string(),
  /** Its first day, YYYY-MM-DD; absent when unknown. */
  created: z.string().optional(),
  /** The present date there. */
  today: z.string(),
  /** Its energy before a date began; absent when unknown. */
  total: z.object({ kwh: z.number(), before: z.string() }).optional(),
});

export type HistoryPlant = Readonly<z.infer<typeof historyPlant>>;

/** A completed day of a plant. */
export interface HistoryDay {
  /** Known power values: milliseconds since the epoch, W; in the order of time. */
  readonly curve: readonly (readonly [at: number, watts: number])[];
  /** Its last second, milliseconds since the epoch. */
  readonly end: number;
}

/** What is known of a plant besides the curves of its days. */
export interface PlantHistory {
  readonly plant: HistoryPlant;
  /** kWh by date. */
  readonly energies: ReadonlyMap<string, number>;
}

/** One sample of the past. */
export interface HistorySample {
  readonly labels: Labels;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** Makes the samples of one metric on one day of a plant, in the order of time. */
export type DaySamples = (date: string, day: HistoryDay) => Iterable<HistorySample>;

/** Reads completed days, one call after the other, waiting where the source asks for it. */
export interface HistoryReader {
  /** Days that one call for energies may span. */
  readonly energySpan: number;
  /** Least time between two calls, milliseconds. */
  readonly callSpacing: number;
  /** The plants that are chosen in the configuration, with their time zones where these are; empty: all. */
  readonly chosenPlants: readonly { readonly id: string; readonly timezone?: string | undefined }[];
  /** The metrics that completed days give, and how their samples are made; all of them are in the catalogue. */
  readonly samples: Readonly<Record<string, (history: PlantHistory) => DaySamples>>;
  /** @throws SourceError like the other two, after all retries and pauses */
  plants(context: PollContext): Promise<readonly HistoryPlant[]>;
  day(context: PollContext, plant: HistoryPlant, date: string): Promise<HistoryDay>;
  /** kWh by date of at most `energySpan` days; days that the source does not know are missing. */
  energies(
    context: PollContext,
    plant: HistoryPlant,
    from: string,
    to: string,
  ): Promise<ReadonlyMap<string, number>>;
}

import type { PollContext } from './poll-context.ts';

/** A plant whose completed days can be read; plain JSON, so that it can be kept for another run. */
export interface HistoryPlant {
  readonly id: string;
  readonly name: string;
  /** Its time zone, as its source writes it. */
  readonly zone: string;
  /** Its first day, YYYY-MM-DD; undefined when unknown. */
  readonly created?: string | undefined;
  /** The present date there. */
  readonly today: string;
  /** Its energy before a date began; undefined when unknown. */
  readonly total?: { readonly kwh: number; readonly before: string } | undefined;
}

/** A completed day of a plant. */
export interface HistoryDay {
  /** Known power values: milliseconds since the epoch, W; in the order of time. */
  readonly curve: readonly (readonly [at: number, watts: number])[];
  /** Its last second, milliseconds since the epoch. */
  readonly end: number;
}

/** Reads completed days, one call after the other, waiting where the source asks for it. */
export interface HistoryReader {
  /** Days that one call for energies may span. */
  readonly energySpan: number;
  /** Least time between two calls, milliseconds. */
  readonly callSpacing: number;
  /** The plants that are chosen in the configuration, with their time zones where these are; empty: all. */
  readonly chosenPlants: readonly { readonly id: string; readonly timezone?: string | undefined }[];
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

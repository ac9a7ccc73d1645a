import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { MetricDefinition } from '../model/metric.ts';
import type { Labels } from '../model/reading.ts';
import type { AttributeSets } from './attribute-sets.ts';
import type { ReadingTimes } from './reading-time.ts';

/** A reading as it is kept across a restart. */
export const readingSnapshot = z.object({
  wall: z.number().optional(),
  receivedAt: z.number(),
  firstSeenAt: z.number(),
  holdsFor: z.number().optional(),
  /** A value that was held back is null. */
  values: z.array(
    z.object({
      metric: z.string(),
      value: z.number().nullable(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

type ReadingSnapshot = z.infer<typeof readingSnapshot>;

/** The definition of a metric by name. @throws Error for an unknown name */
export type DefinitionOf = (metric: string) => MetricDefinition;

/** One series of an entity; the same object for reading after reading. */
export interface Series {
  readonly definition: MetricDefinition;
  /** Labels beyond those of the entity. */
  readonly extra: Labels | undefined;
  readonly attributes: Labels;
}

/** The newest accepted reading of an entity, ready to be shown. */
export interface AcceptedReading {
  readonly times: ReadingTimes;
  /** Milliseconds; undefined: instantaneous values do not expire by their age. */
  readonly holdsFor: number | undefined;
  readonly series: readonly Series[];
  /** Of each series; undefined: held back, nothing true is known. */
  readonly values: readonly (number | undefined)[];
}

/** A value by its metric and the labels beyond those of its entity. */
interface Named {
  readonly metric: string;
  readonly labels?: Labels | undefined;
}

/**
 * The series of the values of a reading.
 * @param before those of the reading before, which stay the same objects where the values have the same names
 */
export function seriesOf(
  values: readonly Named[],
  before: readonly Series[],
  definitionOf: DefinitionOf,
  attributes: AttributeSets,
): readonly Series[] {
  const isSame =
    values.length === before.length && values.every((value, i) => before[i] && isOf(before[i], value));
  if (isSame) return before;
  return values.map(({ metric, labels: extra }) => ({
    definition: definitionOf(metric),
    extra,
    attributes: attributes.with(extra),
  }));
}

function isOf({ definition, extra }: Series, { metric, labels }: Named): boolean {
  return definition.name === metric && (extra === labels || isDeepStrictEqual(extra, labels));
}

/** The same reading under other labels of its entity. */
export function relabelled(reading: AcceptedReading, attributes: AttributeSets): AcceptedReading {
  const series = reading.series.map((one) => ({ ...one, attributes: attributes.with(one.extra) }));
  return { ...reading, series };
}

/** What is kept of a reading across a restart. */
export function snapshotOf({ times, holdsFor, series, values }: AcceptedReading): ReadingSnapshot {
  const named = series.map(({ definition, extra: labels }, i) => ({
    metric: definition.name,
    value: values[i] ?? null,
    labels,
  }));
  return { ...times, holdsFor, values: named };
}

/** The reading that `snapshotOf` described, without the metrics that this version does not have. */
export function restoredReading(
  { wall, receivedAt, firstSeenAt, holdsFor, values }: ReadingSnapshot,
  definitionOf: DefinitionOf,
  attributes: AttributeSets,
): AcceptedReading {
  const known = values.filter(({ metric }) => isDefined(metric, definitionOf));
  return {
    times: { wall, receivedAt, firstSeenAt },
    holdsFor,
    series: seriesOf(known, [], definitionOf, attributes),
    values: known.map(({ value }) => value ?? undefined),
  };
}

function isDefined(metric: string, definitionOf: DefinitionOf): boolean {
  try {
    definitionOf(metric);
    return true;
  } catch {
    return false;
  }
}

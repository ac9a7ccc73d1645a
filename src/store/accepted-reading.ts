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

export interface AcceptedValue {
  readonly definition: MetricDefinition;
  /** Labels beyond those of the entity. */
  readonly extra: Labels | undefined;
  readonly attributes: Labels;
  /** undefined: held back, nothing true is known. */
  readonly value: number | undefined;
}

/** The newest accepted reading of an entity, ready to be shown. */
export interface AcceptedReading {
  readonly times: ReadingTimes;
  /** Milliseconds; undefined: instantaneous values do not expire by their age. */
  readonly holdsFor: number | undefined;
  readonly values: readonly AcceptedValue[];
}

/** A value of a reading, as the guards decided about it. */
export function acceptedValue(
  { metric, labels: extra }: { readonly metric: string; readonly labels?: Labels | undefined },
  value: number | undefined,
  definitionOf: DefinitionOf,
  attributes: AttributeSets,
): AcceptedValue {
  return { definition: definitionOf(metric), extra, attributes: attributes.with(extra), value };
}

/** The same reading under other labels of its entity. */
export function relabelled(reading: AcceptedReading, attributes: AttributeSets): AcceptedReading {
  const values = reading.values.map((value) => ({ ...value, attributes: attributes.with(value.extra) }));
  return { ...reading, values };
}

/** What is kept of a reading across a restart. */
export function snapshotOf({ times, holdsFor, values }: AcceptedReading): ReadingSnapshot {
  return {
    ...times,
    holdsFor,
    values: values.map(({ definition, extra: labels, value = null }) => ({
      metric: definition.name,
      value,
      labels,
    })),
  };
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
    values: known.map((kept) => acceptedValue(kept, kept.value ?? undefined, definitionOf, attributes)),
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

import { growattMetrics } from './growatt.ts';
import { truckiLegacyMetrics, truckiMetrics } from './trucki.ts';

/** How long a value stays true when nothing newer arrives; see docs/true-values.md. */
export type Span =
  /** Until the source has failed for STALE_AFTER, or the device sleeps. */
  | 'instant'
  /** As instant, but 0 (offline) while the device sleeps. */
  | 'status'
  /** Until local midnight, when the device starts again from 0. */
  | 'today'
  /** Until the local month or year ends. */
  | 'month'
  | 'year'
  /** As long as the device is listed; guarded against falling. */
  | 'lifetime'
  /** As long as the device is listed. */
  | 'fact';

/** One metric that sources give values for. */
export interface Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  /** The word the name ends with, such as `watts`; empty for states, codes and information. */
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly span: Span;
}

/** The one list of metrics that describe solar equipment. The agent's own are in `own-catalogue.ts`. */
export const catalogue: readonly Metric[] = [...growattMetrics, ...truckiMetrics, ...truckiLegacyMetrics];

const byName = new Map(catalogue.map((metric) => [metric.name, metric]));

/** @throws Error for a name that is not in the catalogue: a mistake in a field table. */
export function metricNamed(name: string): Metric {
  const metric = byName.get(name);
  if (!metric) throw new Error(`No metric is called ${name}`);
  return metric;
}

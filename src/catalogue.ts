import { kinds } from './kinds.ts';
import type { Metric } from './model/metric.ts';

/** The one list of metrics that describe solar equipment. The agent's own are in `telemetry/own-catalogue.ts`. */
export const catalogue: readonly Metric[] = Object.values(kinds).flatMap(({ metrics }) => metrics);

const byName = new Map(catalogue.map((metric) => [metric.name, metric]));

/** @throws Error for a name that is not in the catalogue: a mistake in a field table. */
export function metricNamed(name: string): Metric {
  const metric = byName.get(name);
  if (!metric) throw new Error(`No metric is called ${name}`);
  return metric;
}

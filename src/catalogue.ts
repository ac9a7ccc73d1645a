import { kinds } from './kinds.ts';
import type { MetricDefinition } from './model/metric.ts';

/** Groups that several kinds give values for come once. */
const groups = new Set(Object.values(kinds).flatMap(({ metrics }) => metrics));

/** The one list of metrics that describe solar equipment. The agent's own are in `telemetry/own-catalogue.ts`. */
export const catalogue: readonly MetricDefinition[] = [...groups].flatMap(({ definitions }) => definitions);

const byName = new Map(catalogue.map((definition) => [definition.name, definition]));

/** @throws Error for a name that is not in the catalogue: a mistake in a source */
export function definitionOf(name: string): MetricDefinition {
  const definition = byName.get(name);
  if (!definition) throw new Error(`No metric is called ${name}`);
  return definition;
}

import { parts } from './kinds.ts';
import type { Part } from './model/kind.ts';
import type { MetricDefinition } from './model/metric.ts';

/** The metrics of several parts, each once: a group may be shared by parts that give values for it. */
export function definitionsOf(some: readonly Pick<Part, 'metrics'>[]): readonly MetricDefinition[] {
  const groups = new Set(some.flatMap(({ metrics }) => metrics));
  return [...groups].flatMap(({ definitions }) => definitions);
}

/** The one list of metrics that describe solar equipment. The agent's own are in `telemetry/own-catalogue.ts`. */
export const catalogue: readonly MetricDefinition[] = definitionsOf(Object.values<Part>(parts));

const byName = new Map(catalogue.map((definition) => [definition.name, definition]));

/** @throws Error for a name that is not in the catalogue: a mistake in a source */
export function definitionOf(name: string): MetricDefinition {
  const definition = byName.get(name);
  if (!definition) throw new Error(`No metric is called ${name}`);
  return definition;
}

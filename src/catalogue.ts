import { kinds } from './kinds.ts';
import type { SourceKind } from './model/kind.ts';
import type { MetricDefinition } from './model/metric.ts';

/** The metrics of several kinds, each once: a group may be shared by kinds that give values for it. */
export function definitionsOf(sources: readonly Pick<SourceKind, 'metrics'>[]): readonly MetricDefinition[] {
  const groups = new Set(sources.flatMap(({ metrics }) => metrics));
  return [...groups].flatMap(({ definitions }) => definitions);
}

/** The one list of metrics that describe solar equipment. The agent's own are in `telemetry/own-catalogue.ts`. */
export const catalogue: readonly MetricDefinition[] = definitionsOf(Object.values(kinds));

const byName = new Map(catalogue.map((definition) => [definition.name, definition]));

/** @throws Error for a name that is not in the catalogue: a mistake in a source */
export function definitionOf(name: string): MetricDefinition {
  const definition = byName.get(name);
  if (!definition) throw new Error(`No metric is called ${name}`);
  return definition;
}

import { stringify } from 'yaml';
import type { OtlpExport } from '../export/otlp-settings.ts';
import { derivedParts, kinds } from '../kinds.ts';
import type { DerivedPart } from '../model/derived.ts';
import type { Part, SourceKind } from '../model/kind.ts';
import { describe, secretsIn, type Values } from '../settings/describe.ts';
import { nest } from '../settings/schema.ts';
import type { Resolved, Section } from '../settings/setting.ts';
import { agentSettings } from './settings.ts';

type AgentSettings = Resolved<typeof agentSettings>;
type Kinds = typeof kinds;
type DerivedParts = typeof derivedParts;
/** What each of some parts made of its settings. */
type Made<P> = { readonly [K in keyof P]: P[K] extends { resolve(given: never): infer C } ? C : never };

/** The resolved configuration of one process; all durations are milliseconds. */
export interface Config extends Omit<AgentSettings, 'otlp' | 'log'> {
  /** What each kind of source made of its settings. */
  readonly sources: Made<Kinds>;
  /** What each derived part made of its settings. */
  readonly derived: Made<DerivedParts>;
  /** undefined: no OTLP export. */
  readonly otlp: OtlpExport | undefined;
  readonly log: AgentSettings['log'] & { readonly format: 'text' | 'json' };
}

/** The kinds of sources, each with its part of a configuration. */
export function kindsIn({ sources }: Pick<Config, 'sources'>): readonly (readonly [SourceKind, unknown])[] {
  return withParts<SourceKind>(kinds, sources);
}

/** The derived parts, each with its part of a configuration. */
export function derivedPartsIn({
  derived,
}: Pick<Config, 'derived'>): readonly (readonly [DerivedPart, unknown])[] {
  return withParts<DerivedPart>(derivedParts, derived);
}

function withParts<P>(
  some: Readonly<Record<string, P>>,
  made: Readonly<Record<string, unknown>>,
): readonly (readonly [P, unknown])[] {
  return Object.entries(some).map(([name, part]) => [part, made[name]]);
}

/** The resolved configuration as a YAML file that could be used again, but for its secrets. */
export function describeConfig(config: Config): string {
  const shown = partsOf(config).flatMap(([section, values]) => [...describe(section, values)]);
  return stringify(nest(shown), { lineWidth: 0 });
}

/** Every secret of a configuration, also as it stands in a URL or a header, for a log that must not show them. */
export function secretsOf(config: Config): string[] {
  const secrets = partsOf(config).flatMap(([section, values]) => [...secretsIn(section, values)]);
  return [...new Set(secrets)].filter(Boolean);
}

function partsOf(config: Config): readonly (readonly [Section, Values])[] {
  const { otlp = {}, ...agent } = config;
  const all: readonly (readonly [Part, unknown])[] = [...kindsIn(config), ...derivedPartsIn(config)];
  return [
    ...all.map(([part, made]): [Section, Values] => [part.settings, part.shown(made)]),
    [agentSettings, { ...agent, otlp }],
  ];
}

import { stringify } from 'yaml';
import type { OtlpExport } from '../export/otlp-settings.ts';
import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';
import { describe, secretsIn, type Values } from '../settings/describe.ts';
import { nest } from '../settings/schema.ts';
import type { Resolved, Section } from '../settings/setting.ts';
import { agentSettings } from './settings.ts';

type AgentSettings = Resolved<typeof agentSettings>;
type Kinds = typeof kinds;

/** The resolved configuration of one process; all durations are milliseconds. */
export interface Config extends Omit<AgentSettings, 'otlp' | 'log'> {
  /** What each kind of source made of its settings. */
  readonly sources: { readonly [K in keyof Kinds]: ReturnType<Kinds[K]['resolve']> };
  /** undefined: no OTLP export. */
  readonly otlp: OtlpExport | undefined;
  readonly log: AgentSettings['log'] & { readonly format: 'text' | 'json' };
}

/** The kinds of sources, each with its part of a configuration. */
export function kindsIn({ sources }: Pick<Config, 'sources'>): readonly (readonly [SourceKind, unknown])[] {
  return Object.entries<SourceKind>(kinds).map(([name, kind]) => [kind, sources[name as keyof Kinds]]);
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
  return [
    ...kindsIn(config).map(([kind, part]): [Section, Values] => [kind.settings, kind.shown(part)]),
    [agentSettings, { ...agent, otlp }],
  ];
}

import { dirname } from 'node:path';
import { resolveOtlp } from '../export/otlp-settings.ts';
import { derivedParts, kinds, parts } from '../kinds.ts';
import type { Part } from '../model/kind.ts';
import { alternatives } from '../settings/alternatives.ts';
import type { Environment } from '../settings/file-values.ts';
import { ConfigError, type Problem } from '../settings/problems.ts';
import { type Flags, Settings } from '../settings/read.ts';
import { startsIn } from '../settings/setting.ts';
import { parseConfigFile, type ReadFile, readTextFile } from '../settings/yaml-file.ts';
import type { Config } from './config.ts';
import { agentSettings } from './settings.ts';

export interface LoadOptions {
  /** Path of the YAML file; absent: there is none. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: Flags;
  /** Whether the log goes to a terminal, which decides its default format. */
  readonly isTerminal: boolean;
  readonly readFile?: ReadFile;
}

const all = Object.values<Part>(parts);

/**
 * Resolves flags, variables, file and defaults, in this order of precedence, to one frozen configuration.
 * @throws ConfigError with all mistakes; none of its texts holds a secret
 */
export function loadConfig(options: LoadOptions): Config {
  const { given, problems } = read(options);
  const mistyped = problems.length;
  const sources = resolveAll<Config['sources']>(kinds, given);
  const derived = resolveAll<Config['derived']>(derivedParts, given);
  const explained = problems.length > mistyped;
  const starts = all.flatMap(({ settings }) => startsIn(settings));
  if (!explained && starts.every(([path]) => given.origin(path).from === 'default')) {
    problems.push(nothingToRead(starts.map(([, setting]) => setting)));
  }
  const agent = given.valuesOf(agentSettings);
  const otlp = resolveOtlp(agent.otlp, given);
  if (problems.length > 0) throw new ConfigError(problems);
  const format = agent.log.format ?? (options.isTerminal ? 'text' : 'json');
  return deepFreeze({ ...agent, sources, derived, otlp, log: { ...agent.log, format } });
}

/** What each part makes of its settings. */
const resolveAll = <C>(some: Readonly<Record<string, Part>>, given: Settings): C =>
  Object.fromEntries(Object.entries(some).map(([name, part]) => [name, part.resolve(given)])) as C;

/**
 * How an agent with this configuration serves. Mistakes elsewhere do not count, and no source is needed.
 * @throws ConfigError
 */
export function loadExporter(options: LoadOptions): Config['exporter'] {
  const { given, problems } = read(options);
  const keys = Object.keys(agentSettings.exporter).map((key) => given.origin(`exporter.${key}`).key);
  const own = problems.filter(({ key }) => keys.includes(key));
  if (own.length > 0) throw new ConfigError(own);
  return given.valuesOf(agentSettings).exporter;
}

/** The settings as they are given, and the mistakes in them. */
function read({ file, env, flags = {}, readFile = readTextFile }: LoadOptions) {
  const variables = withoutEmpty(env);
  const node = file === undefined ? {} : parseConfigFile(file, readFile);
  const problems: Problem[] = [];
  const place = { path: '', variables, problems, readFile, folder: dirname(file ?? '.') };
  const sections = [...all.map(({ settings }) => settings), agentSettings];
  return { given: new Settings(sections, { ...place, node, env: variables, flags }), problems };
}

/** The variables that are set: an empty one counts as unset, and white space around a value is ignored. */
function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Environment {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
}

function nothingToRead(settings: readonly { readonly env?: unknown; readonly hint?: string }[]): Problem {
  const variables = settings.flatMap(({ env }) => env ?? []).map(String);
  const hints = settings.flatMap(({ hint }) => hint ?? []);
  return {
    key: alternatives(variables),
    message: `must be set, else there is nothing to read; ${hints.join('; ')}. To look around without a device, run \`solar-otel-agent demo\`.`,
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

import convict from 'convict';
import './formats.ts';
import { type FileMapping, type FileNode, isMapping } from './file.ts';
import { knownPart, type Place } from './known-part.ts';
import { type Problem, presentable } from './problems.ts';
import { type Flag, type Schema, type Setting, settingsOf } from './setting.ts';
import type { Environment } from './substitute.ts';

/** Texts of settings given as flags, such as `{ '-p': ':9120' }`. */
export type Flags = Readonly<Partial<Record<Flag, string>>>;

/** What settings are read from. */
export interface Source extends Place {
  readonly node: FileMapping;
  /** Variables and flags that give settings; the items of a list have none. */
  readonly env: Environment;
  readonly flags: Flags;
  /** Set when `node` was made of this text, with the key that gave it. */
  readonly text?: { readonly key: string; readonly given: string };
}

/** Where a setting's value comes from, and what it is called there. */
export interface Origin {
  readonly from: 'flag' | 'env' | 'file' | 'default';
  readonly key: string;
  readonly given: string | undefined;
}

/** Settings as they were resolved, and where each came from. */
export interface Read<T> {
  readonly values: T;
  origin(path: string): Origin;
}

/**
 * Resolves a schema with convict: flags beat variables, variables beat the file, the file beats defaults.
 * Every mistake is added to the source's problems; a setting with a mistake keeps its default.
 */
export function readSettings<T>(schema: Schema<T>, source: Source): Read<T> {
  const settings = new Map(settingsOf(schema));
  const origin = (path: string): Origin => originOf(path, settings.get(path), source);
  const config = convict<Record<string, unknown>>(schema, { env: source.env, args: [] });
  const earlier = source.problems.length;
  config.load(knownPart(schema, source.node, source, (path) => origin(path).from === 'file'));
  for (const [path, { flag, metricsEnv }] of settings) {
    const given = (flag && source.flags[flag]) ?? (metricsEnv && source.env[metricsEnv]);
    if (given !== undefined) config.set(path, given);
  }
  const reported = new Set(source.problems.slice(earlier).map(({ key }) => key));
  for (const [path, message] of invalidSettings(config)) {
    const from = origin(path);
    if (!reported.has(from.key))
      source.problems.push(problemOf(from, message, settings.get(path)?.sensitive));
    reported.add(from.key);
    config.reset(path);
  }
  // Formats and defaults of a Schema<T> yield T, and whatever did not has just been reset.
  return { values: config.getProperties() as T, origin };
}

/** A problem with a setting, in the words of the place that gave it. */
export function problemOf({ key, given }: Origin, message: string, secret = false): Problem {
  if (given === undefined) return { key, message: `is missing; it ${message}` };
  return secret ? { key, message } : { key, message, value: presentable(given) };
}

function originOf(
  path: string,
  setting: Setting | undefined,
  { node, env, flags, text, ...place }: Source,
): Origin {
  if (text) return { from: 'file', ...text };
  const flagged = setting?.flag && flags[setting.flag];
  if (flagged !== undefined) return { from: 'flag', key: setting?.flag ?? path, given: flagged };
  for (const key of [setting?.metricsEnv, setting?.env]) {
    if (key !== undefined && env[key] !== undefined) return { from: 'env', key, given: env[key] };
  }
  const replaced = setting?.twin !== undefined && env[setting.twin] !== undefined;
  const given = replaced ? undefined : nodeAt(node, path);
  if (given === undefined) return { from: 'default', key: place.path + path, given: undefined };
  return {
    from: 'file',
    key: place.path + path,
    given: typeof given === 'string' ? given : undefined,
  };
}

function nodeAt(node: FileNode, path: string): FileNode | undefined {
  let at: FileNode | undefined = node;
  for (const key of path.split('.')) at = isMapping(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

function* invalidSettings(
  config: convict.Config<Record<string, unknown>>,
): Generator<readonly [string, string]> {
  try {
    config.validate({ allowed: 'strict' });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // One line for each setting, `path: message: value was JSON`; the last part would tell secrets.
    for (const line of error.message.split('\n')) {
      const [, path, message] = /^([\w.]+): (.*?)(?:: value was .*)?$/.exec(line) ?? [];
      if (path === undefined || message === undefined) throw error;
      yield [path, message];
    }
  }
}

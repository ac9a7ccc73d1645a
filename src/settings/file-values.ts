import { nearest } from './nearest.ts';
import type { Problem } from './problems.ts';
import type { Setting } from './setting.ts';
import { type FileMapping, type FileNode, isMapping } from './yaml-file.ts';

/** Variables that are set to something. */
export type Environment = Readonly<Record<string, string>>;

/** Where a part of the file stands, and what is needed to read it. */
export interface Place {
  /** Prefix of the keys in errors: empty, or such as `accounts[0].`. */
  readonly path: string;
  /** Variables for `${VAR}`. */
  readonly variables: Environment;
  readonly problems: Problem[];
}

/**
 * The part of a mapping that is known and that `isWanted` by its path, variables put in, ready for convict.
 * Unknown keys and values of the wrong shape become problems.
 */
export function fileValues(
  settings: ReadonlyMap<string, Setting>,
  node: FileMapping,
  place: Place,
  isWanted: (path: string) => boolean,
): FileMapping {
  const part = (mapping: FileMapping, prefix: string): FileMapping => {
    const known: Record<string, FileNode> = {};
    for (const [key, value] of Object.entries(mapping)) {
      const path = prefix + key;
      const report = (message: string) => place.problems.push({ key: place.path + path, message });
      const setting = settings.get(path);
      const below = keysUnder(settings, `${path}.`);
      if (setting) {
        const kept = isWanted(path) ? settingValue(setting, value, place.path + path, place) : undefined;
        if (kept !== undefined) known[key] = kept;
      } else if (below.length === 0) report(unknownKey(settings, prefix, key, place.path));
      else if (isMapping(value)) known[key] = part(value, `${path}.`);
      else report(`must hold ${below.join(', ')}`);
    }
    return known;
  };
  return part(node, '');
}

/** The mapping with each plain value that stands in the place of a section as that section. */
export function withPlainValues(settings: ReadonlyMap<string, Setting>, node: FileMapping): FileMapping {
  let expanded = node;
  for (const [path, { plain }] of settings) {
    const section = path.split('.').slice(0, -1);
    if (!plain || typeof nodeAt(node, section.join('.')) !== 'string') continue;
    expanded = replaced(expanded, section, (value) => ({ [path.split('.').at(-1) ?? '']: value }));
  }
  return expanded;
}

function replaced(
  node: FileMapping,
  [key = '', ...below]: readonly string[],
  change: (value: FileNode) => FileNode,
): FileMapping {
  const value = node[key]!;
  const isLast = below.length === 0 || !isMapping(value);
  return { ...node, [key]: isLast ? change(value) : replaced(value, below, change) };
}

/** The keys that the file may have behind a prefix such as `exporter.`, or at its top behind none. */
export function keysUnder(settings: ReadonlyMap<string, Setting>, prefix: string): string[] {
  const paths = [...settings.keys()].filter((path) => path.startsWith(prefix));
  return [...new Set(paths.map((path) => path.slice(prefix.length).replace(/\..*/, '')))];
}

function settingValue(setting: Setting, value: FileNode, key: string, place: Place): FileNode | undefined {
  if (typeof value === 'string') return substitute(value, key, place, setting.hint);
  const { list } = setting;
  if (list?.mapping && isMapping(value)) {
    return Object.entries(value).map(([name, given]) =>
      typeof given === 'string' ? `${name}=${given}` : given,
    );
  }
  if (list && !isMapping(value)) return value;
  place.problems.push({ key, message: list ? 'must be a list' : 'must be a single value' });
  return undefined;
}

function unknownKey(
  settings: ReadonlyMap<string, Setting>,
  prefix: string,
  key: string,
  place: string,
): string {
  const known = keysUnder(settings, prefix);
  const near = nearest(key, known);
  const elsewhere = settings.keys().find((path) => path.split('.').at(-1) === key);
  const suggestion = near === undefined ? elsewhere : prefix + near;
  if (suggestion !== undefined) return `unknown setting; did you mean ${place}${suggestion}?`;
  return `unknown setting; known here: ${known.join(', ')}`;
}

/** Replaces each `${VAR}` of a text of the file; undefined, with a problem for `key` and the hint, when one is unset. */
export function substitute(
  text: string,
  key: string,
  { variables, problems }: Place,
  hint?: string,
): string | undefined {
  const missing = new Set<string>();
  const result = text.replace(/\$\{([^}]*)(\}|$)/g, (whole, name: string, end: string) => {
    if (end === '') return whole;
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) missing.add(whole);
    return value ?? '';
  });
  for (const whole of missing) {
    const message = /^\$\{\w+\}$/.test(whole)
      ? `environment variable ${whole.slice(2, -1)} is not set`
      : `${whole} is not supported; use \${NAME} with the name of an environment variable`;
    problems.push({ key, message: hint === undefined ? message : `${message}; ${hint}` });
  }
  return missing.size === 0 ? result : undefined;
}

/** The node at a dotted path. */
export function nodeAt(node: FileNode, path: string): FileNode | undefined {
  let at: FileNode | undefined = node;
  for (const key of path.split('.')) at = isMapping(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

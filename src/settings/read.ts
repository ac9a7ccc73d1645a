import { resolve } from 'node:path';
import { type Environment, fileValues, type Place, substitute } from './file-values.ts';
import { type Format, Invalid } from './format.ts';
import { type Problem, presentable } from './problems.ts';
import { convictOf, together, variableOf } from './schema.ts';
import {
  camel,
  type HeldFile,
  isSetting,
  type ListOf,
  type Resolved,
  type Section,
  type Setting,
} from './setting.ts';
import { type FileMapping, type FileNode, isMapping, type ReadFile, readFailure } from './yaml-file.ts';

/** Texts of settings given as flags, such as `{ '-p': ':9120' }`. */
export type Flags = Readonly<Record<string, string>>;

/** What settings are read from. */
export interface Given extends Place {
  readonly node: FileMapping;
  /** Variables and flags that give settings; the items of a list have none. */
  readonly env: Environment;
  readonly flags: Flags;
  readonly readFile: ReadFile;
  /** Folder of the configuration file, where relative paths in it start. */
  readonly folder: string;
  /** Set when `node` was made of this text, with the key that gave it. */
  readonly text?: { readonly key: string; readonly given: string };
}

/** Where a setting's value comes from, and what it is called there. */
export interface Origin {
  readonly from: 'flag' | 'env' | 'file' | 'default';
  readonly key: string;
  /** The text that was given, where it was one. */
  readonly given?: string | undefined;
}

/**
 * The settings of a part of the file, as resolved by convict: flags beat variables, variables beat the file, the
 * file beats defaults. Every mistake is added to the problems that were passed in; while there are any, the
 * values are only good for finding more.
 */
export class Settings {
  readonly #given: Given;
  readonly #settings: ReadonlyMap<string, Setting>;
  readonly #origins: ReadonlyMap<string, Origin>;
  readonly #values = new Map<string, unknown>();

  /** @param sections the parts that settings may belong to; none may state what another one states */
  constructor(sections: readonly Section[], given: Given) {
    this.#given = given;
    this.#settings = together(sections);
    const settings = [...this.#settings];
    this.#origins = new Map(settings.map(([path, setting]) => [path, originOf(path, setting, given)]));
    const earlier = given.problems.length;
    const config = convictOf(this.#settings, given.env);
    const isWanted = (path: string) => this.#origins.get(path)?.from === 'file';
    config.load(fileValues(this.#settings, given.node, given, isWanted));
    for (const [path, { flag }] of settings) {
      const text = flag && given.flags[flag.name];
      if (text !== undefined) config.set(path, text);
    }
    for (const [path, setting] of settings) {
      const origin = this.#originAt(path);
      const isReported = given.problems.slice(earlier).some(({ key }) => key === origin.key);
      const value = config.get(path);
      const missing = setting.required && value === undefined;
      const invalid = missing ? new Invalid(`must be ${setting.format.allowed}`) : value;
      if (!(invalid instanceof Invalid)) this.#values.set(path, this.#valueOf(setting, value, path));
      else if (!isReported) given.problems.push(problemOf(origin, invalid.message, setting.format));
    }
    for (const [path, { file, format }] of settings) if (file) this.#readFileOf(path, format);
  }

  /** The values of one of the sections. */
  valuesOf<S extends Section>(section: S, prefix = ''): Resolved<S> {
    const entries = Object.entries(section).map(([key, node]) => {
      const path = prefix + key;
      if (!isSetting(node)) return [camel(key), this.valuesOf(node, `${path}.`)];
      return [camel(key), this.#values.has(path) ? this.#values.get(path) : node.fallback];
    });
    // Each value was made by the format of its setting.
    return Object.fromEntries(entries) as Resolved<S>;
  }

  /** Where a setting comes from, its file included. */
  origin(path: string): Origin {
    const origin = this.#originAt(path);
    const file = this.#settings.has(`${path}_file`) && origin.from === 'default';
    const other = file ? this.#originAt(`${path}_file`) : origin;
    return other.from === 'default' ? origin : other;
  }

  report(problem: Problem): void {
    this.#given.problems.push(problem);
  }

  #originAt(path: string): Origin {
    return this.#origins.get(path) ?? { from: 'default', key: this.#given.path + path };
  }

  #valueOf(setting: Setting, value: unknown, path: string): unknown {
    const origin = this.#originAt(path);
    if (value === undefined) return undefined;
    if (setting.holds) return this.#contentOf(value as HeldFile, setting.holds, origin);
    if (!setting.list) return value;
    return setting.list.collect(this.#itemsOf(setting.list, value as readonly FileNode[], path, origin));
  }

  #itemsOf(
    list: ListOf,
    nodes: readonly FileNode[],
    path: string,
    origin: Origin,
  ): readonly Resolved<Section>[] {
    const reads = nodes.map((node, index) => this.#readItem(list, node, index, origin));
    const read = reads.filter((item) => item !== undefined);
    const items = read.map((item) => item.valuesOf(list.items));
    this.#rejectDuplicates(list, read, items);
    const { keeps } = list;
    const described = nodeAt(this.#given.node, path);
    if (keeps !== undefined && origin.from !== 'file' && Array.isArray(described)) {
      const key = this.#given.path + path;
      const known = this.#itemsOf(list, described, path, { from: 'file', key });
      return items.map((item) => known.find((other) => other[keeps] === item[keeps]) ?? item);
    }
    // After an item of the wrong shape, the numbers of the others would be wrong.
    return reads.includes(undefined) ? [] : items;
  }

  /** A plain text is what the list's `fromText` says. */
  #readItem(
    { items, fromText }: ListOf,
    node: FileNode,
    index: number,
    { key, from }: Origin,
  ): Settings | undefined {
    const path = from === 'file' ? `${key}[${index}]` : key;
    const given = { ...this.#given, path: `${path}.`, env: {}, flags: {} };
    if (isMapping(node)) return new Settings([items], { ...given, node });
    if (typeof node === 'string' && fromText) {
      const text = from === 'file' ? substitute(node, path, given) : node;
      if (text === undefined) return undefined;
      return new Settings([items], { ...given, node: fromText(text), text: { key: path, given: node } });
    }
    const keys = [...together([items]).keys()];
    this.report({ key: path, message: `must hold ${keys.join(', ')}` });
    return undefined;
  }

  #rejectDuplicates(
    { unique }: ListOf,
    reads: readonly Settings[],
    items: readonly Resolved<Section>[],
  ): void {
    if (!unique) return;
    const seen = new Set<unknown>();
    for (const [index, item] of items.entries()) {
      const key = unique.keys.find((candidate) => item[camel(candidate)] !== undefined);
      if (key === undefined) continue;
      const value = item[camel(key)];
      const message = `duplicate ${unique.what} ${JSON.stringify(value)}`;
      if (seen.has(value)) this.report({ key: reads[index]?.origin(key).key ?? key, message });
      seen.add(value);
    }
  }

  #contentOf({ path }: HeldFile, format: Format<unknown>, { key, from }: Origin): HeldFile | undefined {
    const { readFile, folder } = this.#given;
    const fail = (message: string): undefined => {
      this.report({ key, message: `${presentable(path)} ${message}` });
    };
    const absolute = from === 'file' ? resolve(folder, path) : path;
    let content: string;
    try {
      content = readFile(absolute);
    } catch (error) {
      return fail(readFailure(error));
    }
    if (content.trim() === '') return fail('is empty');
    const value = format.parse(content.trim());
    if (value === undefined) return fail(`must hold ${format.allowed}`);
    return value instanceof Invalid ? fail(value.message) : { path: absolute, content };
  }

  /** Reads a value that is given as the file that holds it. */
  #readFileOf(path: string, format: Format<unknown>): void {
    const [value, file] = [this.#originAt(path), this.#originAt(`${path}_file`)];
    if (file.from === 'default') return;
    if (value.from === 'default') {
      const held = this.#values.get(`${path}_file`) as HeldFile | undefined;
      this.#values.set(path, held && this.#contentOf(held, format, file)?.content.trim());
    } else {
      const message = `cannot be used together with ${file.key}; keep one of them`;
      this.report({ key: value.key, message });
    }
  }
}

function originOf(path: string, setting: Setting, { node, env, flags, text, ...place }: Given): Origin {
  if (text) return { ...text, from: nodeAt(node, path) === undefined ? 'default' : 'file' };
  const flagged = setting.flag && flags[setting.flag.name];
  if (flagged !== undefined) return { from: 'flag', key: setting.flag?.name ?? path, given: flagged };
  const variable = variableOf(setting, env);
  if (variable !== undefined && env[variable] !== undefined)
    return { from: 'env', key: variable, given: env[variable] };
  const replaced = setting.twin !== undefined && env[setting.twin] !== undefined;
  const given = replaced ? undefined : nodeAt(node, path);
  const key = place.path + path;
  if (given === undefined) return { from: 'default', key };
  return { from: 'file', key, given: typeof given === 'string' ? given : undefined };
}

function nodeAt(node: FileNode, path: string): FileNode | undefined {
  let at: FileNode | undefined = node;
  for (const key of path.split('.')) at = isMapping(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}

function problemOf({ key, given }: Origin, message: string, { hidden }: Format<unknown>): Problem {
  if (given === undefined) return { key, message: `is missing; it ${message}` };
  return hidden ? { key, message } : { key, message, value: presentable(given) };
}

import { resolve } from 'node:path';
import {
  type Environment,
  fileValues,
  nodeAt,
  type Place,
  substitute,
  withPlainValues,
} from './file-values.ts';
import { type Format, Invalid } from './format.ts';
import { type Problem, presentable } from './problems.ts';
import { convictOf, together, variableOf } from './schema.ts';
import { camel, type HeldFile, isSetting, type List, type Resolved, type Section } from './setting.ts';
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
 * The settings of some sections as convict resolves them: flags beat variables, variables beat the file, the file
 * beats defaults. Every mistake is added to the problems that were passed in; while there are any, the values are
 * only good for finding more.
 */
export class Settings {
  readonly #given: Given;
  readonly #settings: ReturnType<typeof together>;
  readonly #resolved: ReturnType<typeof convictOf>;
  readonly #values = new Map<string, unknown>();
  /** The items of lists, by such as `accounts[0]`. */
  readonly #items = new Map<string, Settings>();

  constructor(sections: readonly Section[], given: Given) {
    this.#settings = together(sections);
    this.#given = { ...given, node: withPlainValues(this.#settings, given.node) };
    const earlier = given.problems.length;
    this.#resolved = convictOf(this.#settings, given.env);
    this.#resolved.load(
      fileValues(this.#settings, this.#given.node, given, (path) => this.#at(path).from === 'file'),
    );
    for (const [path, { flag }] of this.#settings) {
      const text = flag && given.flags[flag.name];
      if (text !== undefined) this.#resolved.set(path, text);
    }
    for (const path of this.#settings.keys()) {
      const { key } = this.#at(path);
      const isReported = given.problems.slice(earlier).some((problem) => problem.key === key);
      this.#values.set(path, this.#valueOf(path, isReported));
    }
  }

  /** The values of one of the sections. */
  valuesOf<S extends Section>(section: S, prefix = ''): Resolved<S> {
    const entries = Object.entries(section).map(([key, node]) => {
      const path = prefix + key;
      return [camel(key), isSetting(node) ? this.#values.get(path) : this.valuesOf(node, `${path}.`)];
    });
    // Each value was made by the format of its setting.
    return Object.fromEntries(entries) as Resolved<S>;
  }

  /** Where a setting comes from, such as `region` or `accounts[0].region`; a secret may come from its file. */
  origin(path: string): Origin {
    const end = path.indexOf('].');
    const owner = this.#items.get(path.slice(0, end + 1));
    if (owner) return owner.origin(path.slice(end + 2));
    const file = this.#at(`${path}_file`);
    return file.from === 'default' || this.#at(path).from !== 'default' ? this.#at(path) : file;
  }

  /** Adds a mistake that concerns several settings. */
  report(problem: Problem): void {
    this.#given.problems.push(problem);
  }

  #at(path: string): Origin {
    const { node, env, flags, text } = this.#given;
    const { flag, twin = '', ...setting } = this.#settings.get(path) ?? {};
    const inFile = nodeAt(node, path);
    if (text) return { ...text, from: inFile === undefined ? 'default' : 'file' };
    if (flag && flags[flag.name] !== undefined)
      return { from: 'flag', key: flag.name, given: flags[flag.name] };
    const variable = variableOf(setting, env);
    if (variable !== undefined && env[variable] !== undefined)
      return { from: 'env', key: variable, given: env[variable] };
    const key = this.#given.path + path;
    if (inFile === undefined || env[twin] !== undefined) return { from: 'default', key };
    return { from: 'file', key, given: typeof inFile === 'string' ? inFile : undefined };
  }

  #valueOf(path: string, isReported: boolean): unknown {
    const { format, fallback, required, file, holds, list } = this.#settings.get(path)!;
    const origin = this.#at(path);
    const value: unknown = this.#resolved.get(path);
    const invalid = value === undefined && required ? new Invalid(`must be ${format.allowed}`) : value;
    if (invalid instanceof Invalid) {
      if (!isReported) this.report(problemOf(origin, invalid.message, format));
      return fallback;
    }
    if (list) return list.collect(this.#itemsOf(list, value as readonly FileNode[], path, origin));
    if (holds && typeof value === 'string') return this.#contentOf(value, holds, origin);
    const name: unknown = file && this.#resolved.get(`${path}_file`);
    if (typeof name !== 'string') return value;
    const other = this.#at(`${path}_file`);
    if (value === undefined) return this.#contentOf(name, format as Format<string>, other)?.content;
    this.report({ key: origin.key, message: `cannot be used together with ${other.key}; keep one of them` });
    return undefined;
  }

  #itemsOf(
    list: List,
    nodes: readonly FileNode[],
    path: string,
    origin: Origin,
  ): readonly Resolved<Section>[] {
    const reads = nodes.map((node, index) => this.#readItem(list, node, index, origin));
    for (const [index, item] of reads.entries()) if (item) this.#items.set(`${path}[${index}]`, item);
    const items = reads.flatMap((item) => (item ? [item.valuesOf(list.items)] : []));
    // After an item of the wrong shape, the numbers of the others would be wrong.
    if (items.length < reads.length) return [];
    const seen = new Set<unknown>();
    for (const [index, item] of items.entries()) {
      const key = list.unique?.keys.find((candidate) => item[camel(candidate)] !== undefined);
      if (key === undefined) continue;
      const value = item[camel(key)];
      const message = `duplicate ${list.unique?.what} ${JSON.stringify(value)}`;
      if (seen.has(value)) this.report({ key: reads[index]!.#at(key).key, message });
      seen.add(value);
    }
    const described = nodeAt(this.#given.node, path);
    if (list.keeps === undefined || origin.from === 'file' || !Array.isArray(described)) return items;
    const id = camel(list.keeps);
    const known = this.#itemsOf(list, described, path, { from: 'file', key: this.#given.path + path });
    return items.map((item) => known.find((other) => other[id] === item[id]) ?? item);
  }

  /** A plain text is what the list's `fromText` says. */
  #readItem({ items, fromText }: List, node: FileNode, index: number, origin: Origin): Settings | undefined {
    const path = origin.from === 'file' ? `${origin.key}[${index}]` : origin.key;
    const given = { ...this.#given, path: `${path}.`, env: {}, flags: {} };
    if (isMapping(node)) return new Settings([items], { ...given, node });
    if (typeof node !== 'string' || !fromText) {
      this.report({ key: path, message: `must hold ${[...together([items]).keys()].join(', ')}` });
      return undefined;
    }
    const text = substitute(node, path, given);
    if (text === undefined) return undefined;
    return new Settings([items], { ...given, node: fromText(text), text: { key: path, given: node } });
  }

  /** What a file holds; undefined, with a problem, when that is not allowed. */
  #contentOf(file: string, format: Format<string>, { key, from }: Origin): HeldFile | undefined {
    const { readFile, folder } = this.#given;
    const absolute = from === 'file' ? resolve(folder, file) : file;
    const fail = (problem: string): undefined => {
      this.report({ key, message: `${presentable(file)} ${problem}` });
    };
    let content: string;
    try {
      content = readFile(absolute).trim();
    } catch (error) {
      return fail(readFailure(error));
    }
    if (content === '') return fail('is empty');
    const value = format.parse(content);
    if (value === undefined) return fail(`must hold ${format.allowed}`);
    return value instanceof Invalid ? fail(value.message) : { path: absolute, content };
  }
}

function problemOf({ key, given }: Origin, message: string, { hidden }: Format<unknown>): Problem {
  if (given === undefined) return { key, message: `is missing; it ${message}` };
  return hidden ? { key, message } : { key, message, value: presentable(given) };
}

import { commaSeparated, type Format, isPrintable } from './format.ts';
import type { FileNode } from './yaml-file.ts';

/** A flag of the command line that gives a setting. */
export interface Flag {
  /** As its users type it, such as `-p`. */
  readonly name: string;
  /** What follows it in the help, such as `PORT`. */
  readonly value: string;
  /** Its line in the help. */
  readonly doc: string;
  /** True when it may be given several times; the texts are joined by commas. */
  readonly repeatable?: boolean;
  /** For a flag whose text differs from the setting's: what it takes, as it follows “takes”, … */
  readonly takes?: string;
  /** … and the setting's text; undefined for a text that is not allowed. */
  toSetting?(text: string): string | undefined;
}

/** What is said of a setting besides its format. */
export interface Statement {
  /** One or two sentences for users, in Markdown. */
  readonly doc: string;
  /** Its variable, or several, of which the first that is set counts. */
  readonly env?: string | readonly string[];
  readonly flag?: Flag;
  /** The default in words, where it is no fixed value. */
  readonly otherwise?: string;
  /** What to do when the value is missing. */
  readonly hint?: string;
  /** A variable that answers the same question, so that it too replaces what the file says. */
  readonly twin?: string;
  /** True when giving it configures a source to read. */
  readonly starts?: boolean;
  /** The file may name a file that holds the value, by key and variable with `_file` at the end; what docs say of it. */
  readonly orFile?: string;
}

/** One setting, whose value is a T. */
export interface Setting<T = unknown> extends Statement {
  readonly format: Format<unknown>;
  /** The value when it is not given. A required setting has none. */
  readonly fallback: T;
  /** The fallback as text. */
  readonly default?: string;
  readonly required?: boolean;
  /** The setting for the file that holds the value instead. */
  readonly file?: Setting;
  /** The text names a file; this is the format of what it holds. */
  readonly holds?: Format<unknown> | undefined;
  readonly list?: ListOf;
}

/** A list: how its items are read, and what becomes of them. */
export interface ListOf<S extends Section = Section, T = unknown> {
  readonly items: S;
  /** The settings that a plain text stands for. */
  readonly fromText?: (text: string) => Readonly<Record<string, FileNode>>;
  /** No two items may have the same value of the first of these keys that is set; `what` names that value. */
  readonly unique?: { readonly what: string; readonly keys: readonly string[] };
  /** True when the file may also hold a mapping, `key: value` for `key=value`. */
  readonly mapping?: boolean;
  /** True when an item from a variable keeps what the file says of the item with the same value of this key. */
  readonly keeps?: string;
  /** The list's value, made of its items, and the items that a value is made of. */
  collect(items: readonly Resolved<S>[]): T;
  spread(value: T): readonly object[];
}

/** A part of the file: keys as the file has them, down to the settings. */
export interface Section {
  readonly [key: string]: Setting | Section;
}

type Camel<K extends string> = K extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : K;

/** The values of a section: the keys in camel case, down to each setting's own type. */
export type Resolved<S> = {
  readonly [K in keyof S & string as Camel<K>]: S[K] extends Setting<infer T> ? T : Resolved<S[K]>;
};

/** The key of a resolved value. */
export const camel = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** States a setting; without default and not required, its value may be undefined. */
export function setting<T>(
  format: Format<T>,
  statement: Statement & ({ readonly default: string } | { readonly required: true }),
): Setting<T>;
export function setting<T>(format: Format<T>, statement: Statement): Setting<T | undefined>;
export function setting(
  format: Format<unknown>,
  statement: Statement & Pick<Setting, 'default' | 'required'>,
): Setting {
  const { default: text, env, orFile } = statement;
  const fallback = text === undefined ? undefined : format.parse(text);
  if (orFile === undefined) return { ...statement, format, fallback };
  const variable = typeof env === 'string' && `${env}_FILE`;
  const file = { ...heldFile(undefined, { doc: orFile }), ...(variable && { env: variable, twin: env }) };
  return { ...statement, format, fallback, file, ...(variable && { twin: variable }) };
}

/** A file that a setting names, and what is in it. */
export interface HeldFile {
  readonly path: string;
  readonly content: string;
}

/** States a setting that names a file, which is read; a relative path in the configuration file starts at its folder. */
export function heldFile(
  holds: Format<unknown> | undefined,
  statement: Statement,
): Setting<HeldFile | undefined> {
  const format: Format<HeldFile> = {
    allowed: 'a path',
    parse: (path) => (isPrintable(path) ? { path, content: '' } : undefined),
    show: ({ path }) => path,
  };
  return { ...statement, format, holds, fallback: undefined };
}

type ListStatement = Statement & Omit<ListOf, 'items' | 'collect' | 'spread'>;

/** States a list whose items have the settings of a section. */
export function list<S extends Section>(items: S, statement: ListStatement): Setting<readonly Resolved<S>[]> {
  return listOf({ ...statement, items, collect: (values) => values, spread: (values) => values });
}

/** States a list of texts; in the file each may also be a mapping with this one key. */
export function texts(
  key: string,
  item: Setting<string>,
  statement: ListStatement,
): Setting<readonly string[]> {
  return listOf({
    fromText: (text) => ({ [key]: text }),
    ...statement,
    items: { [key]: item },
    collect: (values) => values.map((value) => String(value[camel(key)])),
    spread: (values) => values.map((value) => ({ [camel(key)]: value })),
  });
}

/** States `name=value` pairs, of which the file may also have a mapping; `items` is the setting of each name and value. */
export function pairs(
  {
    name,
    value,
  }: { readonly name: readonly [key: string, Setting<string>]; readonly value: Setting<string> },
  statement: ListStatement & { readonly format?: Format<readonly string[]> },
): Setting<Readonly<Record<string, string>>> {
  const [key, nameSetting] = name;
  return listOf({
    ...statement,
    mapping: true,
    items: { [key]: nameSetting, value },
    fromText(text) {
      const [, first = '', second] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
      return { [key]: first.trim(), ...(second !== undefined && { value: second.trim() }) };
    },
    collect: (values) => Object.fromEntries(values.map((pair) => [String(pair[key]), String(pair.value)])),
    spread: (value) => Object.entries(value).map(([first, second]) => ({ [key]: first, value: second })),
  });
}

function listOf<S extends Section, T>(
  statement: Statement & ListOf<S, T> & { readonly format?: Format<readonly string[]> },
): Setting<T> {
  const {
    items,
    fromText,
    unique,
    mapping,
    keeps,
    collect,
    spread,
    format = commaSeparated,
    ...rest
  } = statement;
  const list = { items, fromText, unique, mapping, keeps, collect, spread };
  return { ...rest, format, fallback: collect([]), list: list as ListOf };
}

/** Tells the two kinds of nodes of a section apart. */
export function isSetting(node: Setting | Section): node is Setting {
  return typeof node.doc === 'string';
}

/** The settings of a section that configure a source to read, each with its path. */
export const startsIn = (section: Section) =>
  settingsOf(section)
    .filter(([, { starts }]) => starts)
    .toArray();

/** Every setting of a section with its path, such as `exporter.mode`, in the section's order. */
export function* settingsOf(
  section: Section,
  prefix = '',
): Generator<readonly [path: string, setting: Setting]> {
  for (const [key, node] of Object.entries(section)) {
    if (!isSetting(node)) yield* settingsOf(node, `${prefix}${key}.`);
    else {
      yield [prefix + key, node];
      if (node.file) yield [`${prefix}${key}_file`, node.file];
    }
  }
}

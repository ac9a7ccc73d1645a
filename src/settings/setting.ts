import { commaSeparated, type Format, path } from './format.ts';
import type { FileMapping } from './yaml-file.ts';

/** What is stated of a setting, besides its format. */
interface Statement {
  /** One or two sentences for users, in Markdown. */
  readonly doc: string;
  /** Its variable, or several, of which the first that is set counts. */
  readonly env?: string | readonly string[];
  readonly flag?: Flag;
  /** The default, as a user would write it. */
  readonly default?: string;
  /** The default in words, where it is no fixed value. */
  readonly otherwise?: string;
  /** For the settings of a list's items: there is no default. */
  readonly required?: true;
  /** What to do when the value is missing. */
  readonly hint?: string;
  /** A variable that answers the same question, so that it too replaces what the file says. */
  readonly twin?: string;
  /** True when giving it configures a source to read. */
  readonly starts?: true;
  /** True when a plain value in the place of its section of the file is a value of this setting. */
  readonly plain?: true;
}

/** A flag of the command line that gives a setting. */
export interface Flag {
  /** As its users type it, such as `-p`. */
  readonly name: string;
  /** What follows it in the help, such as `PORT`; undefined: it takes no value, and `toSetting` gives the text. */
  readonly value?: string;
  /** Its line in the help. */
  readonly doc: string;
  /** True when it may be given several times; the texts are joined by commas. */
  readonly repeatable?: true;
  /** For a flag whose text differs from the setting's: what it takes, as it follows “takes”, … */
  readonly takes?: string;
  /** … and the setting's text; undefined for a text that is not allowed. */
  toSetting?(text: string): string | undefined;
}

/** One setting, whose value is a T. */
export interface Setting<T = unknown> extends Statement {
  readonly format: Format<unknown>;
  /** The value when it is not given. */
  readonly fallback: T;
  /** The setting for a file that holds the value instead: its key and variable end with `_file`. */
  readonly file?: Setting<string | undefined>;
  /** The text names a file; this is the format of what it holds. */
  readonly holds?: Format<string>;
  readonly list?: List;
}

interface ListStatement {
  /** The settings that a plain text stands for, as an item. */
  readonly fromText?: (text: string) => FileMapping;
  /** No two items may have the same value of the first of these keys that is set; `what` names that value. */
  readonly unique?: { readonly what: string; readonly keys: readonly string[] };
  /** True when the file may also hold a mapping, `key: value` for `key=value`. */
  readonly mapping?: true;
  /** An item from a variable keeps what the file says of the item with the same value of this key. */
  readonly keeps?: string;
}

/** How the items of a list are read, and what becomes of them. */
export interface List<S extends Section = Section, T = unknown> extends ListStatement {
  readonly items: S;
  /** The list's value, made of its items, … */
  collect(items: readonly Resolved<S>[]): T;
  /** … and the items that a value was made of. */
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

type WithoutDefault = Omit<Statement, 'default' | 'required'>;

/** States a setting; without a default, and unless it is required, its value may be undefined. */
export function setting<T>(format: Format<T>, statement: WithoutDefault): Setting<T | undefined>;
export function setting<T>(format: Format<T>, statement: Statement): Setting<T>;
export function setting(format: Format<unknown>, statement: Statement): Setting {
  const { default: text } = statement;
  return { ...statement, format, fallback: text === undefined ? undefined : format.parse(text) };
}

/** A file that a setting names, and what is in it, trimmed. */
export interface HeldFile {
  readonly path: string;
  readonly content: string;
}

/** States a setting that names a file whose content has this format; a relative path starts at the configuration file. */
export function heldFile(holds: Format<string>, statement: WithoutDefault): Setting<HeldFile | undefined> {
  const show = ({ path }: HeldFile) => path;
  return { ...statement, format: { ...path, show }, holds, fallback: undefined };
}

/** States a secret, which may also be given as a file that holds it; `file` is what docs say of that. */
export function secretSetting(
  format: Format<string>,
  { file: doc, ...statement }: WithoutDefault & { readonly env?: string; readonly file: string },
): Setting<string | undefined> {
  const { env } = statement;
  if (env === undefined) return { ...setting(format, statement), file: setting(path, { doc }) };
  const file = setting(path, { doc, env: `${env}_FILE`, twin: env });
  return { ...setting(format, { ...statement, twin: `${env}_FILE` }), file };
}

type ListOptions = WithoutDefault & ListStatement;

/** States a list whose items have the settings of a section. */
export function list<S extends Section>(items: S, options: ListOptions): Setting<readonly Resolved<S>[]> {
  return listOf(options, { items, collect: (values) => values, spread: (values) => values });
}

/** States a list of texts; in the file each may also be a mapping with this one key. */
export function texts(key: string, item: Setting<string>, options: ListOptions): Setting<readonly string[]> {
  return listOf(
    { fromText: (text) => ({ [key]: text }), ...options },
    {
      items: { [key]: item },
      collect: (values) => values.map((value) => String(value[key])),
      spread: (values) => values.map((value) => ({ [key]: value })),
    },
  );
}

/** States a list of numbers; in the file each may also be a mapping with this one key. */
export function numbers(
  key: string,
  item: Setting<number>,
  options: ListOptions,
): Setting<readonly number[]> {
  return listOf(
    { fromText: (text) => ({ [key]: text }), ...options },
    {
      items: { [key]: item },
      collect: (values) => values.map((value) => Number(value[key])),
      spread: (values) => values.map((value) => ({ [key]: value })),
    },
  );
}

/** States `key=value` pairs, also as a mapping in the file; `items` has the setting of the key, then that of the value. */
export function pairs(
  items: Readonly<Record<string, Setting<string>>>,
  options: ListOptions,
  format?: Format<readonly string[]>,
): Setting<Readonly<Record<string, string>>> {
  const [key = '', value = ''] = Object.keys(items);
  const fromText = (text: string) => {
    const [, first = '', second] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    return { [key]: first.trim(), ...(second !== undefined && { [value]: second.trim() }) };
  };
  return listOf(
    { mapping: true, fromText, ...options },
    {
      items,
      collect: (given) => Object.fromEntries(given.map((pair) => [pair[key], pair[value]])),
      spread: (given) => Object.entries(given).map(([first, second]) => ({ [key]: first, [value]: second })),
    },
    format,
  );
}

function listOf<S extends Section, T>(
  { fromText, unique, mapping, keeps, ...statement }: ListOptions,
  items: Pick<List<S, T>, 'items' | 'collect' | 'spread'>,
  format = commaSeparated,
): Setting<T> {
  const list = { fromText, unique, mapping, keeps, ...items } as List;
  return { ...statement, format, list, fallback: items.collect([]) };
}

/** Tells the two kinds of nodes of a section apart. */
export function isSetting(node: Setting | Section): node is Setting {
  return typeof node.doc === 'string';
}

/** Every setting of a section with its path, such as `exporter.mode`, in the section's order. */
export function* settingsOf(
  section: Section,
  prefix = '',
): Generator<readonly [path: string, setting: Setting]> {
  for (const [key, node] of Object.entries(section)) {
    if (!isSetting(node)) yield* settingsOf(node, `${prefix}${key}.`);
    else yield [prefix + key, node];
    if (isSetting(node) && node.file) yield [`${prefix}${key}_file`, node.file];
  }
}

/** The settings of a section that configure a source to read, each with its path. */
export const startsIn = (section: Section) => [...settingsOf(section)].filter(([, { starts }]) => starts);

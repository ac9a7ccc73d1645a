import type { FileNode } from './file.ts';
import type { FormatName, Limits } from './formats.ts';

/** One setting: what convict needs, and what errors and the reference page say about it. */
export interface Setting<T = unknown> extends Limits {
  /** In the form that its format makes, so durations in milliseconds. */
  readonly default: T;
  readonly format: FormatName;
  /** One or two sentences for users, in Markdown. */
  readonly doc: string;
  readonly env?: string;
  /** A variable that says the same for metrics alone, and so beats `env`. */
  readonly metricsEnv?: string;
  readonly flag?: Flag;
  /** The default in words, where it is not a fixed value. */
  readonly otherwise?: string;
  /** True for a value that is never shown. */
  readonly sensitive?: boolean;
  /** What to do when the value is missing. */
  readonly hint?: string;
  /** The other variable that answers the same question, so that it too replaces what the file says. */
  readonly twin?: string;
  /** The settings of each item of a list. */
  readonly items?: Section;
  /** True for a list of `key=value` that may also be given as a mapping. */
  readonly pairs?: boolean;
  /** The settings that a plain text stands for, as an item of a list. */
  readonly fromText?: (text: string) => Readonly<Record<string, FileNode>>;
}

/** A part of a schema, shaped like the mapping of the file that it describes. */
export interface Section {
  readonly [key: string]: Setting | Section;
}

type Value = string | number | boolean | undefined | readonly unknown[];

/** A schema, as convict takes it, for settings of type T. */
export type Schema<T> = Section & {
  readonly [K in keyof T]: T[K] extends Value ? Setting<T[K]> : Schema<T[K]>;
};

/** The flags that give a setting, as their users type them. */
export type Flag = '--log-level' | '-t' | '-p' | '-i';

/** Tells the two kinds of nodes of a schema apart. */
export function isSetting(node: Setting | Section): node is Setting {
  return typeof node.doc === 'string';
}

/** Every setting of a schema with its path, such as `exporter.mode`, in the schema's order. */
export function* settingsOf(
  section: Section,
  prefix = '',
): Generator<readonly [path: string, setting: Setting]> {
  for (const [key, node] of Object.entries(section)) {
    if (isSetting(node)) yield [prefix + key, node];
    else yield* settingsOf(node, `${prefix}${key}.`);
  }
}

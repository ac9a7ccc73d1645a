import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { nearest } from '../settings/nearest.ts';
import type { Flags } from '../settings/read.ts';
import {
  COMMANDS,
  type Command,
  dashed,
  isCommand,
  MOST_PLANTS,
  OPTIONS,
  SETTING_FLAGS,
  takersOf,
} from './command-table.ts';

/** What the user asked for on the command line. */
export type Invocation =
  | { readonly command: 'help'; readonly of: Command | undefined }
  | { readonly command: 'version' }
  | ({ readonly command: 'run' | 'check' | 'healthcheck' } & Configured)
  | ({ readonly command: 'demo' | 'simulate' } & SimulatedInvocation)
  | ({ readonly command: 'discover'; readonly json: boolean } & Configured)
  | ({ readonly command: 'backfill' } & BackfillInvocation)
  | ({ readonly command: 'capture' } & CaptureInvocation);

/** What a command that loads the configuration is given. */
export interface Configured {
  readonly configFile: string | undefined;
  /** Settings that were given as flags, as `loadConfig` takes them. */
  readonly flags: Flags;
}

/** What is simulated. */
export interface SimulatedInvocation extends Pick<Configured, 'flags'> {
  /** Number of plants; one unless given. */
  readonly plants?: number;
}

/** What `backfill` is to read, and where it is to go. */
export interface BackfillInvocation extends Configured {
  /** First and last day, YYYY-MM-DD, both included. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** File to write; undefined: standard output. */
  readonly out: string | undefined;
  /** Send to the OTLP endpoint. */
  readonly otlp: boolean;
}

/** What `capture` is to record, and where it is to go. */
export interface CaptureInvocation extends Configured {
  /** Name of a source, such as `growatt/default`; undefined: the only one. */
  readonly source: string | undefined;
  /** A device as `discover` names it; undefined: all. */
  readonly device: string | undefined;
  /** Folder to write, which does not exist or is empty. */
  readonly out: string;
}

/** The command line cannot be understood; the message is one or two lines for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the arguments after the program's name. Throws UsageError. */
export function parseFlags(argv: readonly string[]): Invocation {
  const { positionals, tokens } = parseArgs({
    args: [...argv],
    options: PARSED,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name } = token;
    if (!Object.hasOwn(OPTIONS, name))
      throw new UsageError(`Unknown flag ${token.rawName}.${didYouMean(token.rawName, FLAG_NAMES)}`);
    given.set(name, [...(given.get(name) ?? []), optionText(name, token.value, token.inlineValue)]);
  }
  const [first, ...others] = positionals;
  const asksForHelp = given.has('help') || first === 'help';
  const [word = 'run', extra] = first === 'help' ? others : positionals;
  if (!isCommand(word)) {
    throw new UsageError(
      `Unknown command ${JSON.stringify(word)}.${didYouMean(word, Object.keys(COMMANDS))}`,
    );
  }
  if (asksForHelp) return { command: 'help', of: others.length > 0 || first === word ? word : undefined };
  if (given.has('version')) return { command: 'version' };
  if (extra !== undefined)
    throw new UsageError(`${word} does not take the argument ${JSON.stringify(extra)}.`);
  for (const option of given.keys()) {
    if (COMMANDS[word].options.includes(option)) continue;
    const names = takersOf(option).join(', ');
    throw new UsageError(`${word} does not take ${dashed(option)}; it belongs to: ${names}.`);
  }
  return invocation(word, given);
}

function invocation(command: Command, given: ReadonlyMap<string, readonly string[]>): Invocation {
  const last = (option: string) => given.get(option)?.at(-1);
  const flags = settingsFrom(given);
  const configured = { configFile: last('config'), flags };
  switch (command) {
    case 'run':
    case 'check':
    case 'healthcheck':
      return { command, ...configured };
    case 'demo':
    case 'simulate': {
      const plants = last('plants');
      return { command, flags, ...(plants !== undefined && { plants: plantsOf(plants) }) };
    }
    case 'discover':
      return { command, ...configured, json: given.has('json') };
    case 'backfill': {
      const [from, to] = [dayOf('--from', last('from')), dayOf('--to', last('to'))];
      if (from !== undefined && to !== undefined && from > to)
        throw new UsageError('--from is a day after --to.');
      if (given.has('out') && given.has('otlp'))
        throw new UsageError('backfill takes --out or --otlp, not both.');
      return { command, ...configured, from, to, out: last('out'), otlp: given.has('otlp') };
    }
    case 'capture': {
      const out = last('out');
      if (out === undefined) throw new UsageError('capture needs --out FOLDER.');
      return { command, ...configured, source: last('source'), device: last('device'), out };
    }
  }
}

/** The texts of the settings that flags give. */
function settingsFrom(given: ReadonlyMap<string, readonly string[]>): Flags {
  const texts = SETTING_FLAGS.flatMap(([name, { repeatable, takes, toSetting }]) => {
    const texts = given.get(name);
    const last = texts?.at(-1);
    if (texts === undefined || last === undefined) return [];
    const text = repeatable ? texts.join(',') : last;
    const setting = toSetting ? toSetting(text) : text;
    if (setting === undefined)
      throw new UsageError(`${dashed(name)} takes ${takes}, not ${JSON.stringify(text)}.`);
    return [[dashed(name), setting] as const];
  });
  return Object.fromEntries(texts);
}

function optionText(option: string, value: string | undefined, inline: boolean | undefined): string {
  const flag = dashed(option);
  if (OPTIONS[option]?.value === undefined) {
    if (inline) throw new UsageError(`${flag} takes no value.`);
    return '';
  }
  // `-t=host` is how Go's flags, and so trucki2prometheus's users, may write it.
  const text = option.length === 1 && inline ? value?.replace(/^=/, '') : value;
  if (!text || (!inline && /^-./.test(text))) throw new UsageError(`${flag} needs a value.`);
  return text;
}

/** @throws UsageError */
function plantsOf(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_PLANTS) return count;
  throw new UsageError(`--plants takes a number from 1 to ${MOST_PLANTS}, not ${JSON.stringify(text)}.`);
}

function dayOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new UsageError(`${flag} takes a day such as 2026-01-31, not ${JSON.stringify(text)}.`);
  }
  return text;
}

const FLAG_NAMES = Object.keys(OPTIONS).map(dashed);

/** The flags as Node's parser takes them; what may follow each is checked afterwards. */
const PARSED: ParseArgsOptionsConfig = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, { value, short = name }]) => [
    name,
    { type: value === undefined ? 'boolean' : 'string', ...(short.length === 1 && { short }) },
  ]),
);

function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '\nRun --help for usage.' : ` Did you mean ${guess}?`;
}

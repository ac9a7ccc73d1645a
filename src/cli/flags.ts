import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { agentSettings } from '../config/settings.ts';
import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';
import { nearest } from '../settings/nearest.ts';
import type { Flags } from '../settings/read.ts';
import { type Flag, type Section, settingsOf } from '../settings/setting.ts';

/** What the user asked for on the command line. */
export type Invocation =
  | { readonly command: 'help' | 'version' }
  | ({ readonly command: 'run' | 'check' | 'healthcheck' } & Configured)
  | ({ readonly command: 'demo' | 'simulate' } & Pick<Configured, 'flags'>)
  | ({ readonly command: 'discover'; readonly json: boolean } & Configured)
  | ({ readonly command: 'backfill' } & BackfillInvocation)
  | ({ readonly command: 'capture' } & CaptureInvocation);

/** What a command that loads the configuration is given. */
export interface Configured {
  readonly configFile: string | undefined;
  /** Settings that were given as flags, as `loadConfig` takes them. */
  readonly flags: Flags;
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

type Command = Exclude<Invocation['command'], 'help' | 'version'>;

/** A flag as the parser and the help need it; by its name without dashes. */
interface Option extends Omit<Flag, 'name' | 'value'> {
  /** undefined: it takes no value. */
  readonly value?: string;
  /** Its one letter, for a flag that has a longer name too. */
  readonly short?: string;
}

const flagsIn = (section: Section): readonly (readonly [string, Option])[] =>
  [...settingsOf(section)].flatMap(([, { flag }]) => (flag ? [[flag.name.replace(/^-+/, ''), flag]] : []));

const agentFlags = flagsIn(agentSettings);
const kindFlags = Object.values<SourceKind>(kinds).flatMap(({ settings }) => flagsIn(settings));
const namesOf = (flags: typeof agentFlags) => flags.map(([name]) => name);

/** All flags; those that give a setting are stated with it. */
export const OPTIONS: Readonly<Record<string, Option>> = {
  config: { value: 'FILE', doc: 'YAML file with settings' },
  ...Object.fromEntries([...agentFlags, ...kindFlags]),
  json: { doc: 'JSON in place of the table' },
  from: { value: 'YYYY-MM-DD', doc: 'first day' },
  to: { value: 'YYYY-MM-DD', doc: 'last day' },
  out: { value: 'PATH', doc: 'file to write, else standard output; for capture a new folder' },
  otlp: { doc: 'send to the OTLP endpoint' },
  source: { value: 'NAME', doc: 'source to read, such as growatt/default, where there are several' },
  device: { value: 'SN', doc: 'only this device, as discover names it' },
  version: { doc: 'print the version' },
  help: { short: 'h', doc: 'print this text' },
};

const ALLOWED: Readonly<Record<Command, readonly string[]>> = {
  run: ['config', ...namesOf(agentFlags), ...namesOf(kindFlags)],
  demo: namesOf(agentFlags),
  simulate: ['p'],
  check: ['config', ...namesOf(agentFlags), ...namesOf(kindFlags)],
  healthcheck: ['config', ...namesOf(agentFlags), ...namesOf(kindFlags)],
  discover: ['config', 'log-level', ...namesOf(kindFlags), 'json'],
  backfill: ['config', 'log-level', 'from', 'to', 'out', 'otlp'],
  capture: ['config', 'log-level', ...namesOf(kindFlags), 'source', 'device', 'out'],
};

/** The commands that take a flag; none for those that stand alone. */
export const takersOf = (option: string): readonly string[] =>
  Object.entries(ALLOWED).flatMap(([command, options]) => (options.includes(option) ? [command] : []));

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
  const [word = 'run', extra] = positionals;
  if (given.has('help')) return { command: 'help' };
  if (given.has('version')) return { command: 'version' };
  if (!isCommand(word)) {
    throw new UsageError(`Unknown command ${JSON.stringify(word)}.${didYouMean(word, Object.keys(ALLOWED))}`);
  }
  if (extra !== undefined)
    throw new UsageError(`${word} does not take the argument ${JSON.stringify(extra)}.`);
  for (const option of given.keys()) {
    if (ALLOWED[word].includes(option)) continue;
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
    case 'simulate':
      return { command, flags };
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
  const texts = [...agentFlags, ...kindFlags].flatMap(([name, { repeatable, takes, toSetting }]) => {
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

function dayOf(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new UsageError(`${flag} takes a day such as 2026-01-31, not ${JSON.stringify(text)}.`);
  }
  return text;
}

const isCommand = (word: string): word is Command => Object.hasOwn(ALLOWED, word);
/** A flag as it is typed. */
export const dashed = (option: string) => (option.length === 1 ? `-${option}` : `--${option}`);
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

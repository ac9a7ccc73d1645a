import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Flags } from '../config/load.ts';
import { nearest } from '../config/nearest.ts';

/** What the user asked for on the command line. */
export type Invocation =
  | { readonly command: 'help' | 'version' }
  | ({ readonly command: 'run' | 'check' } & Configured)
  | ({ readonly command: 'demo' | 'simulate' } & Pick<Configured, 'flags'>)
  | ({ readonly command: 'discover'; readonly json: boolean } & Configured)
  | ({ readonly command: 'backfill' } & BackfillInvocation);

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

/** The command line cannot be understood; the message is one or two lines for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Command = Exclude<Invocation['command'], 'help' | 'version'>;

const OPTIONS = {
  config: { type: 'string' },
  'log-level': { type: 'string' },
  t: { type: 'string', short: 't', multiple: true },
  p: { type: 'string', short: 'p' },
  i: { type: 'string', short: 'i' },
  json: { type: 'boolean' },
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  otlp: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

type Option = keyof typeof OPTIONS;

const AGENT: readonly Option[] = ['config', 'log-level', 't', 'p', 'i'];
const ALLOWED: Readonly<Record<Command, readonly Option[]>> = {
  run: AGENT,
  demo: ['log-level', 'p'],
  simulate: ['p'],
  check: AGENT,
  discover: ['config', 'log-level', 't', 'json'],
  backfill: ['config', 'log-level', 'from', 'to', 'out', 'otlp'],
};

const LEAST_SECONDS = 0.5;

/** Reads the arguments after the program's name. Throws UsageError. */
export function parseFlags(argv: readonly string[]): Invocation {
  const { positionals, tokens } = parseArgs({
    args: [...argv],
    options: OPTIONS,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = new Map<Option, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name } = token;
    if (!isOption(name))
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
    const takers = Object.entries(ALLOWED).filter(([, options]) => options.includes(option));
    const names = takers.map(([name]) => name).join(', ');
    throw new UsageError(`${word} does not take ${dashed(option)}; it belongs to: ${names}.`);
  }
  return invocation(word, given);
}

function invocation(command: Command, given: ReadonlyMap<Option, readonly string[]>): Invocation {
  const last = (option: Option) => given.get(option)?.at(-1);
  const flags = settingsFrom(given.get('t'), last('p'), last('i'), last('log-level'));
  const configured = { configFile: last('config'), flags };
  switch (command) {
    case 'run':
    case 'check':
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
  }
}

function settingsFrom(
  targets: readonly string[] | undefined,
  port: string | undefined,
  seconds: string | undefined,
  logLevel: string | undefined,
): Flags {
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    throw new UsageError(`-p takes a port from 0 to 65535, not ${JSON.stringify(port)}.`);
  }
  if (seconds !== undefined && !(/^\d{1,7}(\.\d{1,6})?$/.test(seconds) && Number(seconds) >= LEAST_SECONDS)) {
    throw new UsageError(
      `-i takes a number of seconds from ${LEAST_SECONDS} on, not ${JSON.stringify(seconds)}.`,
    );
  }
  return {
    ...(targets && { '-t': targets.join(',') }),
    ...(port !== undefined && { '-p': `:${port}` }),
    ...(seconds !== undefined && { '-i': `${seconds}s` }),
    ...(logLevel !== undefined && { '--log-level': logLevel }),
  };
}

function optionText(option: Option, value: string | undefined, inline: boolean | undefined): string {
  const flag = dashed(option);
  if (OPTIONS[option].type === 'boolean') {
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

const isOption = (name: string): name is Option => Object.hasOwn(OPTIONS, name);
const isCommand = (word: string): word is Command => Object.hasOwn(ALLOWED, word);
const dashed = (option: string) => (option.length === 1 ? `-${option}` : `--${option}`);
const FLAG_NAMES = Object.keys(OPTIONS).map(dashed);

function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '\nRun with --help to see what there is.' : ` Did you mean ${guess}?`;
}

import { agentSettings } from '../config/settings.ts';
import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';
import { type Flag, type Section, settingsOf } from '../settings/setting.ts';

/** A flag as the parser and the help need it; by its name without dashes. */
export interface Option extends Omit<Flag, 'name' | 'value'> {
  /** undefined: it takes no value. */
  readonly value?: string;
  /** Its one letter, for a flag that has a longer name too. */
  readonly short?: string;
}

export type Command =
  | 'run'
  | 'demo'
  | 'simulate'
  | 'check'
  | 'discover'
  | 'healthcheck'
  | 'backfill'
  | 'capture';

/** What the help says of a command, and which flags it takes. */
interface CommandRow {
  /** Its line in the list of commands. */
  readonly summary: string;
  /** What it does, for its own help; begins with a capital and has full stops. */
  readonly details: string;
  /** Names without dashes. */
  readonly options: readonly string[];
  /** What its own help says of an option that means less here than in general. */
  readonly optionDocs?: Readonly<Record<string, string>>;
  /** What follows the program's name in the examples of its own help. */
  readonly examples: readonly string[];
}

const flagsIn = (section: Section): readonly (readonly [string, Option])[] =>
  [...settingsOf(section)].flatMap(([, { flag }]) => (flag ? [[flag.name.replace(/^-+/, ''), flag]] : []));

const agentFlags = flagsIn(agentSettings);
const kindFlags = Object.values<SourceKind>(kinds).flatMap(({ settings }) => flagsIn(settings));
const namesOf = (flags: typeof agentFlags) => flags.map(([name]) => name);

/** The flags that give a setting. */
export const SETTING_FLAGS = [...agentFlags, ...kindFlags];

/** A simulated plant takes a few hundred kilobytes. */
export const MOST_PLANTS = 1000;

/** All flags; those that give a setting are stated with it. */
export const OPTIONS: Readonly<Record<string, Option>> = {
  config: { value: 'FILE', doc: 'YAML file with settings' },
  ...Object.fromEntries(SETTING_FLAGS),
  plants: { value: 'COUNT', doc: `plants to simulate, 1 to ${MOST_PLANTS} (default 1)` },
  json: { doc: 'JSON in place of the table' },
  from: { value: 'YYYY-MM-DD', doc: 'first day' },
  to: { value: 'YYYY-MM-DD', doc: 'last day' },
  out: { value: 'PATH', doc: 'file to write, else standard output; for capture a new folder' },
  otlp: { doc: 'send to the OTLP endpoint' },
  source: { value: 'NAME', doc: 'source to read, such as growatt/default, where there are several' },
  device: { value: 'SN', doc: 'only this device, as discover names it' },
  version: { doc: 'print the version' },
  help: { short: 'h', doc: 'print this text, or that of the command' },
};

const configured = ['config', ...namesOf(agentFlags), ...namesOf(kindFlags)];

/** All commands, in the order of the help. */
export const COMMANDS: Readonly<Record<Command, CommandRow>> = {
  run: {
    summary: 'the agent (when no command is given)',
    details:
      'Polls the configured sources in the background and serves /metrics, the status page and probes until a signal. SIGHUP reads the configuration anew. With EXPORTER_MODE=push it collects once, pushes to the Pushgateway and exits: 0 when everything was pushed, else 1.',
    options: configured,
    examples: ['--config agent.yaml', '--config agent.yaml --web.config.file web.yml'],
  },
  demo: {
    summary: 'the agent over simulated devices: no account, no hardware',
    details:
      'Starts simulated devices and the agent that polls them, on this machine only. The page and the log say that the data is simulated. Beyond 10 plants one inverter has a fault and one is silent.',
    options: [...namesOf(agentFlags), 'plants'],
    examples: ['demo', 'demo -p 9200', 'demo --plants 200'],
  },
  simulate: {
    summary: 'only the simulated devices',
    details: 'Prints how to point an agent, or another client, at them.',
    options: ['p', 'plants'],
    examples: ['simulate', 'simulate -p 9500'],
  },
  check: {
    summary: 'print the configuration as resolved, without secrets',
    details:
      'Loads flags, environment and file as run does and asks no device. Exit code 2 when something is wrong; the message names the key, the value and what is allowed.',
    options: configured,
    examples: ['check', 'check --config agent.yaml'],
  },
  discover: {
    summary: 'list plants and devices, and whether they are supported',
    details:
      'Asks every configured source what it has, and prints one table. Exit code 1 when a source fails.',
    options: ['config', 'log-level', ...namesOf(kindFlags), 'json'],
    examples: ['discover --config agent.yaml', 'discover --json'],
  },
  healthcheck: {
    summary: 'ask the running agent for /healthz, exit code 0 or 1',
    details:
      'Finds the agent at the configured address, over TLS where the web configuration says so. That it asks for a password or a client certificate counts as an answer. Made for the probes of containers.',
    options: configured,
    examples: ['healthcheck', 'healthcheck --web.config.file web.yml'],
  },
  backfill: {
    summary: 'write past days as OpenMetrics, for promtool to import',
    details:
      "Reads completed days of all plants. Without --from it begins with the plant's first day, without --to it ends with yesterday. Run the same command again to resume an interrupted one. The steps: docs/history.md.",
    options: ['config', 'log-level', 'from', 'to', 'out', 'otlp'],
    optionDocs: { out: 'file to write, else standard output' },
    examples: ['backfill --config agent.yaml --from 2025-01-01 --out past.om', 'backfill --otlp'],
  },
  capture: {
    summary: 'write the answers of a source, masked, for a bug report',
    details:
      'Makes each call once and writes the answers as they came into a new folder. Token, serial numbers, names and coordinates are replaced. Read the folder before you send it.',
    options: ['config', 'log-level', ...namesOf(kindFlags), 'source', 'device', 'out'],
    optionDocs: { out: 'folder to write, which does not exist or is empty' },
    examples: ['capture --out case', 'capture --device ABC1234567 --out case'],
  },
};

export const isCommand = (word: string): word is Command => Object.hasOwn(COMMANDS, word);

/** The commands that take a flag; none for those that stand alone. */
export const takersOf = (option: string): readonly string[] =>
  Object.keys(COMMANDS).filter((command) => isCommand(command) && COMMANDS[command].options.includes(option));

/** A flag as it is typed. */
export const dashed = (option: string) => (option.length === 1 ? `-${option}` : `--${option}`);

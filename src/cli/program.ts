import { formatDuration } from '../base/duration.ts';
import { createLog, type Log } from '../base/log.ts';
import { version } from '../base/version.ts';
import { type Config, secretsOf } from '../config/config.ts';
import type { Status } from '../model/status.ts';

/** What a command may use of the process it runs in. */
export interface Program {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves once the text has left: what is still on its way is lost when the process ends. @throws RunError */
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => void;
  /** Whether people look at the log. */
  readonly isTerminal: boolean;
  /** Width of the terminal. */
  readonly columns: number;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** From now on SIGHUP calls this; for `run` and `demo`. */
  readonly onHangUp?: (listener: () => void) => void;
  /** Called with the command's log as soon as there is one; it also takes defects outside of the command. */
  readonly onLog?: (log: Log) => void;
}

/** Sources that the start line names. */
const MOST_SOURCES = 20;

/** Exit codes of all commands. */
export const DONE = 0;
export const FAILED = 1;
export const MISUSED = 2;

/** A failure at run time that the user can do something about; the message is one or two lines. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** The log of a command, which follows the configuration. */
export interface ProgramLog extends Log {
  /** Writes from now on as this configuration says. The secrets of earlier ones stay out of it, too. */
  adopt(config: Config): void;
}

/** The log that a configuration asks for, on standard error and without that configuration's secrets. */
export function logFor(program: Program, config: Config): ProgramLog {
  const colour = hasColour(program);
  const secrets = new Set<string>();
  const make = (given: Config) => {
    for (const secret of secretsOf(given)) secrets.add(secret);
    return createLog({ ...given.log, colour, write: program.err, secrets: [...secrets] });
  };
  let current = make(config);
  const log: ProgramLog = {
    debug: (...line) => current.debug(...line),
    info: (...line) => current.info(...line),
    warn: (...line) => current.warn(...line),
    error: (...line) => current.error(...line),
    adopt(given) {
      current = make(given);
    },
  };
  program.onLog?.(log);
  return log;
}

/** Logs at start what runs, what it polls and where its state is. */
export function logStart(log: Log, { stateDir }: Config, { sources, shard }: Status): void {
  const polled = sources
    .slice(0, MOST_SOURCES)
    .map(({ name, intervalSeconds }) => `${name} every ${formatDuration(intervalSeconds * 1000)}`);
  const more = sources.length - polled.length;
  log.info('Starting solar-otel-agent', {
    version,
    node: process.version,
    sources: [...polled, ...(more > 0 ? [`and ${more} more`] : [])].join(', ') || 'none',
    state_dir: stateDir ?? 'none',
  });
  if (shard && sources.length === 0) {
    const { index, count, sources: all } = shard;
    log.warn(`Shard ${index}/${count} has none of the ${all} configured sources: there is nothing to poll`);
  }
}

/** Whether to colour what goes to standard error; see https://no-color.org. */
function hasColour({ isTerminal, env }: Program): boolean {
  return isTerminal && !env.NO_COLOR && env.TERM !== 'dumb';
}

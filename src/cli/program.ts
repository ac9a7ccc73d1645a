import { createLog, type Log } from '../base/log.ts';
import { type Config, secretsOf } from '../config/config.ts';

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
}

/** Exit codes of all commands. */
export const DONE = 0;
export const FAILED = 1;
export const MISUSED = 2;

/** A failure at run time that the user can do something about; the message is one or two lines. */
export class RunError extends Error {
  override readonly name = 'RunError';
}

/** The log that a configuration asks for, on standard error and without that configuration's secrets. */
export function logFor(program: Program, config: Config): Log {
  return createLog({ ...config.log, write: program.err, secrets: secretsOf(config) });
}

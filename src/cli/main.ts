import { ConfigError } from '../config/load.ts';
import { version } from '../version.ts';
import { backfill } from './commands/backfill.ts';
import { check } from './commands/check.ts';
import { demo } from './commands/demo.ts';
import { discover } from './commands/discover.ts';
import { run } from './commands/run.ts';
import { simulate } from './commands/simulate.ts';
import { helpText, type Invocation, parseFlags, UsageError } from './flags.ts';
import { DONE, FAILED, MISUSED, type Program, RunError } from './program.ts';

/** Does what the command line asks for. @returns the exit code */
export async function main(argv: readonly string[], process: NodeJS.Process): Promise<number> {
  // A reader of the log that goes away must not end the agent.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const program: Program = {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns || 80,
    signal: stopSignal(process),
  };
  try {
    return await dispatch(parseFlags(argv), program);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      program.err(`${error.message}\n`);
      return MISUSED;
    }
    if (!(error instanceof RunError)) throw error;
    program.err(`${error.message}\n`);
    return FAILED;
  }
}

function dispatch(invocation: Invocation, program: Program): Promise<number> | number {
  switch (invocation.command) {
    case 'help':
      program.out(helpText());
      return DONE;
    case 'version':
      program.out(`solar-otel-agent ${version}\n`);
      return DONE;
    case 'run':
      return run(invocation, program);
    case 'check':
      return check(invocation, program);
    case 'demo':
      return demo(invocation, program);
    case 'simulate':
      return simulate(invocation, program);
    case 'discover':
      return discover(invocation, program);
    case 'backfill':
      return backfill(invocation, program);
  }
}

/** The first signal asks to stop; a second one does not wait. */
function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(FAILED);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

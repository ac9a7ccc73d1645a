import { setImmediate } from 'node:timers/promises';
import { stackOf } from '../base/errors.ts';
import { createLog } from '../base/log.ts';
import { printable } from '../base/printable.ts';
import { version } from '../base/version.ts';
import { ConfigError } from '../settings/problems.ts';
import { type Invocation, parseFlags, UsageError } from './flags.ts';
import { DONE, FAILED, MISUSED, type Program, RunError } from './program.ts';
import { listenToSignals, type Signals } from './signals.ts';

/** Commands that a terminal that is closed does not end: SIGHUP tells them to read their configuration. */
const STAYS: readonly Invocation['command'][] = ['run', 'demo'];

/** Does what the command line asks for. @returns the exit code */
export async function main(
  argv: readonly string[],
  process: NodeJS.Process,
  signals: Signals = listenToSignals(process),
): Promise<number> {
  // A reader that goes away must not end the agent; whoever writes to it learns of it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let log = createLog({
    level: 'error',
    format: process.stderr.isTTY ? 'text' : 'json',
    write: (line) => void process.stderr.write(line),
  });
  const program: Program = {
    env: process.env,
    out: (text) => writeOut(process.stdout, text),
    err: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: process.stderr.columns || 80,
    signal: signals.stop,
    onHangUp: signals.onHangUp,
    onLog: (given) => {
      log = given;
    },
  };
  /** Says in two lines that this program has a defect; its stack goes to the log, which has no secrets. */
  const fail = (defect: unknown) => {
    log.error('Internal error, please report it', { version, stack: stackOf(defect) });
    const name = defect instanceof Error ? defect.name : typeof defect;
    program.err(
      `solar-otel-agent ${version} stopped because of an internal error (${name}).\n` +
        'Please report it, with the log line above.\n',
    );
    return FAILED;
  };
  process.on('uncaughtException', (defect) => process.exit(fail(defect)));
  try {
    const invocation = parseFlags(argv);
    if (!STAYS.includes(invocation.command)) signals.onHangUp(signals.askToStop);
    // A signal that came while the program was loading is delivered now.
    await setImmediate();
    return signals.stop.aborted ? DONE : await dispatch(invocation, program);
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigError) {
      program.err(`${error.message}\n`);
      return MISUSED;
    }
    if (!(error instanceof RunError)) return fail(error);
    // Whoever reads the output has seen enough, such as `head`.
    if (codeOf(error.cause) === 'EPIPE') return DONE;
    // It may quote what another program answered.
    program.err(`${error.message.split('\n').map(printable).join('\n')}\n`);
    return FAILED;
  }
}

/** Loads only the command that is asked for: the start of the agent need not wait for the others. */
async function dispatch(invocation: Invocation, program: Program): Promise<number> {
  switch (invocation.command) {
    case 'help':
      await program.out((await import('./help.ts')).helpText(invocation.of));
      return DONE;
    case 'version':
      await program.out(`solar-otel-agent ${version}\n`);
      return DONE;
    case 'run':
      return await (await import('./commands/run.ts')).run(invocation, program);
    case 'check':
      return await (await import('./commands/check.ts')).check(invocation, program);
    case 'healthcheck':
      return await (await import('./commands/healthcheck.ts')).healthcheck(invocation, program);
    case 'demo':
      return await (await import('./commands/demo.ts')).demo(invocation, program);
    case 'simulate':
      return await (await import('./commands/simulate.ts')).simulate(invocation, program);
    case 'discover':
      return await (await import('./commands/discover.ts')).discover(invocation, program);
    case 'backfill':
      return await (await import('./commands/backfill.ts')).backfill(invocation, program);
    case 'capture':
      return await (await import('./commands/capture.ts')).capture(invocation, program);
  }
}

function writeOut(stdout: NodeJS.WriteStream, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stdout.write(text, (cause) => {
    if (cause) reject(new RunError(`Standard output cannot be written (${codeOf(cause)}).`, { cause }));
    else resolve();
  });
  return promise;
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

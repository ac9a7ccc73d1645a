import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

const MAIN = `${import.meta.dirname}/../../src/main.ts`;

/** The program as a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** What it wrote to standard error so far. */
  readonly err: () => string;
  /** Resolves once standard error holds this; rejects when the process ends before that. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts the program; it is killed when the test ends. */
export function startChild(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    process: child,
    err: () => err,
    async says(pattern) {
      for (;;) {
        const match = pattern.exec(err);
        if (match) return match;
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without ${pattern}:\n${err}`);
        await Promise.race([once(child.stderr, 'data'), ended]);
      }
    },
    ended,
  };
}

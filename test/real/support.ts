import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

/** How long a real program may take for anything; generous, since it only decides when a test fails. */
const DEADLINE_MS = 120_000;
const POLL_MS = 25;
/** How long a program may take to stop when asked to. */
const GRACE_MS = 20_000;
const OUTPUT_KEPT = 20_000;

/** What a program is started with. */
export interface Place {
  /** An empty folder for its files and data, which is also its working directory. */
  readonly folder: string;
  /** A free port of 127.0.0.1. */
  readonly port: number;
}

export interface ProgramOptions {
  /** Name or path of the program, such as `prometheus`. */
  readonly program: string;
  /** Debian's name of the package that holds it, for the failure that says it is missing. */
  readonly package: string;
  /** Makes its arguments; may write its configuration into the folder first. */
  readonly args: (place: Place) => readonly string[] | Promise<readonly string[]>;
  /** Path that answers 2xx once the program is ready. */
  readonly ready: string;
  /** Port that serves this path, where that is not `port`. */
  readonly readyPort?: number;
}

export interface RunningProgram extends Place {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** The end of what it wrote to standard output and standard error. */
  readonly output: () => string;
}

/**
 * Starts a real program, waits until it is ready, and when the test ends stops it and removes its folder.
 * A program that is missing or ends early fails the test, with the end of its output.
 */
export async function startProgram(t: TestContext, options: ProgramOptions): Promise<RunningProgram> {
  const { program, args, ready } = options;
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  const port = await freePort();
  const child = spawn(program, await args({ folder, port }), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let ended: string | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    });
  }
  child.on('error', (error: NodeJS.ErrnoException) => {
    ended =
      error.code === 'ENOENT'
        ? `${program} is not installed (package ${options.package}): run .ci/programs first`
        : `${program} cannot be started: ${error.message}`;
  });
  child.on('exit', (code, signal) => {
    ended = `${program} ended early (${signal ?? code}):\n${output}`;
  });
  t.after(async () => {
    if (ended === undefined) {
      const gone = once(child, 'exit');
      child.kill();
      const stubborn = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
      await gone;
      clearTimeout(stubborn);
    }
    await rm(folder, { recursive: true, force: true });
  });
  await eventually(`${program} to be ready`, async () => {
    if (ended !== undefined) assert.fail(ended);
    const url = `http://127.0.0.1:${options.readyPort ?? port}${ready}`;
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok || undefined;
  });
  return { folder, port, url: `http://127.0.0.1:${port}`, output: () => output };
}

/** Asks again and again until the answer is not undefined. @throws AssertionError after the deadline */
export async function eventually<T>(
  what: string,
  attempt: () => Promise<T | undefined> | T | undefined,
  deadline = DEADLINE_MS,
): Promise<T> {
  const until = performance.now() + deadline;
  while (performance.now() < until) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
    await delay(POLL_MS);
  }
  return assert.fail(`waited ${deadline / 1000} s in vain for ${what}`);
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  assert.ok(typeof address === 'object' && address);
  return address.port;
}

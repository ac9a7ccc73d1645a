import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Measure, ProbeAnswer, ProbeMessage } from '../engines/probe-messages.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the probe is loaded into it. */
  readonly probed?: boolean;
}

const OUTPUT_KEPT = 4000;
const START_DEADLINE_MS = 60_000;

/** All that run. None of them outlives the bench, whatever ends it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.on(signal, () => process.exit(code));

/** A process that is measured. */
export class Child {
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  #output = '';
  #ended = false;
  #onOutput = () => {};

  constructor(options: ChildOptions) {
    const { command, args, env = {}, probed = false } = options;
    this.#options = options;
    const path = process.env.PATH ?? '';
    this.#process = spawn(command, args, {
      env: { PATH: path, ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...(probed ? (['ipc'] as const) : [])],
    });
    running.add(this.#process);
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_KEPT);
        this.#onOutput();
      });
    const ended = (why: string) => {
      running.delete(this.#process);
      this.#ended = true;
      this.#output += `\n${why}`;
      this.#onOutput();
    };
    this.#process.on('error', (error) => ended(error.message));
    this.#process.on('exit', (code, signal) => ended(`ended with ${signal ?? code}`));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Memory that the process has in RAM, bytes. */
  get rss(): number {
    return this.#memory('VmRSS') ?? Number.NaN;
  }

  /** Resolves when it ends, with the most memory in bytes that it was seen to have in RAM. */
  async peakUntilEnd(): Promise<number> {
    let peak = 0;
    while (!this.#ended) {
      peak = Math.max(peak, this.#memory('VmHWM') ?? 0);
      await delay(1);
    }
    return peak;
  }

  /** The URL of its server, once it prints that. @throws Error when it ends before */
  async url(): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const what = [this.#options.command, ...this.#options.args].join(' ');
    const deadline = setTimeout(
      () => reject(new Error(`${what} does not listen:\n${this.#output}`)),
      START_DEADLINE_MS,
    );
    this.#onOutput = () => {
      const [, url] =
        /(?:^|Serving metrics at )(http:\/\/127\.0\.0\.1:\d+)(?:\/metrics.*)?$/m.exec(this.#output) ?? [];
      if (url !== undefined) resolve(url);
      else if (this.#ended) reject(new Error(`${what}: ${this.#output}`));
    };
    this.#onOutput();
    try {
      return await promise;
    } finally {
      clearTimeout(deadline);
      this.#onOutput = () => {};
    }
  }

  /** What the probe measures while the work is done. */
  async measure(measure: Measure, work: () => Promise<unknown>): Promise<number> {
    await this.#ask({ measure });
    await work();
    return (await this.#ask({ measure })).value ?? Number.NaN;
  }

  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#ended) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill(signal);
    await gone;
  }

  /** Bytes; undefined when the process has ended. */
  #memory(what: 'VmRSS' | 'VmHWM'): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
      const [, size] = new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
      return size === undefined ? undefined : Number(size) * 1024;
    } catch {
      return undefined;
    }
  }

  async #ask(message: ProbeMessage): Promise<ProbeAnswer> {
    const answered = once(this.#process, 'message', { signal: AbortSignal.timeout(START_DEADLINE_MS) });
    this.#process.send(message);
    const [answer] = (await answered) as [ProbeAnswer];
    return answer;
  }
}

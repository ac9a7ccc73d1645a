/**
 * What a scrape costs over HTTP, against peers, in one run: `npm run bench`. Each engine runs in a process of its
 * own with the flags of the deployments, holds the same series, and is scraped after all of them have changed (cold)
 * and once more with nothing new (warm). Prints medians, ratios to the agent, and memory.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ENGINES, type Message } from './engines.ts';

const SERIES = [300, 3_000, 30_000];
const ROUNDS = 30;
const FLAGS = ['--max-semi-space-size=1'];

interface Measured {
  readonly engine: string;
  /** Milliseconds. */
  readonly cold: number;
  readonly warm: number;
  /** Bytes. */
  readonly rss: number;
}

async function measure(engine: string, series: number): Promise<Measured> {
  const program = fileURLToPath(new URL('engines.ts', import.meta.url));
  const child = fork(program, [engine, String(series)], { execArgv: FLAGS });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const cold: number[] = [];
  const warm: number[] = [];
  let rss = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    rss = await update(child, round);
    cold.push(await timeOf(url));
    warm.push(await timeOf(url));
  }
  child.kill();
  return { engine, cold: median(cold), warm: median(warm), rss };
}

/** @returns the memory of the process after the update, bytes */
async function update(child: ChildProcess, round: number): Promise<number> {
  child.send(round);
  const [answer] = (await once(child, 'message')) as [Extract<Message, { rss: number }>];
  return answer.rss;
}

/** Milliseconds of one scrape, its whole text read. */
async function timeOf(url: string): Promise<number> {
  const started = performance.now();
  await (await fetch(`${url}/metrics`, { headers: { 'Accept-Encoding': 'identity' } })).text();
  return performance.now() - started;
}

const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

console.log(`Node ${process.version}, ${FLAGS.join(' ')}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`);
for (const series of SERIES) {
  console.log(
    `\n${series} series`.padEnd(28),
    'cold scrape'.padStart(18),
    'warm scrape'.padStart(18),
    'RSS'.padStart(10),
  );
  const [ours, ...peers] = await inTurn(Object.keys(ENGINES), (engine) => measure(engine, series));
  for (const { engine, cold, warm, rss } of [ours!, ...peers]) {
    const time = (ms: number, base: number) => `${ms.toFixed(1)} ms × ${(ms / base).toFixed(1)}`.padStart(18);
    const memory = `${Math.round(rss / 1024 / 1024)} MiB`.padStart(10);
    console.log(engine.padEnd(27), time(cold, ours!.cold), time(warm, ours!.warm), memory);
  }
}

/** One after the other, so that none disturbs the others. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

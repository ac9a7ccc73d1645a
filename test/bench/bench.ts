/**
 * `npm run bench` measures the agent beside its peers, on Linux, and writes docs/performance.md; `npm run bench:check`
 * (with `--check`) measures less and fails when an aim is missed.
 */
import { writeFileSync } from 'node:fs';
import { AIMS, JUDGED_SERIES } from './aims.ts';
import { betterOf, checkReport, judge } from './judge.ts';
import { describeMachine } from './machine.ts';
import { countCalls, timeFirstValues } from './measure/calls.ts';
import { measureMemory } from './measure/memory.ts';
import { measurePolls } from './measure/polls.ts';
import { makePrograms, type Programs } from './measure/programs.ts';
import { measureReleases } from './measure/releases.ts';
import { measureScrapes } from './measure/scrapes.ts';
import { measureStalls } from './measure/stalls.ts';
import { measureStart } from './measure/start.ts';
import { renderPage } from './report.ts';
import type { Results, SizeFigures } from './results.ts';

/** How much is measured. */
interface Extent {
  /** Numbers of series, each with its rounds of scrapes. */
  readonly sizes: readonly (readonly [series: number, rounds: number])[];
  /** Rounds of starts, poll cycles, and of each cause of stalls. */
  readonly starts: number;
  readonly cycles: number;
  readonly stalls: number;
}

const WHOLE: Extent = {
  sizes: [
    [300, 15],
    [3000, 15],
    [JUDGED_SERIES, 15],
    [100_000, 7],
  ],
  starts: 25,
  cycles: 30,
  stalls: 5,
};
const CHECK: Extent = { sizes: [[JUDGED_SERIES, 9]], starts: 15, cycles: 20, stalls: 3 };
const PAGE = new URL('../../docs/performance.md', import.meta.url);

const isCheck = process.argv.includes('--check');
const extent = isCheck ? CHECK : WHOLE;

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Ends what is still running, too.
process.exit();

/** @returns the exit code */
async function run(): Promise<number> {
  const programs = await makePrograms();
  const results = await measure(programs);
  let verdicts = judge(AIMS, results);
  if (isCheck && verdicts.some(({ fails }) => fails)) {
    console.error(checkReport(verdicts));
    console.error('Measuring again, since something else may have run meanwhile.');
    verdicts = betterOf(verdicts, judge(AIMS, await measure(programs)));
  }
  if (!isCheck) {
    const calls = await step('calls', countCalls);
    const firstValues = await step('first values', timeFirstValues);
    const releases = await step('files of a release', () => measureReleases(programs, extent.starts));
    const machine = describeMachine(programs.clientGolang);
    const date = new Date().toISOString().slice(0, 10);
    const page = renderPage({ results, verdicts, calls, firstValues, releases, machine, date });
    writeFileSync(PAGE, page);
    console.log(page);
  }
  console.log(checkReport(verdicts));
  return isCheck && verdicts.some(({ fails }) => fails) ? 1 : 0;
}

async function measure(programs: Programs): Promise<Results> {
  const start = await step('start', () => measureStart(programs, extent.starts));
  const scrapes: SizeFigures[] = [];
  for (const [series, rounds] of extent.sizes)
    scrapes.push(await step(`scrapes of ${series} series`, () => measureScrapes(programs, series, rounds)));
  const polls = await step('poll cycles', () => measurePolls(programs, extent.cycles));
  const stalls = await step('stalls', () => measureStalls(programs, extent.stalls));
  const memory = await step('memory', () => measureMemory(programs));
  return { scrapes, start, memory, polls, stalls };
}

/** Says on standard error what is measured, and for how long it was. */
async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  console.error(`${what}: ${Math.round((performance.now() - started) / 1000)} s`);
  return result;
}

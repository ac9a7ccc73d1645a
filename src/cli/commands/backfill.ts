import { once } from 'node:events';
import { createWriteStream, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent } from '../../agent.ts';
import { type Assignment, callsOf, collect, plan } from '../../backfill/collect.ts';
import { type Entry, Journal } from '../../backfill/journal.ts';
import { END, familyLines } from '../../backfill/openmetrics.ts';
import { derivations, type Point } from '../../backfill/points.ts';
import { formatTime, Progress } from '../../backfill/progress.ts';
import { systemClock } from '../../clock.ts';
import { SourceError } from '../../errors.ts';
import { DONE, logFor, type Program, RunError } from '../program.ts';
import { type Configured, configOf } from './run.ts';

export interface BackfillInvocation extends Configured {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly out: string | undefined;
  readonly otlp: boolean;
}

/** Reads days that are over and writes them as OpenMetrics, or sends them to the OTLP endpoint. */
export async function backfill(invocation: BackfillInvocation, program: Program): Promise<number> {
  const config = configOf(invocation, program);
  if (config.accounts.length === 0) throw new RunError('backfill reads Growatt plants: set GROWATT_TOKEN');
  const log = logFor(program, config);
  const agent = createAgent({ config, log });
  const jobs = agent.pasts(program.signal);
  const { from, to, out } = invocation;
  const folder = out === undefined ? mkdtempSync(join(tmpdir(), 'solar-otel-agent-')) : undefined;
  const path = folder === undefined ? `${out}.journal` : join(folder, 'journal');
  const journal = Journal.open(path, { from, to, sources: jobs.map(({ source }) => source) });
  if (!journal)
    throw new RunError(`${path} belongs to a backfill of other days or accounts: delete it to start anew`);
  try {
    const assignments = await plan(jobs, journal, invocation);
    const calls = callsOf(assignments);
    const progress = new Progress({
      calls,
      spacing: config.growatt.callSpacing,
      clock: systemClock,
      write: program.err,
      isTerminal: program.isTerminal,
      columns: program.columns,
    });
    const days = assignments.reduce((sum, { dates }) => sum + dates.length, 0);
    const length = `${calls} calls, about ${formatTime(progress.timeLeft)}`;
    program.err(`Reading ${days} days of ${assignments.length} plant(s): ${length}\n`);
    await collect(assignments, journal, ({ name }, date) => progress.step(name, date)).finally(() =>
      progress.end(),
    );
    await write(out, render(assignments, journal), program);
    journal.remove();
    return DONE;
  } catch (error) {
    const again = folder === undefined ? ' The same command goes on where this one stopped.' : '';
    if (program.signal.aborted) {
      program.err(`Stopped.${again}\n`);
      return DONE;
    }
    if (!(error instanceof SourceError)) throw error;
    throw new RunError(`${error.message}.${again}`, { cause: error });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** One family after the other, each from its own pass over the journal. */
async function* render(assignments: readonly Assignment[], journal: Journal): AsyncGenerator<string> {
  for (const name of Object.keys(derivations)) yield* familyLines(name, pointsOf(name, assignments, journal));
  yield END;
}

async function* pointsOf(
  name: string,
  assignments: readonly Assignment[],
  journal: Journal,
): AsyncGenerator<Point> {
  const isOf = ({ job, plant }: Assignment, entry: Entry) =>
    entry.source === job.source && entry.plant === plant.id;
  for await (const entry of journal.entries()) {
    const assignment = 'curve' in entry ? assignments.find((each) => isOf(each, entry)) : undefined;
    if (assignment && 'curve' in entry) yield* derivations[name]!(entry, assignment.known);
  }
}

/** A file appears only when it is whole. */
async function write(out: string | undefined, lines: AsyncIterable<string>, program: Program): Promise<void> {
  if (out === undefined) {
    for await (const line of lines) program.out(line);
    return;
  }
  const fresh = `${out}.new`;
  const stream = createWriteStream(fresh);
  for await (const line of lines) if (!stream.write(line)) await once(stream, 'drain');
  stream.end();
  await once(stream, 'close');
  renameSync(fresh, out);
}

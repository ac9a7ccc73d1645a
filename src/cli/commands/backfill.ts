import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent } from '../../agent.ts';
import { type Assignment, callsOf, collect, plan } from '../../backfill/collect.ts';
import { type Entry, Journal } from '../../backfill/journal.ts';
import { END, familyLines } from '../../backfill/openmetrics.ts';
import { sendPoints } from '../../backfill/otlp.ts';
import { derivations, type Point } from '../../backfill/points.ts';
import { formatTime, Progress } from '../../backfill/progress.ts';
import { systemClock } from '../../clock.ts';
import type { Config } from '../../config/config.ts';
import { SourceError } from '../../errors.ts';
import { createOtlpExporter } from '../../export/otlp.ts';
import { watchExports } from '../../export/otlp-health.ts';
import type { Log } from '../../log.ts';
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
  const send = invocation.otlp ? sender(config, log) : undefined;
  // The present is not exported meanwhile.
  const jobs = createAgent({ config: { ...config, otlp: undefined }, log }).pasts(program.signal);
  const { path, lasting } = journalPath(invocation, config);
  const scope = { from: invocation.from, to: invocation.to, sources: jobs.map(({ source }) => source) };
  const journal = Journal.open(path, scope);
  if (!journal)
    throw new RunError(`${path} belongs to a backfill of other days or accounts: delete it to start anew`);
  try {
    const assignments = await plan(jobs, journal, invocation);
    await read(assignments, journal, config, program);
    if (send) await send((name) => pointsOf(name, assignments, journal));
    else await write(invocation.out, render(assignments, journal), program);
    journal.remove();
    return DONE;
  } catch (error) {
    const again = lasting ? ' The same command goes on where this one stopped.' : '';
    if (program.signal.aborted) {
      program.err(`Stopped.${again}\n`);
      return DONE;
    }
    if (error instanceof SourceError) throw new RunError(`${error.message}.${again}`, { cause: error });
    throw error;
  } finally {
    if (!lasting) journal.remove();
  }
}

/** Beside the file to be written; for OTLP where the agent keeps its state. Anything else cannot be resumed. */
function journalPath(
  { out, otlp }: BackfillInvocation,
  { stateDir }: Config,
): { path: string; lasting: boolean } {
  if (out !== undefined) return { path: `${out}.journal`, lasting: true };
  if (otlp && stateDir !== undefined) return { path: join(stateDir, 'backfill.journal'), lasting: true };
  return { path: join(tmpdir(), `solar-otel-agent-${randomUUID()}.journal`), lasting: false };
}

/** Makes the calls that are left, telling how long that takes. */
async function read(
  assignments: readonly Assignment[],
  journal: Journal,
  { growatt }: Config,
  { err, isTerminal, columns }: Program,
): Promise<void> {
  const calls = callsOf(assignments);
  const spacing = growatt.callSpacing;
  const progress = new Progress({ calls, spacing, clock: systemClock, write: err, isTerminal, columns });
  const days = assignments.reduce((sum, { dates }) => sum + dates.length, 0);
  const plants = assignments.length === 1 ? '1 plant' : `${assignments.length} plants`;
  err(`Reading ${days} days of ${plants}: ${calls} calls, about ${formatTime(progress.timeLeft)}\n`);
  try {
    await collect(assignments, journal, ({ name }, date) => progress.step(name, date));
  } finally {
    progress.end();
  }
}

/** Sends all metrics to the OTLP endpoint, one after the other. */
function sender({ otlp: settings }: Config, log: Log) {
  if (!settings) throw new RunError('--otlp needs an endpoint: set OTEL_EXPORTER_OTLP_ENDPOINT');
  const { url, interval } = settings;
  const exporter = createOtlpExporter(settings, watchExports({ url, interval, log, onExport() {} }));
  return async (points: (name: string) => AsyncIterable<Point>) => {
    try {
      for (const name of Object.keys(derivations))
        await sendPoints(name, points(name), { exporter, settings });
    } catch (error) {
      throw new RunError(`${url} did not take the data`, { cause: error });
    } finally {
      await exporter.shutdown();
    }
  };
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

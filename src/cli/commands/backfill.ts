import { randomUUID } from 'node:crypto';
import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent } from '../../agent.ts';
import { type Assignment, callsOf, collect, plan } from '../../backfill/collect.ts';
import { Journal, JournalError } from '../../backfill/journal.ts';
import { render } from '../../backfill/openmetrics.ts';
import { createHistorySender, HistoryRejected } from '../../backfill/otlp.ts';
import { Progress } from '../../backfill/progress.ts';
import { metricsOf, samplesOf } from '../../backfill/samples.ts';
import { missingIn } from '../../backfill/summary.ts';
import { addDays } from '../../base/calendar.ts';
import { systemClock } from '../../base/clock.ts';
import { formatTime } from '../../base/duration.ts';
import { SourceError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/config.ts';
import type { OtlpExport } from '../../export/otlp-settings.ts';
import { kinds } from '../../kinds.ts';
import type { HistorySample } from '../../model/history.ts';
import type { SourceKind } from '../../model/kind.ts';
import { startsIn } from '../../settings/setting.ts';
import { type BackfillInvocation, UsageError } from '../flags.ts';
import { DONE, logFor, type Program, RunError } from '../program.ts';
import { withStateFolder } from '../state-folder.ts';
import { configOf, instanceIdOf } from './run.ts';

const CLEAR_LINE = '\r\u001b[K';

/** Reads days that are over and writes them as OpenMetrics, or sends them to the OTLP endpoint. */
export async function backfill(invocation: BackfillInvocation, program: Program): Promise<number> {
  const config = configOf(invocation, program);
  if (invocation.otlp && !config.otlp)
    throw new UsageError('--otlp needs an endpoint: set OTEL_EXPORTER_OTLP_ENDPOINT.');
  if (invocation.out && statSync(invocation.out, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--out ${invocation.out} is a folder: name a file.`);
  const { path, lasting } = journalPath(invocation, config);
  try {
    const log = logOf(config, program);
    await withStateFolder(config, { command: 'backfill', log }, () =>
      fill(invocation, { config, path, log }, program),
    );
    return DONE;
  } catch (error) {
    const again = lasting ? ' Run the same command again to resume.' : '';
    if (program.signal.aborted) {
      program.err(`Interrupted.${again}\n`);
      return DONE;
    }
    if (error instanceof SourceError || error instanceof HistoryRejected)
      throw new RunError(`${error.message}.${again}`, { cause: error });
    if (error instanceof JournalError) throw new RunError(error.message, { cause: error });
    if (error instanceof Error && 'syscall' in error && 'code' in error)
      throw new RunError(`${invocation.out ?? path} cannot be written (${error.code}).${again}`, {
        cause: error,
      });
    throw error;
  } finally {
    if (!lasting) rmSync(path, { force: true });
  }
}

/** A line of log takes the place of the bar. */
function logOf(config: Config, program: Program): Log {
  const err = (text: string) => program.err(program.isTerminal ? CLEAR_LINE + text : text);
  return logFor({ ...program, err }, config);
}

async function fill(
  invocation: BackfillInvocation,
  { config, path, log }: { readonly config: Config; readonly path: string; readonly log: Log },
  program: Program,
): Promise<void> {
  // The present is not exported meanwhile.
  const agent = new Agent({
    config: { ...config, otlp: undefined },
    log,
    instanceId: invocation.otlp ? await instanceIdOf(config, log) : undefined,
  });
  const sources = agent.historyReaders(program.signal);
  if (sources.length === 0 && !config.shard) throw new UsageError(noHistory());
  const journal = Journal.open(path, {
    from: invocation.from,
    to: invocation.to,
    sources: sources.map(({ name }) => name),
    plants: sources.flatMap(({ reader }) => reader.chosenPlants),
  });
  program.err('Looking up the plants\n');
  const assignments = await plan(sources, journal, invocation);
  if (assignments.every(({ wanted }) => wanted.length === 0)) {
    journal.remove();
    throw new RunError(nothingToRead(assignments));
  }
  await read(assignments, journal, program);
  const names = metricsOf(assignments);
  let count = 0;
  async function* samples(name: string) {
    for await (const sample of samplesOf(name, assignments, journal)) {
      count++;
      yield sample;
    }
  }
  if (invocation.otlp && config.otlp) {
    // The past continues the series of the agent that runs with this configuration.
    const resourceAttributes = {
      'service.instance.id': agent.instanceId,
      ...config.otlp.resourceAttributes,
    };
    await send({ ...config.otlp, resourceAttributes }, names, samples, program);
  } else await write(invocation.out, render(names, samples), program);
  const missing = await missingIn(assignments, journal);
  program.err(`${count} samples${invocation.out === undefined ? '' : ` in ${invocation.out}`}\n`);
  for (const line of missing) program.err(`Missing: ${line}\n`);
  journal.remove();
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

/** Why there is nothing to read when no source of the configuration has history. */
function noHistory(): string {
  const able = Object.values<SourceKind>(kinds).filter(({ hasHistory }) => hasHistory);
  const reads = able.map(({ settingsDocs }) => settingsDocs.reads).join(' and ');
  const variables = able.flatMap(({ settings }) => startsIn(settings).flatMap(([, { env }]) => env ?? []));
  return `backfill reads ${reads}: set ${variables.join(' or ')}.`;
}

function nothingToRead(assignments: readonly Assignment[]): string {
  if (assignments.length === 0) return 'There is no plant to read.';
  const [{ plant }] = assignments as [Assignment];
  const last = addDays(plant.today, -1);
  return `There is no day to read: the completed days of plant ${plant.id} are ${plant.created ?? 'its first one'} to ${last}.`;
}

/** Makes the calls that are left, telling how long that takes. */
async function read(
  assignments: readonly Assignment[],
  journal: Journal,
  { err, isTerminal, columns }: Program,
): Promise<void> {
  const calls = callsOf(assignments);
  const spacing = Math.max(...assignments.map(({ source }) => source.reader.callSpacing));
  const progress = new Progress({ calls, spacing, clock: systemClock, write: err, isTerminal, columns });
  const wanted = assignments.flatMap((assignment) => assignment.wanted).toSorted();
  const plants = assignments.length === 1 ? '1 plant' : `${assignments.length} plants`;
  const days = `${wanted[0]} to ${wanted.at(-1)} of ${plants}`;
  err(`Reading ${days}: ${calls} calls, about ${formatTime(progress.timeLeft)}\n`);
  try {
    await collect(assignments, journal, ({ name }, date) => progress.step(name, date));
  } finally {
    progress.end();
  }
}

/** Sends all metrics to the OTLP endpoint, one after the other. */
async function send(
  settings: OtlpExport,
  names: readonly string[],
  samples: (name: string) => AsyncIterable<HistorySample>,
  { err, signal }: Program,
): Promise<void> {
  err(`Sending to ${settings.metricsEndpoint}\n`);
  const sender = createHistorySender(settings);
  try {
    for (const name of names) await sender.send(name, samples(name), signal);
  } finally {
    await sender.close();
  }
}

/** A file appears only when it is whole. */
async function write(out: string | undefined, lines: AsyncIterable<string>, program: Program): Promise<void> {
  if (out === undefined) {
    for await (const line of lines) await program.out(line);
    return;
  }
  const fresh = `${out}.new`;
  await pipeline(Readable.from(lines), createWriteStream(fresh));
  renameSync(fresh, out);
}

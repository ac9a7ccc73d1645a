import { Agent } from '../../agent.ts';
import { systemClock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import { caseFiles, isFree, writeCase } from '../../capture/case-folder.ts';
import { Masker } from '../../capture/masker.ts';
import { Recorder } from '../../capture/recorder.ts';
import { secretsOf } from '../../config/config.ts';
import { nodeFetch } from '../../http/node-fetch.ts';
import { kinds } from '../../kinds.ts';
import type { SourceKind } from '../../model/kind.ts';
import type { DiscoveryEntry } from '../../model/source.ts';
import { type CaptureInvocation, UsageError } from '../flags.ts';
import { DONE, FAILED, logFor, type Program, RunError } from '../program.ts';
import { configOf } from './run.ts';

/**
 * Writes the answers of one source as they come, masked, as a folder for a bug report.
 * @returns 1 when the source could not be read; what it answered is written all the same
 */
export async function capture(invocation: CaptureInvocation, program: Program): Promise<number> {
  const { out, device } = invocation;
  const config = configOf(invocation, program);
  const recorder = new Recorder(nodeFetch);
  const agent = new Agent({
    // It only looks, so nothing may leave by OTLP.
    config: { ...config, otlp: undefined },
    log: logFor(program, config),
    fetch: recorder.fetch,
  });
  const { source, context } = agent.sourceFor(
    sourceName(invocation.source, agent.status().sources),
    program.signal,
  );
  const [kind = ''] = source.name.split('/');
  const rules = (kinds as Readonly<Record<string, SourceKind>>)[kind]?.capture;
  if (!rules || !source.capture) throw new UsageError(`${source.name} has no answers that can be captured.`);
  if (!canWrite(() => isFree(out), out)) throw new UsageError(`--out ${out}: the folder is not empty.`);

  let devices: readonly DiscoveryEntry[] = [];
  let problem: string | undefined;
  try {
    devices = await source.capture(context, device);
  } catch (error) {
    if (program.signal.aborted) {
      program.err('Stopped.\n');
      return DONE;
    }
    if (!(error instanceof SourceError)) throw error;
    problem = error.message;
  }
  const { exchanges } = recorder;
  if (exchanges.length === 0) throw new RunError(`${source.name}: ${problem ?? 'no call was made'}`);

  const masker = new Masker(rules, { secret: secretsOf(config) });
  const masked = masker.mask(exchanges);
  const files = caseFiles(masked, {
    kind,
    // One that no answer names is unknown to the masker.
    device: device === undefined || masker.text(device) === device ? undefined : masker.text(device),
    devices: devices.map(({ family, model, supported }) => ({
      family: masker.text(family),
      model: masker.text(model),
      supported,
    })),
    capturedAt: systemClock.now(),
    masked: masker.counts(),
    unknownKeys: masker.unknownKeys,
  });
  for (const [name, text] of files)
    if (masker.leaksIn(text)) throw new Error(`a value that was to be masked is still in ${name}`);
  canWrite(() => writeCase(out, files), out);
  await program.out(
    `Wrote ${files.size} files to ${out}. Read them before you publish them: README.md there says what to look for.\n`,
  );
  if (problem === undefined) return DONE;
  program.err(`${source.name}: ${problem}\n`);
  return FAILED;
}

/** The name that was given, or that of the only source. */
function sourceName(given: string | undefined, sources: readonly { readonly name: string }[]): string {
  const names = sources.map(({ name }) => name);
  const [only, ...others] = names;
  if (given === undefined && only !== undefined && others.length === 0) return only;
  if (given !== undefined && names.includes(given)) return given;
  const problem =
    given === undefined ? 'capture needs --source' : `--source ${JSON.stringify(given)} is not configured`;
  throw new UsageError(`${problem}; there are: ${names.join(', ')}.`);
}

/** @throws RunError when the folder cannot be read or written */
function canWrite<T>(action: () => T, folder: string): T {
  try {
    return action();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new RunError(`--out ${folder} cannot be written (${code ?? message}).`, { cause });
  }
}

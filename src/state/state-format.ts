import * as z from 'zod';
import { type StoredState, storeSnapshot } from '../store/snapshot.ts';
import { jsonPieces } from './json-pieces.ts';

/** Grows when the shape of the file changes; older versions are upgraded below. */
const VERSION = 2;

/** What is kept of one source: its own snapshot, and that of the store. */
const sourceState = storeSnapshot.extend({ source: z.unknown().optional() });

const current = z.object({ version: z.literal(VERSION), sources: z.record(z.string(), sourceState) });

/** As 0.1.0 wrote it, with another name for the entities' part. */
const version1 = z
  .object({
    version: z.literal(1),
    sources: z.record(
      z.string(),
      z.object({ source: z.unknown().optional(), guards: storeSnapshot.shape.entities }),
    ),
  })
  .transform(({ sources }) => ({
    version: VERSION,
    sources: Object.fromEntries(
      Object.entries(sources).map(([name, { source, guards }]) => [name, { source, entities: guards }]),
    ),
  }));

/** Every version that can be read; an upgrade is one more member. */
const anyVersion = z.union([current, version1]);

const newer = z.object({ version: z.int().gt(VERSION) });

export type SourceState = z.infer<typeof sourceState>;

/** What is written as a `SourceState`. */
export type StoredSource = StoredState & Pick<SourceState, 'source'>;

/** What is kept across restarts, by the names of the sources. */
export type State = Readonly<Record<string, SourceState>>;

/** The file holds no state that this version can read; the message is the end of a sentence about the file. */
export class StateFormatError extends Error {}

/** The JSON of a file in the state folder. @throws StateFormatError */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new StateFormatError('is damaged');
  }
}

/** Reads the content of a state file of any known version. @throws StateFormatError */
export function parseState(text: string): State {
  const content = parseJson(text);
  const { data } = anyVersion.safeParse(content);
  if (data) return data.sources;
  const isNewer = newer.safeParse(content).success;
  throw new StateFormatError(isNewer ? 'was written by a newer version of solar-otel-agent' : 'is damaged');
}

/** The content of a state file in pieces, so that a long one does not keep other work waiting. */
export function* formatState(sources: Iterable<readonly [string, StoredSource]>): Iterable<string> {
  yield `{"version":${VERSION},"sources":{`;
  let separator = '';
  for (const [name, state] of sources) {
    yield `${separator}${JSON.stringify(name)}:`;
    yield* jsonPieces(state);
    separator = ',';
  }
  yield '}}\n';
}

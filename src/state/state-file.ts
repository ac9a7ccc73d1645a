import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Log } from '../base/log.ts';
import type { EntitySnapshot } from '../store/entity-state.ts';

/** What is kept of one source: its own memory, as it gave it, and that of the guards. */
export interface SourceState {
  readonly source?: unknown;
  readonly guards: Readonly<Record<string, EntitySnapshot>>;
}

/** What the agent remembers across restarts, by source name. */
export type State = Readonly<Record<string, SourceState>>;

/** Grows when older files can no longer be understood. */
const VERSION = 1;
const NAME = 'state.json';
/** An account of a thousand inverters needs about 1 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

const energy = z.object({ value: z.number().optional(), lower: z.array(z.number()) });
const seen = z.object({ wall: z.number(), seenAt: z.number() });
const guards = z.record(
  z.string(),
  z.object({
    clock: seen.extend({ behind: z.array(seen) }).optional(),
    totals: z.record(z.string(), energy),
    days: z.record(z.string(), energy.extend({ date: z.string(), yesterday: z.number().optional() })),
  }),
);
const file = z.object({
  version: z.literal(VERSION),
  sources: z.record(z.string(), z.object({ source: z.unknown().optional(), guards })),
});

/** The one small file in STATE_DIR. Whatever is wrong with it costs what it held, never the agent. */
export class StateFile {
  readonly #path: string;
  readonly #log: Log;
  #failing = false;

  constructor(folder: string, log: Log) {
    this.#path = join(folder, NAME);
    this.#log = log;
  }

  /** @returns what was saved; an empty state when there is no file, or none that can be understood */
  load(): State {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#startAfresh(`cannot be read (${codeOf(error)})`);
      return {};
    }
    try {
      if (text.length > MAX_BYTES) throw new Error('too large');
      return file.parse(JSON.parse(text)).sources as State;
    } catch {
      this.#startAfresh('is damaged, or was written by another version');
      return {};
    }
  }

  /** Replaces the file as a whole, so that a loss of power leaves the old one or the new one. */
  save(state: State): void {
    const fresh = `${this.#path}.new`;
    try {
      mkdirSync(join(this.#path, '..'), { recursive: true, mode: 0o700 });
      writeFileSync(fresh, JSON.stringify({ version: VERSION, sources: state }), {
        mode: 0o600,
        flush: true,
      });
      renameSync(fresh, this.#path);
      if (this.#failing) this.#log.info(`${this.#path} can be written again`);
      this.#failing = false;
    } catch (error) {
      discard(fresh);
      if (this.#failing) return;
      this.#failing = true;
      this.#log.warn(
        `${this.#path} cannot be written (${codeOf(error)}): nothing is remembered across a restart`,
      );
    }
  }

  #startAfresh(why: string): void {
    this.#log.warn(`${this.#path} ${why}: starting without what it held`);
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What could not be written cannot always be removed either.
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown reason';

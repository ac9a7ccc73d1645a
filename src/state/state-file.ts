import { constants, type Stats } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stackOf } from '../base/errors.ts';
import { makeFolder } from '../base/folder.ts';
import type { Log } from '../base/log.ts';
import { formatState, parseState, type SourceState, type State, StateFormatError } from './state-format.ts';

/** A larger state file is not read: an account of a thousand inverters needs about 1 MB. */
export const STATE_BYTES = 64 * 1024 * 1024;
/** A link or a named pipe that is put there after the check is neither followed nor waited for. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What a file in STATE_DIR holds: R is read from it, W is written to it. */
export interface FileContent<R, W> {
  readonly name: string;
  /** What is read where there is no file. */
  readonly nothing: R;
  /** @throws StateFormatError */
  readonly parse: (text: string) => R;
  /** In pieces, so that a big one does not block other work. */
  readonly format: (content: W) => Iterable<string>;
}

/** A file in STATE_DIR. A problem with it costs the saved state, but never stops the agent. */
export class KeptFile<R, W> {
  readonly #content: FileContent<R, W>;
  readonly #folder: string;
  readonly #path: string;
  readonly #log: Log;
  /** The last warning, so that it is not repeated while nothing changes. */
  #warning: string | undefined;
  /** Whether the last write failed. */
  #failing = false;

  constructor(folder: string, log: Log, content: FileContent<R, W>) {
    this.#content = content;
    this.#folder = folder;
    this.#path = join(folder, content.name);
    this.#log = log;
  }

  /** @returns what was saved; an empty state when there is no file, or none that can be read */
  async read(): Promise<R> {
    try {
      const stats = await statOf(this.#path);
      if (!stats) return this.#content.nothing;
      if (stats.size > STATE_BYTES) throw new StateFormatError(`is larger than ${STATE_BYTES} bytes`);
      const file = await open(this.#path, READ);
      try {
        return this.#content.parse(await file.readFile('utf8'));
      } finally {
        await file.close();
      }
    } catch (error) {
      this.#warn(error, 'cannot be read', 'starting without saved state');
      return this.#content.nothing;
    }
  }

  /**
   * Replaces the file as a whole, so that a loss of power leaves the old one or the new one. Never rejects: a
   * failure is logged when it begins and when it ends. Calls must not overlap.
   */
  async write(content: W): Promise<void> {
    try {
      await makeFolder(this.#folder, { mode: 0o700 });
      await statOf(this.#path);
      await this.#replace(this.#content.format(content));
      if (this.#failing) this.#log.info(`${this.#path}: state is saved again`);
      this.#failing = false;
      this.#warning = undefined;
    } catch (error) {
      this.#failing = true;
      this.#warn(error, 'cannot be written', 'state is not saved; trying again after the next poll');
    }
  }

  async #replace(parts: Iterable<string>): Promise<void> {
    const fresh = `${this.#path}.new`;
    // Left by an agent that was killed while writing.
    if (await statOf(fresh)) await rm(fresh);
    const file = await open(fresh, 'wx', 0o600);
    try {
      try {
        await file.writeFile(parts);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, this.#path);
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => {});
      throw error;
    }
  }

  #warn(error: unknown, what: string, consequence: string): void {
    const warning = this.#textOf(error, what, consequence);
    if (warning === this.#warning) return;
    this.#warning = warning;
    // An error without a code is not the system's.
    const isDefect = !(
      error instanceof IrregularFileError ||
      error instanceof StateFormatError ||
      codeOf(error)
    );
    if (isDefect) this.#log.error(warning, { stack: stackOf(error) });
    else this.#log.warn(warning);
  }

  #textOf(error: unknown, what: string, consequence: string): string {
    if (error instanceof IrregularFileError) return error.message;
    if (error instanceof StateFormatError) return `${this.#path} ${error.message}: ${consequence}`;
    return `${this.#path} ${what} (${codeOf(error) ?? String(error)}): ${consequence}`;
  }
}

type States = Iterable<readonly [string, SourceState]>;

const stateContent: FileContent<State, States> = {
  name: 'state.json',
  nothing: {},
  parse: parseState,
  format: formatState,
};

/** What is known of sources and entities. */
export class StateFile extends KeptFile<State, States> {
  constructor(folder: string, log: Log) {
    super(folder, log, stateContent);
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** Something else is in the place of a file. */
class IrregularFileError extends Error {
  constructor(path: string, kind: string) {
    super(`${path} is ${kind}: state is neither restored nor saved until it is removed`);
  }
}

/** @returns undefined when there is no such file @throws IrregularFileError for anything but a regular file */
async function statOf(path: string): Promise<Stats | undefined> {
  let stats: Stats;
  try {
    stats = await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (stats.isFile()) return stats;
  const isKind = {
    'a symbolic link': stats.isSymbolicLink(),
    'a folder': stats.isDirectory(),
    'a named pipe': stats.isFIFO(),
  };
  const kind = Object.entries(isKind).find(([, is]) => is)?.[0] ?? 'not a regular file';
  throw new IrregularFileError(path, kind);
}

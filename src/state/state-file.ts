import { join } from 'node:path';
import { stackOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { codeOf, FileSizeError, IrregularFileError, readWhole, replaceFile } from '../base/whole-file.ts';
import { formatState, parseState, type State, StateFormatError, type StoredSource } from './state-format.ts';

/** A larger state file is not read: an account of a thousand inverters needs about 1 MB. */
export const STATE_BYTES = 64 * 1024 * 1024;

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
  readonly #path: string;
  readonly #log: Log;
  /** The last warning, so that it is not repeated while nothing changes. */
  #warning: string | undefined;
  /** Whether the last write failed. */
  #failing = false;

  constructor(folder: string, log: Log, content: FileContent<R, W>) {
    this.#content = content;
    this.#path = join(folder, content.name);
    this.#log = log;
  }

  /** @returns what was saved; an empty state when there is no file, or none that can be read */
  async read(): Promise<R> {
    try {
      const text = await readWhole(this.#path, STATE_BYTES);
      return text === undefined ? this.#content.nothing : this.#content.parse(text);
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
      await replaceFile(this.#path, this.#content.format(content));
      if (this.#failing) this.#log.info(`${this.#path}: state is saved again`);
      this.#failing = false;
      this.#warning = undefined;
    } catch (error) {
      this.#failing = true;
      this.#warn(error, 'cannot be written', 'state is not saved; trying again after the next poll');
    }
  }

  #warn(error: unknown, what: string, consequence: string): void {
    const warning = this.#textOf(error, what, consequence);
    if (warning === this.#warning) return;
    this.#warning = warning;
    // An error without a code is not the system's.
    const isDefect = !(error instanceof IrregularFileError || isUnreadable(error) || codeOf(error));
    if (isDefect) this.#log.error(warning, { stack: stackOf(error) });
    else this.#log.warn(warning);
  }

  #textOf(error: unknown, what: string, consequence: string): string {
    if (error instanceof IrregularFileError) return error.message;
    if (isUnreadable(error)) return `${this.#path} ${error.message}: ${consequence}`;
    return `${this.#path} ${what} (${codeOf(error) ?? String(error)}): ${consequence}`;
  }
}

type States = Iterable<readonly [string, StoredSource]>;

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

const isUnreadable = (error: unknown) => error instanceof StateFormatError || error instanceof FileSizeError;

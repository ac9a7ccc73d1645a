import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { codeOf, FileSizeError, IrregularFileError, readWhole, replaceFile } from '../../base/whole-file.ts';
import { type Account, accountJson, accountState, type Direction } from './ledger.ts';

/** Grows when the shape of the file changes; older versions are then upgraded here. */
const VERSION = 1;
const NAME = 'money.json';
/** A thousand plants need about 2 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

function parseFile(text: string): Accounts {
  const accounts = z.record(z.string(), accountState());
  const file = z.object({
    version: z.literal(VERSION),
    accounts: z.object({ import: accounts, export: accounts }),
  });
  return file.parse(JSON.parse(text)).accounts;
}

/** By direction and by the ids of plants. */
export type Accounts = Readonly<Record<Direction, Readonly<Record<string, Account>>>>;

/** What the file needs to say, as it is written to the log. */
export type Warn = (message: string) => void;

/** The file with what was counted, and from where on counting goes on: both in one, so that they cannot differ. */
export class MoneyFile {
  readonly #path: string;
  /** The last problem, so that it is not repeated. */
  #problem: string | undefined;
  /** What the file holds, once it is known. */
  #text: string | undefined;

  constructor(folder: string) {
    this.#path = join(folder, NAME);
  }

  /** @returns undefined where there is none that can be read; one that is damaged is kept beside it under another name */
  async read(warn: Warn): Promise<Accounts | undefined> {
    let text: string | undefined;
    try {
      text = await readWhole(this.#path, MOST_BYTES);
      if (text === undefined) return undefined;
      return parseFile(text);
    } catch (error) {
      const reason = error instanceof IrregularFileError ? error.message : `${this.#path} ${reasonOf(error)}`;
      const copy = await this.#keep(error);
      warn(`${reason}: money is counted from 0${copy === undefined ? '' : `; the file is kept as ${copy}`}`);
      return undefined;
    }
  }

  /** Replaces the file when there is something new. @returns whether that succeeded; a failure is a warning once */
  async write(all: Accounts, warn: Warn): Promise<boolean> {
    const json = (some: Accounts[Direction]) =>
      Object.fromEntries(Object.entries(some).map(([plant, account]) => [plant, accountJson(account)]));
    try {
      const content = { version: VERSION, accounts: { import: json(all.import), export: json(all.export) } };
      const text = `${JSON.stringify(content)}\n`;
      if (text === this.#text) return true;
      await replaceFile(this.#path, text);
      this.#text = text;
      this.#problem = undefined;
      return true;
    } catch (error) {
      const problem =
        error instanceof IrregularFileError
          ? error.message
          : `${this.#path} cannot be written (${codeOf(error) ?? String(error)}): the counters of money stand still until it can`;
      if (problem !== this.#problem) warn(problem);
      this.#problem = problem;
      return false;
    }
  }

  /** A damaged file may be mended by hand, or tell what went wrong. @returns its new name */
  async #keep(error: unknown): Promise<string | undefined> {
    if (error instanceof IrregularFileError || codeOf(error) !== undefined) return undefined;
    const copy = `${this.#path}.damaged`;
    return await copyFile(this.#path, copy).then(
      () => copy,
      () => undefined,
    );
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof FileSizeError) return error.message;
  const code = codeOf(error);
  return code === undefined
    ? 'is damaged, or was written by another version of solar-otel-agent'
    : `cannot be read (${code})`;
}

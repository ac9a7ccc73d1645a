import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { makeFolderSync } from '../base/folder.ts';
import { type HistoryReader, historyPlant } from '../model/history.ts';

/** What the journal is about; another range or another choice of plants needs another journal. */
export interface Scope {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Sources, in order. */
  readonly sources: readonly string[];
  /** Plants that are chosen, with their time zones where these are. */
  readonly plants: HistoryReader['chosenPlants'];
}

const source = z.string();
const entry = z.union([
  /** All plants of a source, as they were when the backfill began. */
  z.object({ source, plants: z.array(historyPlant) }),
  /** kWh by date, as far as the cloud knows them. */
  z.object({ source, plant: z.string(), first: z.string(), energies: z.record(z.string(), z.number()) }),
  /** Power of one date: seconds since the epoch, W; and its last second. */
  z.object({
    source,
    plant: z.string(),
    date: z.string(),
    end: z.number(),
    curve: z.array(z.tuple([z.number(), z.number()])),
  }),
]);

export type Entry = z.infer<typeof entry>;

const PIECE_BYTES = 64 * 1024;

/** The journal cannot be used: it is damaged, or about something else. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/**
 * All answers of a backfill, one JSON line each, kept beside the file to be written, so that an interrupted run can
 * be resumed. A line that was only half written is dropped.
 */
export class Journal {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens a journal, or begins one. @throws JournalError when the one there is about something else */
  static open(path: string, scope: Scope): Journal {
    const head = `${JSON.stringify({ version: 1, ...scope })}\n`;
    const { first, length } = existsSync(path) ? wholeLines(path) : { first: '', length: 0 };
    // A journal without entries can be replaced.
    if (length === Buffer.byteLength(first)) {
      makeFolderSync(dirname(path));
      writeFileSync(path, head, { mode: 0o600 });
    } else if (first !== head) {
      throw new JournalError(`${path} is of a backfill of other days or plants: delete it to start over`);
    } else {
      truncateSync(path, length);
    }
    return new Journal(path);
  }

  add(line: Entry): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  /**
   * Reads all entries, in the order they were added; a large journal is never in memory as a whole.
   * @throws JournalError for a line that is damaged
   */
  async *entries(): AsyncGenerator<Entry> {
    const lines = createInterface({
      input: createReadStream(this.#path),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    let number = 0;
    for await (const line of lines) if (++number > 1) yield this.#parse(line, number);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }

  #parse(line: string, number: number): Entry {
    try {
      return entry.parse(JSON.parse(line));
    } catch (cause) {
      const message = `${this.#path} is damaged in line ${number}: delete it to start over`;
      throw new JournalError(message, { cause });
    }
  }
}

/** The first line, and the length in bytes of all lines that are whole; read piece by piece, as it may be large. */
function wholeLines(path: string): { readonly first: string; readonly length: number } {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    let [first, length] = [0, 0];
    for (let at = 0; ; at += PIECE_BYTES) {
      const part = piece.subarray(0, readSync(file, piece, 0, PIECE_BYTES, at));
      if (part.includes('\n')) {
        first ||= at + part.indexOf('\n') + 1;
        length = at + part.lastIndexOf('\n') + 1;
      }
      if (part.length < PIECE_BYTES) break;
    }
    const line = Buffer.alloc(first);
    readSync(file, line, 0, first, 0);
    return { first: line.toString(), length };
  } finally {
    closeSync(file);
  }
}

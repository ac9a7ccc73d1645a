import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

/** What the journal is about; another range or another choice of plants needs another journal. */
export interface Scope {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Sources, in order. */
  readonly sources: readonly string[];
  /** Plants that are chosen, with their time zones where these are. */
  readonly plants: readonly { readonly id: string; readonly timezone?: string | undefined }[];
}

const source = z.string();
const plant = z.object({
  id: z.string(),
  name: z.string(),
  zone: z.string(),
  created: z.string().optional(),
  today: z.string(),
  total: z.object({ kwh: z.number(), before: z.string() }).optional(),
});
const entry = z.union([
  /** All plants of a source, as they were when the backfill began. */
  z.object({ source, plants: z.array(plant) }),
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
export type DayEntry = Extract<Entry, { curve: unknown }>;

/** The journal holds something that this program did not write. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/**
 * All answers of a backfill, one JSON line each, kept beside the file to be written: a run that was cut off goes
 * on where it stopped. A line that was only half written is dropped.
 */
export class Journal {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens a journal, or begins one. @throws JournalError when there is one about something else */
  static open(path: string, scope: Scope): Journal {
    const head = `${JSON.stringify({ version: 1, ...scope })}\n`;
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // Without an entry there is nothing to lose.
    if (text.indexOf('\n') === text.lastIndexOf('\n')) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, head, { mode: 0o600 });
    } else if (!text.startsWith(head)) {
      throw new JournalError(
        `${path} belongs to a backfill of other days or plants: delete it to start anew`,
      );
    } else if (!text.endsWith('\n')) {
      truncateSync(path, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
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
      const message = `${this.#path} is damaged in line ${number}: delete it to start anew`;
      throw new JournalError(message, { cause });
    }
  }
}

import {
  appendFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What the journal is about; another range needs another journal. */
export interface Scope {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Sources, in order. */
  readonly sources: readonly string[];
}

const place = { source: z.string(), plant: z.string() };
const entry = z.union([
  /** kWh before a date, by the cloud's own total at that time. */
  z.object({ ...place, anchor: z.object({ total: z.number().optional(), today: z.string() }) }),
  /** kWh by date, as far as the cloud knows them. */
  z.object({ ...place, first: z.string(), energies: z.record(z.string(), z.number()) }),
  /** Power of one date: seconds since the epoch, W. */
  z.object({ ...place, date: z.string(), curve: z.array(z.tuple([z.number(), z.number()])) }),
]);

export type Entry = z.infer<typeof entry>;

/**
 * All answers of a backfill, one JSON line each, kept beside the file to be written: a run that was cut off goes
 * on where it stopped. A line that was only half written is dropped.
 */
export class Journal {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Opens a journal, or begins one. @returns undefined when there is one about something else */
  static open(path: string, scope: Scope): Journal | undefined {
    const head = JSON.stringify({ version: 1, ...scope });
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${head}\n`, { mode: 0o600 });
      return new Journal(path);
    }
    const text = readFileSync(path, 'utf8');
    if (text.slice(0, text.indexOf('\n')) !== head) return undefined;
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) writeFileSync(path, whole);
    return new Journal(path);
  }

  add(line: Entry): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  /** Reads all entries, in the order they were added; a large journal is never in memory as a whole. */
  async *entries(): AsyncGenerator<Entry> {
    const lines = createInterface({
      input: createReadStream(this.#path),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    let first = true;
    for await (const line of lines) {
      if (!first) yield entry.parse(JSON.parse(line));
      first = false;
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

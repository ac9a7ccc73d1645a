import type { Clock } from '../../base/clock.ts';
import type { Account, Direction } from './ledger.ts';
import { type Accounts, MoneyFile, type Warn } from './money-file.ts';

/** Between two writes, for SD cards, in milliseconds. */
const WRITE_EVERY = 60_000;
/** An account of a plant that has not been there for so long, in milliseconds, is given up. */
const FORGET_AFTER = 400 * 24 * 3_600_000;

type Plants = Accounts[Direction];

/**
 * The accounts of all plants. What they show is what was written: a restart never goes back behind it. Accounts that
 * are newer wait for the next write.
 */
export class Books {
  readonly #file: MoneyFile | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #writeEvery: number;
  #shown: Accounts = { import: {}, export: {} };
  #newest: Accounts = this.#shown;
  #opened: Promise<void> | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  /** The write under way, or the last one. */
  #writing: Promise<void> = Promise.resolve();

  /**
   * @param folder undefined: nothing is kept across a restart
   * @param writeEvery least time between two writes in milliseconds; 0 for a process that ends before that has passed
   */
  constructor(folder: string | undefined, clock: Pick<Clock, 'now'>, writeEvery = WRITE_EVERY) {
    this.#file = folder === undefined ? undefined : new MoneyFile(folder);
    this.#clock = clock;
    this.#writeEvery = writeEvery;
  }

  /** Reads what an earlier run wrote; call before anything else, by each who uses them. */
  open(warn: Warn): Promise<void> {
    this.#opened ??= this.#read(warn);
    return this.#opened;
  }

  /** The newest accounts of a direction, to go on from. */
  newest(direction: Direction): Plants {
    return this.#newest[direction];
  }

  /** What may be shown of a direction. */
  shown(direction: Direction): Plants {
    return this.#shown[direction];
  }

  /** Takes new accounts. Resolves when they are written, or at once where the last write was less than a minute ago. */
  async enter(direction: Direction, changed: Readonly<Record<string, Account>>, warn: Warn): Promise<void> {
    const now = this.#clock.now();
    const all = Object.entries({ ...this.#newest[direction], ...changed });
    const kept = all.filter(([, { seenAt }]) => Math.abs(now - seenAt) < FORGET_AFTER);
    this.#newest = { ...this.#newest, [direction]: Object.fromEntries(kept) };
    this.#writing = this.#writing.then(() => this.#write(warn));
    await this.#writing;
  }

  async #read(warn: Warn): Promise<void> {
    const kept = await this.#file?.read(warn);
    if (kept) this.#shown = this.#newest = kept;
  }

  async #write(warn: Warn): Promise<void> {
    const now = this.#clock.now();
    const newest = this.#newest;
    if (this.#file) {
      // A clock that was set back must not put it off.
      if (now >= this.#writtenAt && now - this.#writtenAt < this.#writeEvery) return;
      if (!(await this.#file.write(newest, warn))) return;
      this.#writtenAt = now;
    }
    this.#shown = newest;
  }
}

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Source } from '../model/source.ts';
import type { Store } from '../store/store.ts';
import { StateFile } from './state-file.ts';
import type { SourceState, StoredSource } from './state-format.ts';

/** From a change to the write that holds it: a poll and short background work after it are one write. */
const SAVE_DELAY_MS = 10_000;
/** Where only readings and their guards change, that is written this rarely, for SD cards. */
const LAZY_SAVE_DELAY_MS = 15 * 60_000;

export interface AgentStateOptions {
  /** undefined: nothing is saved or restored. */
  readonly folder: string | undefined;
  /** Those of now, whenever it is asked. */
  readonly sources: () => readonly Source[];
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

interface Timer {
  readonly dueAt: number;
  readonly cancel: AbortController;
}

/** All that is kept of a source for one that takes its place: the same after a restart, or a changed one. */
export function stateOf(source: Source, store: Store): StoredSource {
  return { source: source.snapshot?.(), ...store.snapshot(source.name) };
}

/** Gives a source, and the store, what `stateOf` returned. A state that is not valid is a warning. */
export function restoreSource(
  source: Source,
  known: SourceState,
  { store, log }: { readonly store: Store; readonly log: Log },
): void {
  try {
    if (known.source !== undefined) source.restore?.(known.source);
  } catch {
    log.warn(`${source.name}: the saved state of this source is not valid: starting without it`);
  }
  store.apply(source.name, { type: 'entities', entities: source.entities });
  store.restore(source.name, known);
}

/** Carries the state of sources and of their entities across a restart, in the state file of a folder. */
export class AgentState {
  readonly #options: AgentStateOptions;
  readonly #file: StateFile | undefined;
  /** Between `restore` and `close`: before it, a save would replace what is not restored yet. */
  #active = false;
  /** Of an earlier run, for sources that were not there at the restore. */
  readonly #unclaimed = new Map<string, SourceState>();
  #timer: Timer | undefined;
  /** The write under way, or the last one. */
  #writing: Promise<void> = Promise.resolve();
  /** The write that follows it. */
  #nextWrite: Promise<void> | undefined;

  constructor(options: AgentStateOptions) {
    const { folder, log } = options;
    this.#options = options;
    this.#file = folder === undefined ? undefined : new StateFile(folder, log);
  }

  /** Call before the first poll. */
  async restore(): Promise<void> {
    if (!this.#file) return;
    const { sources, store, log } = this.#options;
    const state = await this.#file.read();
    this.#active = true;
    for (const [name, saved] of Object.entries(state)) this.#unclaimed.set(name, saved);
    for (const source of sources()) {
      const known = this.claim(source.name);
      if (known) restoreSource(source, known, { store, log });
    }
  }

  /** What an earlier run saved of a source, for the first who asks. */
  claim(source: string): SourceState | undefined {
    const known = this.#unclaimed.get(source);
    this.#unclaimed.delete(source);
    return known;
  }

  /**
   * Call after each change of a source; it is written a little later, together with others.
   * @param source undefined when the sources themselves changed
   */
  changed(source?: Source): void {
    if (!this.#active) return;
    const isRare = source && (!source.snapshot || source.hasNews === false);
    const delay = isRare ? LAZY_SAVE_DELAY_MS : SAVE_DELAY_MS;
    const dueAt = this.#options.clock.now() + delay;
    if (this.#timer && this.#timer.dueAt <= dueAt) return;
    this.#timer?.cancel.abort();
    this.#timer = { dueAt, cancel: new AbortController() };
    void this.#saveAfter(delay, this.#timer.cancel.signal);
  }

  /** Saves for the last time; resolves when that is written. */
  async close(): Promise<void> {
    if (!this.#active) return;
    this.#active = false;
    this.#timer?.cancel.abort();
    await this.#save();
  }

  async #saveAfter(delay: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(delay, signal);
    } catch {
      return;
    }
    this.#timer = undefined;
    await this.#save();
  }

  /** One write at a time; changes during a write are in the next one. */
  #save(): Promise<void> {
    this.#nextWrite ??= this.#writing.then(() => {
      this.#nextWrite = undefined;
      this.#writing = this.#file?.write(this.#states()) ?? Promise.resolve();
      return this.#writing;
    });
    return this.#nextWrite;
  }

  *#states(): Iterable<readonly [string, StoredSource]> {
    const { sources, store } = this.#options;
    for (const source of sources()) yield [source.name, stateOf(source, store)];
  }
}

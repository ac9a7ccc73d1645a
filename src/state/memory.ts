import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Source } from '../sources/source.ts';
import type { Store } from '../store/store.ts';
import { type State, StateFile } from './state-file.ts';

/** Sources without a memory of their own only move the guards; their news is written this rarely, for SD cards. */
const LAZY_SAVE_MS = 15 * 60_000;

export interface MemoryOptions {
  /** undefined: nothing is remembered. */
  readonly folder: string | undefined;
  readonly sources: readonly Source[];
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Carries what sources and guards know across a restart. */
export interface Memory {
  /** Call before the first poll. */
  restore(): void;
  /** Call after each poll. */
  polled(source: Source): void;
  save(): void;
}

/** Remembers in the state file of a folder; without a folder it does nothing. */
export function createMemory({ folder, sources, store, clock, log }: MemoryOptions): Memory {
  if (folder === undefined) return { restore() {}, polled() {}, save() {} };
  const file = new StateFile(folder, log);
  let savedAt = clock.now();

  const save = () => {
    savedAt = clock.now();
    const state: State = Object.fromEntries(
      sources.map((source) => [
        source.name,
        { source: source.remember?.(), guards: store.remember(source.name) },
      ]),
    );
    file.save(state);
  };

  return {
    restore() {
      const state = file.load();
      for (const source of sources) {
        const known = state[source.name];
        if (!known) continue;
        try {
          if (known.source !== undefined) source.recall?.(known.source);
        } catch {
          log.warn(`${source.name}: what was remembered of it cannot be understood: it is discovered anew`);
        }
        store.apply(source.name, { entities: source.entities });
        store.recall(source.name, known.guards);
      }
    },
    polled(source) {
      if (source.remember || Math.abs(clock.now() - savedAt) >= LAZY_SAVE_MS) save();
    },
    save,
  };
}

import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Source } from '../model/source.ts';
import type { Store } from '../store/store.ts';
import { type State, StateFile } from './state-file.ts';

/** Sources without a memory of their own only move the guards; their news is written this rarely, for SD cards. */
const LAZY_SAVE_MS = 15 * 60_000;

export interface AgentStateOptions {
  /** undefined: nothing is remembered. */
  readonly folder: string | undefined;
  readonly sources: readonly Source[];
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Carries what sources and guards know across a restart. */
export interface AgentState {
  /** Call before the first poll. */
  restore(): void;
  /** Call after each poll. */
  polled(source: Source): void;
  save(): void;
}

/** Remembers in the state file of a folder; without a folder it does nothing. */
export function createAgentState({ folder, sources, store, clock, log }: AgentStateOptions): AgentState {
  if (folder === undefined) return { restore() {}, polled() {}, save() {} };
  const file = new StateFile(folder, log);
  let savedAt = clock.now();

  const save = () => {
    savedAt = clock.now();
    const state: State = Object.fromEntries(
      sources.map((source) => [
        source.name,
        { source: source.snapshot?.(), guards: store.snapshot(source.name) },
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
          if (known.source !== undefined) source.restore?.(known.source);
        } catch {
          log.warn(`${source.name}: what was remembered of it cannot be understood: it is discovered anew`);
        }
        store.apply(source.name, { type: 'entities', entities: source.entities });
        store.restore(source.name, known.guards);
      }
    },
    polled(source) {
      if (source.snapshot || Math.abs(clock.now() - savedAt) >= LAZY_SAVE_MS) save();
    },
    save,
  };
}

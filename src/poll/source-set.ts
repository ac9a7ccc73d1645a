import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { PollObserver } from '../model/observer.ts';
import type { Source } from '../model/source.ts';
import { restoreSource, stateOf } from '../state/agent-state.ts';
import type { SourceState } from '../state/state-format.ts';
import type { Store } from '../store/store.ts';
import { Poller } from './poller.ts';

export interface SourceSetOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: PollObserver;
  /** Called after each poll and each piece of background work of a source. */
  readonly onIdle: (source: Source) => void;
  /** What an earlier run of the agent saved of a derived source that begins only now; undefined: nothing. */
  readonly saved?: (source: string) => SourceState | undefined;
}

/** What became of the sources of a set, by name. */
export interface SourceChanges {
  readonly started: readonly string[];
  readonly replaced: readonly string[];
  readonly stopped: readonly string[];
  readonly kept: readonly string[];
}

interface Member {
  readonly source: Source;
  readonly poller: Poller;
  readonly stop: AbortController;
  /** Settled while its poller does not run. */
  ended: Promise<void>;
}

interface Remembered {
  readonly source: Pick<Source, 'name' | 'identity'>;
  readonly state: SourceState;
}

/** Enough for every source to be taken out and put back again. */
const MOST_REMEMBERED = 1000;

/** The sources that are polled now, each by its own poller. */
export class SourceSet {
  readonly #options: SourceSetOptions;
  #members: readonly Member[];
  /** States of sources that are gone: their limits hold for whoever comes back with the same identity. */
  #remembered: readonly Remembered[] = [];
  /** Set while they run. */
  #signal: AbortSignal | undefined;

  constructor(options: SourceSetOptions, sources: readonly Source[]) {
    this.#options = options;
    for (const { name, entities } of sources) options.store.apply(name, { type: 'entities', entities });
    this.#members = sources.map((source) => this.#member(source));
  }

  get sources(): readonly Source[] {
    return this.#members.map(({ source }) => source);
  }

  get pollers(): readonly Poller[] {
    return this.#members.map(({ poller }) => poller);
  }

  /** Polls all sources, those to come included, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const member of this.#members) this.#start(member);
    if (!signal.aborted) await once(signal, 'abort');
    await Promise.all(this.#members.map(({ ended }) => ended));
  }

  /**
   * Takes other sources in the place of the present ones. One whose name and configuration are the same stays the
   * object that it is, and its poller does not notice. Calls must not overlap.
   */
  async replace(next: readonly Source[]): Promise<SourceChanges> {
    const before = this.#members;
    const kept = new Map(
      next.map((source) => [source, before.find((member) => isSame(member.source, source))]),
    );
    const staying = new Set(kept.values());
    const leaving = before.filter((member) => !staying.has(member));
    for (const { stop } of leaving) stop.abort();
    await Promise.all(leaving.map(({ ended }) => ended));
    // From here on nothing waits, so that no collection sees a source without its readings.
    for (const { source } of leaving) this.#remember(source);
    this.#members = next.map((source) => kept.get(source) ?? this.#enter(source));
    const present = new Set(next.map(({ name }) => name));
    const past = new Set(before.map(({ source }) => source.name));
    const entered = next.filter((source) => !kept.get(source)).map(({ name }) => name);
    return {
      started: entered.filter((name) => !past.has(name)),
      replaced: entered.filter((name) => past.has(name)),
      stopped: [...past].filter((name) => !present.has(name)),
      kept: next.filter((source) => kept.get(source)).map(({ name }) => name),
    };
  }

  #member(source: Source): Member {
    const { onIdle, saved: _, ...options } = this.#options;
    const poller = new Poller({ ...options, source, onIdle: () => onIdle(source) });
    return { source, poller, stop: new AbortController(), ended: Promise.resolve() };
  }

  #start(member: Member): void {
    if (this.#signal) member.ended = member.poller.run(AbortSignal.any([this.#signal, member.stop.signal]));
  }

  #remember(source: Source): void {
    const { store } = this.#options;
    const { name, identity } = source;
    // As plain JSON, like in the state file: none of its objects is shared with the next source.
    const state: SourceState = JSON.parse(JSON.stringify(stateOf(source, store)));
    store.remove(name);
    const others = this.#remembered.filter((one) => !isOf(one, source) || one.source.name !== name);
    this.#remembered = [...others, { source: { name, identity }, state }].slice(-MOST_REMEMBERED);
  }

  #enter(source: Source): Member {
    const { store, log, saved } = this.#options;
    const ofIdentity = this.#remembered.filter((one) => isOf(one, source));
    const remembered = ofIdentity.find((one) => one.source.name === source.name) ?? ofIdentity.at(-1);
    // Others were there when the state was restored, or have been configured since for something else.
    const known = remembered?.state ?? (source.isDerived ? saved?.(source.name) : undefined);
    if (known) restoreSource(source, known, { store, log });
    else store.apply(source.name, { type: 'entities', entities: source.entities });
    const member = this.#member(source);
    this.#start(member);
    return member;
  }
}

const isSame = (one: Source, other: Source) =>
  one.name === other.name && isDeepStrictEqual(one.configuration, other.configuration);

const isOf = ({ source }: Remembered, { identity }: Source) => source.identity === identity;

import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../base/clock.ts';
import type { KnownPlant } from '../model/derived.ts';
import type { Entity, ExpectedDay, Rejection, SourceEvent } from '../model/reading.ts';
import type { DefinitionOf } from './accepted-reading.ts';
import { EntityState, type Sample } from './entity-state.ts';
import { knownPlants } from './known-plants.ts';
import { LocalPlants } from './local-plants.ts';
import { SharedDevices } from './shared-devices.ts';
import type { StoredState, StoreSnapshot } from './snapshot.ts';

export interface StoreOptions {
  readonly clock: Clock;
  /** Milliseconds of failure after which instantaneous values are no longer exposed; 0: never. */
  readonly staleAfter: number;
  readonly definitionOf: DefinitionOf;
  /** Told of contradictions between what sources say. */
  readonly warn?: (message: string) => void;
}

const NEVER = Number.POSITIVE_INFINITY;

/** What is known of one source. */
interface SourceState {
  entities: Map<string, EntityState>;
  /** When the source as a whole began to fail, milliseconds since the epoch; undefined while it answers. */
  failingSince: number | undefined;
  expectedDay?: ExpectedDay;
  /** What is known, or a part of it, was restored from an earlier run. */
  restored: boolean;
}

/** The newest accepted readings of all sources. Everything that leaves the agent is read from here. */
export class Store {
  readonly #options: StoreOptions;
  #staleAfter: number;
  readonly #sources = new Map<string, SourceState>();
  readonly #shared: SharedDevices;
  readonly #plants = new LocalPlants();
  #isWaitingForLists = () => false;
  #isWaiting = false;
  #revision = 0;
  #listRevision = 0;
  #plantRevision = 0;
  /** At any moment from `from` until just before `until`, the samples of this revision stay as they were. */
  #unchanged = { from: -NEVER, until: NEVER };

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#staleAfter = options.staleAfter;
    this.#shared = new SharedDevices({
      definitionOf: options.definitionOf,
      isFailing: (source) => this.#stateOf(source).failingSince !== undefined,
      warn: options.warn ?? (() => {}),
    });
  }

  /** Holds devices that are read locally back for as long as this is true: their plant may be in a list to come. */
  waitForLists(isWaiting: () => boolean): void {
    this.#isWaitingForLists = isWaiting;
  }

  /** Whether the device with this serial number is listed in an account and is being read locally as well. */
  isReadLocally(serial: string): boolean {
    return this.#shared.isReadLocally(serial, this.#options.clock.now());
  }

  /** As in `StoreOptions`, from now on. */
  set staleAfter(milliseconds: number) {
    this.#changed();
    this.#staleAfter = milliseconds;
  }

  /** Ends all that is known of a source. */
  remove(source: string): void {
    this.#changed();
    for (const entity of this.#sources.get(source)?.entities.values() ?? []) this.#forget(entity);
    this.#sources.delete(source);
    this.#listRevision++;
    this.#shared.settle();
  }

  /** Grows with every change and when something expires: samples of the same revision are the same. */
  get revision(): number {
    const now = this.#options.clock.now();
    this.#checkLists();
    const { from, until } = this.#unchanged;
    if (now < from || now >= until) this.#changed();
    return this.#revision;
  }

  /** Grows when an entity is added, removed or described anew. */
  get listRevision(): number {
    return this.#listRevision;
  }

  /** Grows when a plant is added, removed or described anew. */
  get plantRevision(): number {
    return this.#plantRevision;
  }

  /** The plants that sources list, by the id that their series have. */
  plants(): ReadonlyMap<string, KnownPlant> {
    const states = this.#sources.values().flatMap(({ entities }) => entities.values());
    return knownPlants(states, (state) => this.#shared.has(state));
  }

  /**
   * Takes one event of a source. Events of entities that are not listed are ignored.
   * @returns what was rejected or held back
   */
  apply(source: string, event: SourceEvent): readonly Rejection[] {
    const now = this.#options.clock.now();
    const entities = this.#sources.get(source)?.entities;
    switch (event.type) {
      case 'entities':
        this.#list(source, event.entities);
        return [];
      case 'entity-changes':
        this.#change(source, event.changed, event.gone);
        return [];
      case 'expected-day':
        this.#stateOf(source).expectedDay = event.day;
        return [];
      case 'attempt':
        entities?.get(event.entity)?.attempted(event.ok, now, event.asleep);
        if (event.asleep) this.#slept(entities?.get(event.entity), now);
        return [];
      case 'reading': {
        const { reading } = event;
        const entity = entities?.get(reading.entity);
        if (!entity) return [];
        entity.attempted(true, now);
        const rejections = entity.accept(reading, now);
        this.#plants.read(entity, now);
        const { rejections: ofAnswer = [] } = reading;
        return ofAnswer.length > 0 ? [...ofAnswer.map((reason) => ({ reason })), ...rejections] : rejections;
      }
    }
  }

  /** Records the end of a poll: whether the source as a whole answered. */
  polled(source: string, ok: boolean): void {
    const state = this.#stateOf(source);
    if (ok === (state.failingSince !== undefined)) this.#changed();
    state.failingSince = ok ? undefined : (state.failingSince ?? this.#options.clock.now());
  }

  /** All that may be exposed at this moment. */
  samples(): readonly Sample[] {
    const now = this.#options.clock.now();
    this.#checkLists();
    // Another reader may still have samples of before an expiry.
    if (now < this.#unchanged.from || now >= this.#unchanged.until) this.#changed();
    const samples: Sample[] = [];
    let until = NEVER;
    const shared = new Map<EntityState, readonly Sample[]>();
    for (const source of this.#sources.values())
      until = Math.min(until, this.#collect(source, samples, shared, now));
    until = Math.min(
      until,
      this.#shared.collect(samples, now, (state) => shared.get(state) ?? []),
      this.#plants.collect(samples, now, (state) => this.#shared.has(state)),
    );
    this.#unchanged = { from: now, until };
    return samples;
  }

  /** What is expected of a plant on its day; undefined while no source has said it. */
  expectedDay(plant: string): ExpectedDay | undefined {
    return this.#sources.values().find(({ expectedDay }) => expectedDay?.plant === plant)?.expectedDay;
  }

  /** Whether readings or failures of the source were restored from an earlier run. */
  wasRestored(source: string): boolean {
    return this.#stateOf(source).restored;
  }

  /** What is kept of a source across a restart, as it is now. */
  snapshot(source: string): StoredState {
    const { entities, failingSince } = this.#stateOf(source);
    const snapshots = [...entities].map(([id, entity]) => [id, entity.snapshot] as const);
    const counters = this.#shared.snapshot(source);
    const plants = this.#plants.snapshot(entities.values());
    const more = { ...(counters && { counters }), ...(plants && { plants }) };
    return { failingSince, entities: Object.fromEntries(snapshots), ...more };
  }

  /** Restores what `snapshot` returned, for entities that are listed. */
  restore(source: string, { failingSince, entities: snapshots, counters, plants }: StoreSnapshot): void {
    this.#shared.restore(counters);
    this.#plants.restore(plants);
    const state = this.#stateOf(source);
    state.failingSince = failingSince;
    this.#changed();
    for (const [id, snapshot] of Object.entries(snapshots)) state.entities.get(id)?.restore(snapshot);
    state.restored = state.entities.values().some(({ tried }) => tried);
  }

  #stateOf(source: string): SourceState {
    const known = this.#sources.get(source);
    if (known) return known;
    const state: SourceState = { entities: new Map(), failingSince: undefined, restored: false };
    this.#sources.set(source, state);
    return state;
  }

  #slept(entity: EntityState | undefined, now: number): void {
    if (entity) this.#plants.sleep(entity, now);
  }

  #forget(entity: EntityState): void {
    if (entity.entity.shared?.what === 'plant') this.#plantRevision++;
    this.#shared.forget(entity);
    this.#plants.forget(entity);
  }

  /** Notes when the last account has listed its devices. */
  #checkLists(): void {
    const isWaiting = this.#isWaitingForLists();
    if (isWaiting === this.#isWaiting) return;
    this.#isWaiting = isWaiting;
    this.#shared.wait(isWaiting);
    this.#changed();
  }

  readonly #changed = (): void => {
    this.#revision++;
    this.#unchanged = { from: -NEVER, until: NEVER };
  };

  #list(source: string, entities: readonly Entity[]): void {
    const state = this.#stateOf(source);
    this.#changed();
    this.#listRevision++;
    const before = state.entities;
    state.entities = new Map(entities.map((entity) => [entity.id, this.#described(source, state, entity)]));
    for (const [id, entity] of before) if (state.entities.get(id) !== entity) this.#forget(entity);
    this.#shared.settle();
  }

  #change(source: string, changed: readonly Entity[], gone: readonly string[]): void {
    const state = this.#stateOf(source);
    this.#changed();
    this.#listRevision++;
    for (const entity of changed) state.entities.set(entity.id, this.#described(source, state, entity));
    for (const id of gone) {
      const entity = state.entities.get(id);
      if (entity) this.#forget(entity);
      state.entities.delete(id);
    }
    this.#shared.settle();
  }

  /** The state of an entity, which is new or takes what the source now says of it. */
  #described(source: string, { entities }: SourceState, entity: Entity): EntityState {
    const known = entities.get(entity.id);
    const isPlant = entity.shared?.what === 'plant';
    // Each list of devices describes its plant again, which mostly stays the same.
    if (isPlant && !isDeepStrictEqual(known?.entity, entity)) this.#plantRevision++;
    known?.describe(entity);
    const state = known ?? new EntityState(entity, this.#options.definitionOf, this.#changed);
    this.#shared.describe(source, entity, state);
    this.#plants.describe(entity, state);
    return state;
  }

  /** @returns until when, at least, its samples stay as they are now, unless something happens */
  #collect(
    { entities, failingSince }: SourceState,
    samples: Sample[],
    shared: Map<EntityState, readonly Sample[]>,
    now: number,
  ): number {
    const staleAfter = this.#staleAfter;
    const parentsOfFailing = new Set<string | undefined>();
    for (const state of entities.values())
      if (state.failingSince !== undefined) parentsOfFailing.add(state.entity.parent);
    let until = NEVER;
    for (const state of entities.values()) {
      const { up, id, ownUp = false } = state.entity;
      if (up && (state.tried || failingSince !== undefined)) {
        const othersOk = ownUp || (failingSince === undefined && !parentsOfFailing.has(id));
        const ok = othersOk && state.failingSince === undefined;
        samples.push({ metric: up, attributes: state.attributes, value: Number(ok) });
      }
      const unread = Math.min(failingSince ?? NEVER, state.unreadSince ?? NEVER);
      const staleAt = staleAfter > 0 ? unread + staleAfter : NEVER;
      const shown = state.shownAt(now, now >= staleAt);
      if (this.#shared.has(state)) shared.set(state, shown.samples);
      else for (const sample of shown.samples) samples.push(sample);
      until = Math.min(until, shown.until, now < staleAt ? staleAt : NEVER);
    }
    return until;
  }
}

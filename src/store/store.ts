import type { Clock } from '../base/clock.ts';
import type { Entity, SourceEvent } from '../model/reading.ts';
import { type DefinitionOf, EntityState, type GuardState } from './entity-state.ts';
import { type Sample, SeriesNames } from './series.ts';

export interface StoreOptions {
  readonly clock: Clock;
  /** Milliseconds of failure after which instantaneous values are no longer exposed; 0: never. */
  readonly staleAfter: number;
  readonly definitionOf: DefinitionOf;
}

interface Origin {
  entities: Map<string, EntityState>;
  /** When the source as a whole began to fail; undefined while it answers. */
  failingSince: number | undefined;
}

/** The newest believed readings of all sources. Everything that leaves the agent is read from here. */
export class Store {
  readonly #options: StoreOptions;
  readonly #names = new SeriesNames();
  readonly #sources = new Map<string, Origin>();
  #version = 0;
  #live: ReadonlyMap<object, number> = new Map();

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /** Grows with every change; equal versions a moment apart mean equal samples. */
  get version(): number {
    return this.#version;
  }

  /** The attribute objects of the last `samples()`, each with its value. */
  get live(): ReadonlyMap<object, number> {
    return this.#live;
  }

  /**
   * Takes one event of a source. Events of entities that are not listed are ignored.
   * @returns the reasons for which values were rejected or held back, one for each
   */
  apply(source: string, event: SourceEvent): readonly string[] {
    this.#version++;
    const now = this.#options.clock.now();
    const entities = this.#sources.get(source)?.entities;
    switch (event.type) {
      case 'entities':
        this.#list(source, event.entities);
        return [];
      case 'attempt':
        entities?.get(event.entity)?.attempted(event.ok, now);
        return [];
      case 'reading': {
        const { reading } = event;
        const entity = entities?.get(reading.entity);
        if (!entity) return [];
        entity.attempted(true, now);
        return [...(reading.rejections ?? []), ...entity.accept(reading, now)];
      }
    }
  }

  /** A poll of the source ended; when it failed, everything the source knows is only remembered. */
  polled(source: string, ok: boolean): void {
    this.#version++;
    const origin = this.#origin(source);
    origin.failingSince = ok ? undefined : (origin.failingSince ?? this.#options.clock.now());
  }

  /** All that may be exposed at this moment. */
  samples(): readonly Sample[] {
    const now = this.#options.clock.now();
    const samples: Sample[] = [];
    for (const origin of this.#sources.values()) this.#collect(origin, samples, now);
    this.#live = new Map(samples.map(({ attributes, value }) => [attributes, value]));
    return samples;
  }

  /** What the guards must remember across restarts, by source and entity. */
  snapshot(source: string): Record<string, GuardState> {
    return Object.fromEntries([...this.#origin(source).entities].map(([id, record]) => [id, record.memory]));
  }

  /** Puts back what `remember` gave, for entities that are listed. */
  restore(source: string, memories: Readonly<Record<string, GuardState>>): void {
    for (const [id, memory] of Object.entries(memories)) {
      const record = this.#origin(source).entities.get(id);
      if (record) record.memory = memory;
    }
  }

  #origin(source: string): Origin {
    const known = this.#sources.get(source);
    if (known) return known;
    const origin: Origin = { entities: new Map(), failingSince: undefined };
    this.#sources.set(source, origin);
    return origin;
  }

  #list(source: string, entities: readonly Entity[]): void {
    const origin = this.#origin(source);
    const listed = new Map<string, EntityState>();
    for (const entity of entities) {
      const record =
        origin.entities.get(entity.id) ?? new EntityState(entity, this.#names, this.#options.definitionOf);
      record.entity = entity;
      listed.set(entity.id, record);
    }
    origin.entities = listed;
  }

  #collect({ entities, failingSince }: Origin, samples: Sample[], now: number): void {
    const { staleAfter } = this.#options;
    const suffering = new Set<string | undefined>();
    for (const record of entities.values())
      if (record.failingSince !== undefined) suffering.add(record.entity.parent);
    for (const record of entities.values()) {
      const { up, id, labels, ownUp = false } = record.entity;
      if (up && (record.tried || failingSince !== undefined)) {
        const shared = ownUp || (failingSince === undefined && !suffering.has(id));
        const ok = shared && record.failingSince === undefined;
        samples.push({ metric: up, attributes: this.#names.attributes(up, labels), value: Number(ok) });
      }
      const since = Math.min(failingSince ?? now, record.failingSince ?? now);
      record.collect(samples, now, staleAfter > 0 && now - since >= staleAfter);
    }
  }
}

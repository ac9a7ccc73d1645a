import type { Clock } from '../clock.ts';
import type { Entity, Reading, Step } from '../sources/source.ts';
import { EntityRecord, type RecordMemory } from './record.ts';
import { type Sample, SeriesNames } from './series.ts';

export interface StoreOptions {
  readonly clock: Clock;
  /** Milliseconds of failure after which instantaneous values are no longer exposed; 0: never. */
  readonly staleAfter: number;
  /** Told of each value that is held back. */
  readonly onSuspect?: (source: string, reason: string) => void;
}

interface Origin {
  records: Map<string, EntityRecord>;
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

  /** Takes one step of a poll. Steps about entities that are not listed are ignored. */
  apply(source: string, step: Step): void {
    this.#version++;
    if ('entities' in step) {
      this.#list(source, step.entities);
      return;
    }
    const id = 'reading' in step ? step.reading.entity : step.entity;
    const record = this.#sources.get(source)?.records.get(id);
    if (!record) return;
    if ('ok' in step) record.attempted(step.ok, this.#options.clock.now());
    else this.#accept(source, record, step.reading);
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
  remember(source: string): Record<string, RecordMemory> {
    return Object.fromEntries([...this.#origin(source).records].map(([id, record]) => [id, record.memory]));
  }

  /** Puts back what `remember` gave, for entities that are listed. */
  recall(source: string, memories: Readonly<Record<string, RecordMemory>>): void {
    for (const [id, memory] of Object.entries(memories)) {
      const record = this.#origin(source).records.get(id);
      if (record) record.memory = memory;
    }
  }

  #origin(source: string): Origin {
    const known = this.#sources.get(source);
    if (known) return known;
    const origin: Origin = { records: new Map(), failingSince: undefined };
    this.#sources.set(source, origin);
    return origin;
  }

  #list(source: string, entities: readonly Entity[]): void {
    const origin = this.#origin(source);
    const records = new Map<string, EntityRecord>();
    for (const entity of entities) {
      const record = origin.records.get(entity.id) ?? new EntityRecord(entity, this.#names);
      record.entity = entity;
      records.set(entity.id, record);
    }
    origin.records = records;
  }

  #collect({ records, failingSince }: Origin, samples: Sample[], now: number): void {
    const { staleAfter } = this.#options;
    const suffering = new Set<string | undefined>();
    for (const record of records.values())
      if (record.failingSince !== undefined) suffering.add(record.entity.parent);
    for (const record of records.values()) {
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

  #accept(source: string, record: EntityRecord, reading: Reading): void {
    const now = this.#options.clock.now();
    record.attempted(true, now);
    for (const reason of [...(reading.doubts ?? []), ...record.accept(reading, now)]) {
      this.#options.onSuspect?.(source, reason);
    }
  }
}

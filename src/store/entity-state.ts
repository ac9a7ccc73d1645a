import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { dateOf, wallTimeAt } from '../base/calendar.ts';
import type { JsonLater } from '../base/json-later.ts';
import type { MetricDefinition } from '../model/metric.ts';
import type { Entity, Labels, Reading, Rejection } from '../model/reading.ts';
import {
  type AcceptedReading,
  type DefinitionOf,
  readingSnapshot,
  relabelled,
  restoredReading,
  seriesOf,
  snapshotOf,
} from './accepted-reading.ts';
import { AttributeSets } from './attribute-sets.ts';
import { EnergyGuards, energyGuardsState, type Verdict } from './energy-guards.ts';
import { isPossible, mostPowerOf } from './plausibility.ts';
import { clockState, type Order, ReadingClock } from './reading-clock.ts';
import { ReadingTime } from './reading-time.ts';
import { shownValue, unchangedUntil } from './validity.ts';

/** What is kept of one entity across a restart; plain JSON. */
export const entitySnapshot = energyGuardsState.extend({
  clock: clockState.optional(),
  asleep: z.boolean().optional(),
  /** When it was last read, milliseconds since the epoch. */
  readAt: z.number().optional(),
  failingSince: z.number().optional(),
  reading: readingSnapshot.optional(),
});

export type EntitySnapshot = z.infer<typeof entitySnapshot>;

/** A value ready to be observed. */
export interface Sample {
  readonly metric: string;
  readonly attributes: Labels;
  readonly value: number;
}

/** What may be shown of an entity at any moment from `from` until just before `until`, unless something happens. */
interface Shown {
  readonly samples: readonly Sample[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Whether reading it had failed for too long. */
  readonly stale: boolean;
}

/** One entity: whether it can be read, its newest accepted reading, and what may be shown of that at a given time. */
export class EntityState {
  readonly #definitionOf: DefinitionOf;
  readonly #onChange: () => void;
  readonly #clock = new ReadingClock();
  readonly #guards = new EnergyGuards();
  #entity: Entity;
  #attributes: AttributeSets;
  #tried = false;
  /** When it was last read, milliseconds since the epoch. */
  #readAt: number | undefined;
  /** Restored, and neither read nor failed since. */
  #restored = false;
  #failingSince: number | undefined;
  #reading: AcceptedReading | undefined;
  /** The source says that it sleeps. */
  #asleep = false;
  /** Undefined: to be worked out anew. */
  #shown: Shown | undefined;

  /** @param onChange called when what may be shown of the entity, or its `up`, can have changed */
  constructor(entity: Entity, definitionOf: DefinitionOf, onChange: () => void) {
    this.#entity = entity;
    this.#attributes = new AttributeSets(entity.labels);
    this.#definitionOf = definitionOf;
    this.#onChange = onChange;
  }

  /** The attributes of its series without further labels. */
  get attributes(): Labels {
    return this.#attributes.with(undefined);
  }

  /** When it was last read, milliseconds since the epoch; undefined: never. */
  get readAt(): number | undefined {
    return this.#readAt;
  }

  get entity(): Entity {
    return this.#entity;
  }

  /** True once reading it succeeded or failed. */
  get tried(): boolean {
    return this.#tried;
  }

  /** The accepted value of a metric without further labels; undefined: nothing true is known. */
  valueOf(metric: string): number | undefined {
    const { series = [], values = [] } = this.#reading ?? {};
    return values[series.findIndex(({ definition, extra }) => definition.name === metric && !extra)];
  }

  /** When reading it began to fail, milliseconds since the epoch; undefined while it succeeds. */
  get failingSince(): number | undefined {
    return this.#failingSince;
  }

  /** Since when it is not known whether it can be read: a failure, or the last contact before a restart. */
  get unreadSince(): number | undefined {
    return this.#failingSince ?? (this.#restored ? this.#readAt : undefined);
  }

  /** What is kept across a restart, as it is now. */
  get snapshot(): JsonLater<EntitySnapshot> {
    const guards = this.#guards.state;
    const clock = this.#clock.state;
    const asleep = this.#isAsleep || undefined;
    const readAt = this.#readAt;
    const failingSince = this.#failingSince;
    const reading = this.#reading;
    return {
      toJSON: () => ({
        ...guards.toJSON(),
        clock,
        asleep,
        readAt,
        failingSince,
        reading: reading && snapshotOf(reading),
      }),
    };
  }

  /** Takes what an earlier run knew; its reading keeps its own times, and the same rules of age apply to it. */
  restore(snapshot: EntitySnapshot): void {
    const { clock, asleep = false, readAt, failingSince, reading } = snapshot;
    this.#guards.restore(snapshot);
    this.#clock.restore(clock, asleep);
    this.#asleep = asleep && clock === undefined;
    this.#readAt = readAt;
    this.#failingSince = failingSince;
    this.#tried = readAt !== undefined || failingSince !== undefined;
    this.#restored = this.#tried;
    if (reading) this.#reading = restoredReading(reading, this.#definitionOf, this.#attributes);
    this.#changed();
  }

  /** Takes what the source now says of the entity: labels, zone, parent. */
  describe(entity: Entity): void {
    const before = this.#entity;
    if (isDeepStrictEqual(entity, before)) return;
    this.#entity = entity;
    this.#changed();
    if (isDeepStrictEqual(entity.labels, before.labels)) return;
    this.#attributes = new AttributeSets(entity.labels);
    this.#reading &&= relabelled(this.#reading, this.#attributes);
  }

  attempted(ok: boolean, now: number, asleep = false): void {
    // What is read locally and in an account is shown by the way that answered last.
    const isShared = this.#entity.shared?.local !== undefined;
    const isNews = isShared || !this.#tried || this.#restored || ok === (this.#failingSince !== undefined);
    // It shows other values while it sleeps; apart from that they stay.
    if (asleep !== this.#asleep) this.#changed();
    else if (isNews) this.#onChange();
    this.#tried = true;
    this.#asleep = asleep;
    this.#restored = false;
    if (ok) this.#readAt = now;
    this.#failingSince = ok ? undefined : (this.#failingSince ?? now);
  }

  /** @returns what of this reading was rejected or held back */
  accept(reading: Reading, now: number): readonly Rejection[] {
    const { wallTime: wall, holdsFor } = reading;
    if (wall !== undefined) {
      const order = this.#judgeOrder(wall, now, reading);
      if (order === 'older') return [{ reason: 'older_reading' }];
      // The state of 0.1.0 has no reading: the first one may be one that was judged before the restart.
      if (order === 'same' && this.#reading) return [];
    }
    const firstSeenAt = this.#clock.state?.seenAt ?? now;
    const before = this.#reading?.series ?? [];
    const series = seriesOf(reading.values, before, this.#definitionOf, this.#attributes);
    const rejections: Rejection[] = [];
    const values: (number | undefined)[] = [];
    for (let i = 0; i < series.length; i++) {
      const { metric, value } = reading.values[i]!;
      const verdict = this.#judge(series[i]!.definition, value, reading, now);
      if (verdict?.rejection) rejections.push({ reason: verdict.rejection, metric, value });
      values.push(verdict ? verdict.value : value);
    }
    this.#reading = { times: { wall, receivedAt: now, firstSeenAt }, holdsFor, series, values };
    this.#changed();
    return rejections;
  }

  /** What may be shown now (milliseconds since the epoch); `stale`: reading it has failed for too long. */
  shownAt(now: number, stale: boolean): Shown {
    const known = this.#shown;
    if (known && known.stale === stale && known.from <= now && now < known.until) return known;
    const shown = this.#show(now, stale);
    this.#shown = shown;
    return shown;
  }

  #show(now: number, stale: boolean): Shown {
    if (!this.#reading) return { samples: [], from: now, until: Number.POSITIVE_INFINITY, stale };
    const { times, holdsFor = Number.POSITIVE_INFINITY, series, values } = this.#reading;
    const { zone, lastUpdate } = this.#entity;
    const time = new ReadingTime(times, zone);
    const asleep = this.#isAsleep;
    const circumstances = { now, stale, asleep, outdated: this.#clock.isOutdated(now), time, holdsFor };
    const samples: Sample[] = [];
    for (let i = 0; i < series.length; i++) {
      const { definition, attributes } = series[i]!;
      const shown = shownValue(definition, values[i], circumstances);
      if (shown !== undefined) samples.push({ metric: definition.name, attributes, value: shown });
    }
    // Where summer time is in doubt this may be an hour late; the alternative is no age of the reading at all.
    if (time.takenAt !== undefined && lastUpdate !== undefined)
      samples.push({ metric: lastUpdate, attributes: this.attributes, value: time.takenAt / 1000 });
    const until = unchangedUntil(series, circumstances, this.#clock.outdatedAt);
    return { samples, from: now, until, stale };
  }

  #changed(): void {
    this.#shown = undefined;
    this.#onChange();
  }

  /** A reading that is not new changes something all the same when the device is now known to sleep or to wake. */
  #judgeOrder(wall: number, now: number, reading: Reading): Order {
    const wasAsleep = this.#isAsleep;
    const wasOutdated = this.#clock.isOutdated(now);
    const order = this.#clock.judge(wall, now, reading);
    if (this.#isAsleep !== wasAsleep || this.#clock.isOutdated(now) !== wasOutdated) this.#changed();
    return order;
  }

  get #isAsleep(): boolean {
    return this.#asleep || this.#clock.isAsleep(this.#entity.zone);
  }

  /** @returns undefined for a value that is taken as it is */
  #judge(
    definition: MetricDefinition,
    value: number,
    { wallTime, producing = true }: Reading,
    now: number,
  ): Verdict | undefined {
    const { name, validity } = definition;
    const { ratedPower, zone } = this.#entity;
    if (!isPossible(definition, value, ratedPower)) {
      return { value: this.#guards.total(name), rejection: 'out_of_range' };
    }
    if (validity !== 'lifetime' && validity !== 'today') return undefined;
    const energy = {
      value,
      at: wallTime ?? now,
      mostPower: mostPowerOf(definition, ratedPower),
    };
    if (validity === 'lifetime') return this.#guards.judgeTotal(name, energy, producing);
    // Without a clock of its own and a zone, the end of its day is unknown.
    const wall = wallTime ?? (zone && wallTimeAt(zone, now));
    return wall === undefined ? undefined : this.#guards.judgeDayEnergy(name, energy, dateOf(wall));
  }
}

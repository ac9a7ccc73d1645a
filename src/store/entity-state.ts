import { dateOf, instantOf, instantsOf, wallTimeAt, type Zone } from '../base/calendar.ts';
import type { MetricDefinition, Validity } from '../model/metric.ts';
import { type Entity, type Labels, type Reading, SLEEP_AFTER } from '../model/reading.ts';
import {
  type ClockState,
  type DayEnergyState,
  type EnergyState,
  judgeDayEnergy,
  judgeOrder,
  judgeTotal,
} from './guards.ts';
import type { Sample, SeriesNames } from './series.ts';
import { summerShift } from './summer-time.ts';

/** What the guards remember of one entity; plain JSON, so that it survives a restart. */
export interface GuardState {
  readonly clock?: ClockState;
  readonly totals: Readonly<Record<string, EnergyState>>;
  readonly days: Readonly<Record<string, DayEnergyState>>;
}

/** The definition of a metric by name. @throws Error for an unknown name */
export type DefinitionOf = (metric: string) => MetricDefinition;

interface Accepted {
  readonly validity: Validity;
  readonly metric: string;
  readonly attributes: Labels;
  /** undefined: held back, nothing true is known. */
  readonly value: number | undefined;
}

const HOUR = 60 * 60_000;

/** The newest believed reading of one entity, and what may be said of it at a given time. */
export class EntityState {
  entity: Entity;
  memory: GuardState = { totals: {}, days: {} };
  /** True once something was said about it, be it a failure. */
  tried = false;
  /** When reading it began to fail; undefined while that goes well. */
  failingSince: number | undefined;
  readonly #names: SeriesNames;
  readonly #definitionOf: DefinitionOf;
  #asleep = false;
  /** What comes since so long is not believed: its present state is unknown. */
  #doubtful = false;
  /** The reading's wall time, or when it was received for sources that answer live. */
  #wall: number | undefined;
  #receivedAt = 0;
  #holdsFor = Number.POSITIVE_INFINITY;
  #values: readonly Accepted[] = [];

  constructor(entity: Entity, names: SeriesNames, definitionOf: DefinitionOf) {
    this.entity = entity;
    this.#names = names;
    this.#definitionOf = definitionOf;
  }

  attempted(ok: boolean, now: number): void {
    this.tried = true;
    this.failingSince = ok ? undefined : (this.failingSince ?? now);
  }

  /** @returns why values of this reading were held back */
  accept(reading: Reading, now: number): readonly string[] {
    const { wallTime } = reading;
    if (wallTime !== undefined) {
      const [order, clock] = judgeOrder(this.memory.clock, wallTime, now);
      const first = this.#values.length === 0;
      const known = this.memory.clock !== undefined;
      this.memory = { ...this.memory, clock };
      const silent = order !== 'newer' && now - clock.seenAt >= SLEEP_AFTER;
      this.#doubtful = silent && order === 'older';
      // Once asleep it stays so until it says something new.
      this.#asleep =
        (order !== 'newer' && this.#asleep) ||
        (silent && order === 'same') ||
        (!known && reading.lost === true && !this.#isFresh(wallTime, now));
      if (order === 'older') return ['older_reading'];
      // After a restart the first reading may be one that was judged before it.
      if (order === 'same' && !first) return [];
    }
    this.#wall = wallTime;
    this.#receivedAt = now;
    this.#holdsFor = reading.holdsFor ?? Number.POSITIVE_INFINITY;
    return this.#take(reading, now);
  }

  #take(reading: Reading, now: number): readonly string[] {
    const rejections: string[] = [];
    const { zone, labels } = this.entity;
    const date = dateOf(reading.wallTime ?? (zone ? wallTimeAt(zone, now) : now));
    const totals = { ...this.memory.totals };
    const days = { ...this.memory.days };
    this.#values = reading.values.map(({ metric, value, labels: extra }) => {
      const { validity } = this.#definitionOf(metric);
      const attributes = this.#names.attributes(metric, extra ? { ...labels, ...extra } : labels);
      const accepted = { validity, metric, attributes };
      if (validity === 'lifetime') {
        const [doubt, memory] = judgeTotal(totals[metric] ?? { lower: [] }, value, reading.producing ?? true);
        totals[metric] = memory;
        if (doubt) rejections.push(doubt);
        return { ...accepted, value: memory.value };
      }
      // Without a clock of its own and a zone, nobody knows when its day ends.
      if (validity === 'today' && (reading.wallTime !== undefined || zone)) {
        const [doubt, memory] = judgeDayEnergy(days[metric], date, value);
        days[metric] = memory;
        if (doubt) rejections.push(doubt);
        return { ...accepted, value: memory.value };
      }
      return { ...accepted, value };
    });
    this.memory = { ...this.memory, totals, days };
    return rejections;
  }

  /** Adds what may be exposed now; `stale` says that reading it has failed for too long. */
  collect(samples: Sample[], now: number, stale: boolean): void {
    for (const { validity, metric, attributes, value } of this.#values) {
      const shown = this.#shown(validity, metric, value, stale, now);
      if (shown !== undefined) samples.push({ metric, attributes, value: shown });
    }
    // Where summer time is in doubt this may be an hour late; the alternative is to say nothing of a reading's age.
    const takenAt = this.#takenAt(this.#shift ?? 0);
    const { lastUpdate, labels } = this.entity;
    if (takenAt !== undefined && lastUpdate !== undefined) {
      const attributes = this.#names.attributes(lastUpdate, labels);
      samples.push({ metric: lastUpdate, attributes, value: takenAt / 1000 });
    }
  }

  /** When the reading was taken, milliseconds since the epoch; undefined while the zone is unknown. */
  #takenAt(shift: number): number | undefined {
    const { zone } = this.entity;
    if (this.#wall === undefined || !zone) return undefined;
    const instants = instantsOf(zone, this.#wall).map((instant) => instant - shift);
    // A clock that runs ahead cannot have read the future.
    return instants.findLast((instant) => instant <= this.#receivedAt) ?? this.#receivedAt;
  }

  /** Found from when the reading was first seen: neither a restart nor a zone that is learnt later changes that. */
  get #shift(): number | undefined {
    const { clock } = this.memory;
    const { zone } = this.entity;
    if (!zone || !clock || clock.wall !== this.#wall) return 0;
    return summerShift(zone, clock.wall, clock.seenAt);
  }

  #shown(
    validity: Validity,
    metric: string,
    value: number | undefined,
    stale: boolean,
    now: number,
  ): number | undefined {
    switch (validity) {
      case 'instant':
        return stale || this.#asleep || this.#doubtful || this.#ageAt(now) > this.#holdsFor
          ? undefined
          : value;
      case 'status':
        if (this.#asleep) return stale ? undefined : 0;
        return stale || this.#doubtful ? undefined : value;
      case 'today':
        if (this.#holds(10, stale, now) && value !== undefined) return value;
        return this.#definitionOf(metric).zeroFromMidnight && !stale && this.#isOver(now) ? 0 : undefined;
      case 'month':
        return this.#holds(7, stale, now) ? value : undefined;
      case 'year':
        return this.#holds(4, stale, now) ? value : undefined;
      case 'lifetime':
      case 'fact':
        return value;
    }
  }

  /** Whether the day (10 characters of the date), month (7) or year (4) of the reading has not ended. */
  #holds(characters: number, stale: boolean, now: number): boolean {
    const { zone } = this.entity;
    if (!zone) return !stale && !(characters === 10 && this.#asleep);
    const today = this.#today(zone, now);
    return today !== undefined && this.#date(zone).slice(0, characters) >= today.slice(0, characters);
  }

  /** Whether the day of the reading is over, or shows what the day before left: nothing was produced since. */
  #isOver(now: number): boolean {
    const { zone } = this.entity;
    const today = zone && this.#today(zone, now);
    return zone !== undefined && today !== undefined && this.#date(zone) <= today;
  }

  /** The date of the reading. */
  #date(zone: Zone): string {
    return dateOf(this.#wall ?? wallTimeAt(zone, this.#receivedAt));
  }

  /** Today's date; undefined in the hour in which an unknown daylight saving decides. */
  #today(zone: Zone, now: number): string | undefined {
    const wall = wallTimeAt(zone, now);
    const shift = this.#shift;
    const date = dateOf(wall + (shift ?? 0));
    return shift === undefined && dateOf(wall + HOUR) !== date ? undefined : date;
  }

  /** Of a reading that nobody can date, it is known only that it was old when it came. */
  #ageAt(now: number): number {
    const undated =
      this.entity.zone && this.#wall !== undefined ? Number.NEGATIVE_INFINITY : this.#receivedAt;
    const takenAt = this.#shift === undefined ? undefined : this.#takenAt(this.#shift);
    return now - (takenAt ?? undated);
  }

  /** Whether a reading is certainly new; a zone that ignores daylight saving may be an hour off. */
  #isFresh(wall: number, now: number): boolean {
    const { zone } = this.entity;
    return zone !== undefined && !zone.fixed && now - instantOf(zone, wall) < SLEEP_AFTER;
  }
}

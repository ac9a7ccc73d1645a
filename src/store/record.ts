import { dateOf, instantOf, summerShift, wallTimeAt } from '../calendar.ts';
import { metricNamed, type Span } from '../metrics/catalogue.ts';
import { type Entity, type Labels, type Reading, SLEEP_AFTER } from '../sources/source.ts';
import {
  type ClockMemory,
  type DayEnergyMemory,
  type EnergyMemory,
  judgeDayEnergy,
  judgeOrder,
  judgeTotal,
} from './guards.ts';
import type { Sample, SeriesNames } from './series.ts';

/** What the guards remember of one entity; plain JSON, so that it survives a restart. */
export interface RecordMemory {
  readonly clock?: ClockMemory;
  readonly totals: Readonly<Record<string, EnergyMemory>>;
  readonly days: Readonly<Record<string, DayEnergyMemory>>;
}

interface Accepted {
  readonly span: Span;
  readonly metric: string;
  readonly attributes: Labels;
  /** undefined: held back, nothing true is known. */
  readonly value: number | undefined;
}

/** The instant a reading was taken, named as a metric of its own. */
const LAST_UPDATE = 'growatt_last_update_timestamp_seconds';
/** The one day energy that is known to be 0 before the day's first reading. */
const ENERGY_TODAY = 'growatt_energy_today_kwh';

/** The newest believed reading of one entity, and what may be said of it at a given time. */
export class EntityRecord {
  entity: Entity;
  memory: RecordMemory = { totals: {}, days: {} };
  /** True once something was said about it, be it a failure. */
  tried = false;
  /** When reading it began to fail; undefined while that goes well. */
  failingSince: number | undefined;
  readonly #names: SeriesNames;
  #asleep = false;
  /** The reading's wall time, or when it was received for sources that answer live. */
  #wall: number | undefined;
  #receivedAt = 0;
  #holdsFor = Number.POSITIVE_INFINITY;
  #shift = 0;
  #values: readonly Accepted[] = [];

  constructor(entity: Entity, names: SeriesNames) {
    this.entity = entity;
    this.#names = names;
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
      this.memory = { ...this.memory, clock };
      // Once asleep it stays so until it says something new.
      this.#asleep =
        (order !== 'newer' && (this.#asleep || now - clock.seenAt >= SLEEP_AFTER)) ||
        (first && reading.lost === true && this.#ageOf(wallTime, now) > SLEEP_AFTER);
      if (order === 'older') return ['older_reading'];
      // After a restart the first reading may be one that was judged before it.
      if (order === 'same' && !first) return [];
    }
    this.#wall = wallTime;
    this.#receivedAt = now;
    this.#holdsFor = reading.holdsFor ?? Number.POSITIVE_INFINITY;
    this.#shift =
      wallTime !== undefined && this.entity.zone ? summerShift(this.entity.zone, wallTime, now) : 0;
    return this.#take(reading, now);
  }

  #take(reading: Reading, now: number): readonly string[] {
    const doubts: string[] = [];
    const { zone, labels } = this.entity;
    const date = dateOf(reading.wallTime ?? (zone ? wallTimeAt(zone, now) : now));
    const totals = { ...this.memory.totals };
    const days = { ...this.memory.days };
    this.#values = reading.values.map(({ metric, value, labels: extra }) => {
      const { span } = metricNamed(metric);
      const attributes = this.#names.attributes(metric, extra ? { ...labels, ...extra } : labels);
      const accepted = { span, metric, attributes };
      if (span === 'lifetime') {
        const [doubt, memory] = judgeTotal(totals[metric] ?? { lower: [] }, value, reading.producing ?? true);
        totals[metric] = memory;
        if (doubt) doubts.push(doubt);
        return { ...accepted, value: memory.value };
      }
      // Without a clock of its own and a zone, nobody knows when its day ends.
      if (span === 'today' && (reading.wallTime !== undefined || zone)) {
        const [doubt, memory] = judgeDayEnergy(days[metric], date, value);
        days[metric] = memory;
        if (doubt) doubts.push(doubt);
        return { ...accepted, value: memory.value };
      }
      return { ...accepted, value };
    });
    this.memory = { ...this.memory, totals, days };
    return doubts;
  }

  /** Adds what may be exposed now; `stale` says that reading it has failed for too long. */
  collect(samples: Sample[], now: number, stale: boolean): void {
    for (const { span, metric, attributes, value } of this.#values) {
      const shown = this.#shown(span, metric, value, stale, now);
      if (shown !== undefined) samples.push({ metric, attributes, value: shown });
    }
    const takenAt = this.takenAt;
    if (takenAt !== undefined && this.entity.clocked) {
      const attributes = this.#names.attributes(LAST_UPDATE, this.entity.labels);
      samples.push({ metric: LAST_UPDATE, attributes, value: takenAt / 1000 });
    }
  }

  /** When the reading was taken, milliseconds since the epoch; undefined while the zone is unknown. */
  get takenAt(): number | undefined {
    const { zone } = this.entity;
    if (this.#wall === undefined || !zone) return undefined;
    // A clock that runs ahead cannot have read the future.
    return Math.min(instantOf(zone, this.#wall) - this.#shift, this.#receivedAt);
  }

  #shown(
    span: Span,
    metric: string,
    value: number | undefined,
    stale: boolean,
    now: number,
  ): number | undefined {
    switch (span) {
      case 'instant':
        return stale || this.#asleep || now - this.#receivedAt > this.#holdsFor ? undefined : value;
      case 'status':
        return stale ? undefined : this.#asleep ? 0 : value;
      case 'today':
        if (this.#holds(10, stale, now) && value !== undefined) return value;
        return metric === ENERGY_TODAY && !stale && this.entity.zone ? 0 : undefined;
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
    const wall = this.#wall ?? wallTimeAt(zone, this.#receivedAt);
    const today = wallTimeAt(zone, now) + this.#shift;
    return dateOf(wall).slice(0, characters) >= dateOf(today).slice(0, characters);
  }

  #ageOf(wall: number, now: number): number {
    return this.entity.zone ? now - instantOf(this.entity.zone, wall) : 0;
  }
}

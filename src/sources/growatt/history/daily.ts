import { Cron } from 'croner';
import { addDays, datesBetween } from '../../../calendar.ts';
import type { Config } from '../../../config/config.ts';
import type { Entity, Reading, Step, Turn, Zone } from '../../source.ts';
import type { Calls } from '../calls.ts';
import { plantEntity } from '../entities.ts';
import { curveCall, energiesCall } from './calls.ts';
import { curveStatistics, parseCurve } from './curve.ts';
import { ENERGY_SPAN, parseEnergies } from './energies.ts';

/** What is kept of one completed day of a plant; plain JSON. Absent members are unknown. */
export interface DayRecord {
  readonly date: string;
  /** kWh */
  readonly energy?: number | undefined;
  /** W */
  readonly peak?: number | undefined;
  /** W by hour of the wall clock. */
  readonly hourly: readonly (readonly [hour: number, watts: number])[];
}

const DAY = 24 * 60 * 60_000;

/** Statistics of completed days of one account's plants, each day fetched once. */
export class DailyHistory {
  readonly #settings: Config['history'];
  readonly #calls: Calls;
  /** Runs on the wall clock of a plant, which is kept here as if it were UTC. */
  readonly #schedule: Cron;
  /** By plant id, then by date. */
  readonly #days = new Map<string, Map<string, DayRecord>>();
  /** Energies that a call for another day brought along, by plant id and date. */
  readonly #energies = new Map<string, number>();

  constructor(settings: Config['history'], calls: Calls) {
    this.#settings = settings;
    this.#calls = calls;
    this.#schedule = new Cron(settings.schedule, { timezone: 'UTC', paused: true });
  }

  /** When the schedule releases the next day of a place, milliseconds since the epoch. */
  nextRelease(zone: Zone | undefined, now: number): number {
    if (!this.#settings.enabled || !zone) return Number.POSITIVE_INFINITY;
    const offset = zone.offsetAt(now) * 60_000;
    const next = this.#schedule.nextRun(new Date(now + offset));
    return next ? next.getTime() - offset : Number.POSITIVE_INFINITY;
  }

  /** The newest completed day that is not known yet; undefined when there is none. */
  missing(plantId: string, zone: Zone | undefined, now: number): string | undefined {
    if (!this.#settings.enabled || !zone) return undefined;
    const newest = this.#newest(zone, now);
    const dates = datesBetween(addDays(newest, 1 - this.#settings.days), newest);
    const known = this.#days.get(plantId);
    return dates.findLast(
      (date) => !known?.has(date) && this.#calls.lateness(curveCall(plantId, date), DAY) >= 1,
    );
  }

  /** Fetches one day. */
  async *fetch(turn: Turn, plantId: string, date: string): AsyncGenerator<Step> {
    const { value, error } = await this.#calls.attempt(turn, curveCall(plantId, date));
    if (error) {
      yield { entity: plantEntity(plantId), ok: false };
      return;
    }
    const statistics = curveStatistics(parseCurve(value, date));
    // Where the API does not give the day's energy, the curve does.
    const energy = (await this.#energyOf(turn, plantId, date)) ?? statistics?.energy;
    const topic = `history of plant ${plantId}`;
    turn.note(
      topic,
      statistics ? undefined : `plant ${plantId} has too few power values on ${date} for statistics`,
    );
    const days = this.#days.get(plantId) ?? new Map<string, DayRecord>();
    this.#days.set(plantId, days);
    days.set(date, { date, energy, peak: statistics?.peak, hourly: [...(statistics?.hourly ?? [])] });
    for (const old of [...days.keys()].toSorted().slice(0, -this.#settings.days)) days.delete(old);
    yield { entity: plantEntity(plantId), ok: true };
  }

  /** One entity for each day, and one for the hours of the newest. */
  entities(): Entity[] {
    return [...this.#days].flatMap(([plantId, days]) => [
      ...[...days.keys()].map((date) => ({
        id: dayEntity(plantId, date),
        labels: { plant_id: plantId, date },
      })),
      { id: hoursEntity(plantId), labels: { plant_id: plantId } },
    ]);
  }

  readings(): Reading[] {
    return [...this.#days].flatMap(([plantId, days]) => {
      const records = [...days.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
      return [
        ...records.map((record) => dayReading(plantId, record)),
        hoursReading(plantId, records.at(-1)!),
      ];
    });
  }

  remember(): Record<string, DayRecord[]> {
    return Object.fromEntries([...this.#days].map(([plantId, days]) => [plantId, [...days.values()]]));
  }

  recall(plants: Readonly<Record<string, readonly DayRecord[]>>): void {
    if (!this.#settings.enabled) return;
    for (const [plantId, days] of Object.entries(plants)) {
      const newest = days.toSorted((a, b) => (a.date < b.date ? -1 : 1)).slice(-this.#settings.days);
      if (newest.length > 0) this.#days.set(plantId, new Map(newest.map((day) => [day.date, day])));
    }
  }

  /** Plants that are gone take their days with them. */
  retain(plantIds: ReadonlySet<string>): void {
    for (const id of this.#days.keys()) if (!plantIds.has(id)) this.#days.delete(id);
  }

  /** The last day that the schedule has released: the first run after its end is over. */
  #newest(zone: Zone, now: number): string {
    const wall = now + zone.offsetAt(now) * 60_000;
    const [lastRun] = this.#schedule.previousRuns(1, new Date(wall + 1000));
    const run = lastRun?.getTime() ?? wall - DAY;
    return new Date(run - DAY).toISOString().slice(0, 10);
  }

  async #energyOf(turn: Turn, plantId: string, date: string): Promise<number | undefined> {
    const key = (day: string) => `${plantId} ${day}`;
    const known = this.#energies.get(key(date));
    this.#energies.delete(key(date));
    if (known !== undefined) return known;
    const call = energiesCall(plantId, addDays(date, 1 - Math.min(ENERGY_SPAN, this.#settings.days)), date);
    const { value } = await this.#calls.attempt(turn, call);
    if (!value) return undefined;
    const energies = parseEnergies(value);
    const others = [...energies].filter(([day]) => day !== date && !this.#days.get(plantId)?.has(day));
    for (const [day, energy] of others) this.#energies.set(key(day), energy);
    return energies.get(date);
  }
}

const dayEntity = (plantId: string, date: string) => `plant/${plantId}/day/${date}`;
const hoursEntity = (plantId: string) => `plant/${plantId}/hours`;

function dayReading(plantId: string, { date, energy, peak }: DayRecord): Reading {
  const value = (metric: string, given: number | undefined) =>
    given === undefined ? [] : [{ metric, value: given }];
  return {
    entity: dayEntity(plantId, date),
    values: [...value('growatt_daily_energy_kwh', energy), ...value('growatt_daily_peak_power_watts', peak)],
  };
}

function hoursReading(plantId: string, { hourly }: DayRecord): Reading {
  return {
    entity: hoursEntity(plantId),
    values: hourly.map(([hour, value]) => ({
      metric: 'growatt_hourly_avg_power_watts',
      value,
      labels: { hour: String(hour).padStart(2, '0') },
    })),
  };
}

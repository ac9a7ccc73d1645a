import { Cron } from 'croner';
import type { Zone } from '../../../base/calendar.ts';
import { addDays, dateOf, datesBetween, instantOf, wallTimeAt } from '../../../base/calendar.ts';
import type { Clock } from '../../../base/clock.ts';
import type { PollContext } from '../../../model/poll-context.ts';
import type { Entity, Reading } from '../../../model/reading.ts';
import type { Calls } from '../calls.ts';
import type { Plant } from '../inventory.ts';
import type { GrowattConfig } from '../settings.ts';
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

/** What is known of the days of one plant. */
interface PlantDays {
  /** By date. */
  readonly days: Map<string, DayRecord>;
  /** kWh by date, which calls for other days brought along; undefined where the API does not tell. */
  readonly energies: Map<string, number | undefined>;
  /** The last day could not be read: until then, milliseconds since the epoch, none is asked for. */
  rest?: { readonly date: string; readonly until: number } | undefined;
}

const DAY = 24 * 60 * 60_000;
/** Nobody waits for a day that is over: after a failure its plant's history is left alone for so long. */
const REST = 60 * 60_000;

/** Statistics of completed days of one account's plants, each day fetched once. */
export class DailyHistory {
  readonly #settings: GrowattConfig['history'];
  readonly #calls: Calls;
  readonly #clock: Clock;
  /** Runs on the wall clock of a plant, which is kept here as if it were UTC. */
  readonly #schedule: Cron;
  readonly #plants = new Map<string, PlantDays>();

  constructor(settings: GrowattConfig['history'], calls: Calls, clock: Clock) {
    this.#settings = settings;
    this.#calls = calls;
    this.#clock = clock;
    this.#schedule = new Cron(settings.schedule, { timezone: 'UTC', paused: true });
  }

  /** When the schedule releases the next day of a plant, milliseconds since the epoch. */
  nextRelease({ zone }: Pick<Plant, 'zone'>): number {
    if (!this.#settings.enabled || !zone) return Number.POSITIVE_INFINITY;
    const next = this.#schedule.nextRun(new Date(wallTimeAt(zone, this.#clock.now())));
    return next ? instantOf(zone, next.getTime()) : Number.POSITIVE_INFINITY;
  }

  /** The newest completed day since the plant exists that is not known yet; undefined when none may be asked for. */
  missing({ id, zone, listed }: Pick<Plant, 'id' | 'zone' | 'listed'>): string | undefined {
    if (!this.#settings.enabled || !zone) return undefined;
    const { days, rest } = this.#plants.get(id) ?? {};
    if (rest && this.#clock.now() < rest.until && rest.until - this.#clock.now() <= DAY) return undefined;
    const newest = this.#newest(zone);
    const oldest = addDays(newest, 1 - this.#settings.days);
    const from = listed?.created && listed.created > oldest ? listed.created : oldest;
    const missing = datesBetween(from, newest).filter(
      (date) => !days?.has(date) && this.#calls.overdue(curveCall(id, date), DAY) >= 1,
    );
    // One day that cannot be read does not keep back the older ones.
    return missing.findLast((date) => date !== rest?.date) ?? missing.at(-1);
  }

  /** Fetches one day. @throws SourceError when the circuit is open */
  async fetch(context: PollContext, plantId: string, date: string): Promise<void> {
    const known: PlantDays = this.#plants.get(plantId) ?? { days: new Map(), energies: new Map() };
    this.#plants.set(plantId, known);
    known.rest = { date, until: this.#clock.now() + REST };
    const topic = `the history of plant ${plantId}`;
    const given = await this.#energyOf(context, plantId, known, date);
    const call = curveCall(plantId, date);
    const { value, error } = await this.#calls.attempt(context, call);
    if (error) {
      const pause = this.#calls.pauseLeft(call) || REST;
      known.rest = { date, until: this.#clock.now() + pause };
      context.report(topic, `${topic} cannot be read (${error.message}): it is tried again later`);
      return;
    }
    known.rest = undefined;
    known.energies.delete(date);
    const statistics = curveStatistics(parseCurve(value, date));
    context.report(
      topic,
      statistics
        ? undefined
        : `plant ${plantId} has too few power values on ${date}: the day's power is left out`,
    );
    // Where the API does not give the day's energy, the curve does.
    const energy = given ?? statistics?.energy;
    known.days.set(date, { date, energy, peak: statistics?.peak, hourly: [...(statistics?.hourly ?? [])] });
    for (const old of [...known.days.keys()].toSorted().slice(0, -this.#settings.days))
      known.days.delete(old);
  }

  /** One entity for each day, and one for the hours of the newest. */
  entities(): Entity[] {
    return this.#known().flatMap(([plantId, records]) => [
      ...records.map(({ date }) => ({ id: dayEntity(plantId, date), labels: { plant_id: plantId, date } })),
      { id: hoursEntity(plantId), labels: { plant_id: plantId } },
    ]);
  }

  /** Of one plant, or of all. */
  readings(plantId?: string): Reading[] {
    return this.#known()
      .filter(([id]) => plantId === undefined || id === plantId)
      .flatMap(([id, records]) => [
        ...records.map((record) => dayReading(id, record)),
        hoursReading(id, records.at(-1)!),
      ]);
  }

  snapshot(): Record<string, DayRecord[]> {
    return Object.fromEntries(this.#known());
  }

  restore(plants: Readonly<Record<string, readonly DayRecord[]>>): void {
    if (!this.#settings.enabled) return;
    for (const [plantId, records] of Object.entries(plants)) {
      const newest = records.toSorted(byDate).slice(-this.#settings.days);
      const days = new Map(newest.map((record) => [record.date, record]));
      this.#plants.set(plantId, { days, energies: new Map() });
    }
  }

  /** Plants that are gone take their days with them. */
  retain(plantIds: ReadonlySet<string>): void {
    for (const id of this.#plants.keys()) if (!plantIds.has(id)) this.#plants.delete(id);
  }

  /** Plants of which a day is known, with their days in order. */
  #known(): [plantId: string, records: DayRecord[]][] {
    return [...this.#plants]
      .filter(([, { days }]) => days.size > 0)
      .map(([plantId, { days }]) => [plantId, [...days.values()].toSorted(byDate)]);
  }

  /** The last day that the schedule has released: the first run after its end is over. */
  #newest(zone: Zone): string {
    const wall = wallTimeAt(zone, this.#clock.now());
    const [lastRun] = this.#schedule.previousRuns(1, new Date(wall + 1000));
    return addDays(dateOf(lastRun?.getTime() ?? wall), -1);
  }

  /** One call tells of a week; days that were integrated meanwhile get the API's energy. */
  async #energyOf(
    context: PollContext,
    plantId: string,
    { days, energies }: PlantDays,
    date: string,
  ): Promise<number | undefined> {
    if (energies.has(date)) return energies.get(date);
    const from = addDays(date, 1 - Math.min(ENERGY_SPAN, this.#settings.days));
    const { value } = await this.#calls.attempt(context, energiesCall(plantId, from, date));
    if (!value) return undefined;
    const answer = parseEnergies(value);
    for (const day of datesBetween(from, date)) {
      const record = days.get(day);
      const energy = answer.get(day);
      if (!record) energies.set(day, energy);
      else if (energy !== undefined) days.set(day, { ...record, energy });
    }
    return answer.get(date);
  }
}

const byDate = (a: DayRecord, b: DayRecord) => (a.date < b.date ? -1 : 1);
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

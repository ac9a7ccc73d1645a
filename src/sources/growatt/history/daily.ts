import { addDays, datesBetween } from '../../../base/calendar.ts';
import type { Clock } from '../../../base/clock.ts';
import { formatTime } from '../../../base/duration.ts';
import type { PollContext } from '../../../model/poll-context.ts';
import type { Entity, Reading, SourceEvent } from '../../../model/reading.ts';
import type { AccountCalls } from '../account-calls.ts';
import type { GrowattConfig } from '../accounts.ts';
import type { Plant } from '../plant.ts';
import { curveCall, curveStatistics, parseCurve } from './curve.ts';
import { type DayRecord, dayEntity, dayReading, hoursEntity, hoursReading } from './day-record.ts';
import { DaySchedule, type MissingDays } from './day-schedule.ts';
import { ENERGY_SPAN, energiesCall, parseEnergies } from './energies.ts';

/** What is known of the days of one plant. */
interface PlantDays {
  /** The oldest first. */
  records: readonly DayRecord[];
  /** kWh by date, from calls for other days; undefined where the API gives none. */
  readonly energies: Map<string, number | undefined>;
  /** The last day could not be read: until `at`, milliseconds since the epoch, no day is. */
  retry?: { readonly date: string; readonly at: number } | undefined;
  missing?: MissingDays | undefined;
}

const DAY = 24 * 60 * 60_000;
/** The cloud refuses equal calls within five minutes. */
const LEAST_REPEAT = 5 * 60_000;
/** Completed days are not urgent: after a failure, those of its plant are tried again after this. */
const RETRY_PAUSE = 60 * 60_000;

/** Statistics of completed days of one account's plants, each day fetched once. */
export class DailyHistory {
  readonly #settings: GrowattConfig['history'];
  readonly #calls: AccountCalls;
  readonly #clock: Clock;
  readonly #schedule: DaySchedule;
  readonly #plants = new Map<string, PlantDays>();

  constructor(settings: GrowattConfig['history'], calls: AccountCalls, clock: Clock) {
    this.#settings = settings;
    this.#calls = calls;
    this.#clock = clock;
    this.#schedule = new DaySchedule(settings, clock);
  }

  /** When the next day of a plant may be read, milliseconds since the epoch. */
  nextRelease({ zone }: Pick<Plant, 'zone'>): number {
    return this.#settings.enabled && zone ? this.#schedule.nextRelease(zone) : Number.POSITIVE_INFINITY;
  }

  /** The newest completed day since the plant exists that is not known yet; undefined when none may be read now. */
  missing({ id, zone, listed }: Pick<Plant, 'id' | 'zone' | 'listed'>): string | undefined {
    if (!this.#settings.enabled || !zone) return undefined;
    const known = this.#daysOf(id);
    const now = this.#clock.now();
    if (known.retry && now < known.retry.at && known.retry.at - now <= DAY) return undefined;
    known.missing = this.#schedule.missing(known.missing, zone, listed?.created, known.records);
    const { dates, newest } = known.missing;
    if (dates.length === 0 || this.#calls.isLimited(curveCall(id, newest))) return undefined;
    const isDue = (date: string) => this.#calls.overdue(curveCall(id, date), LEAST_REPEAT) >= 1;
    // One day that cannot be read does not keep back the older ones.
    const failed = known.retry?.date;
    const next = dates.findLast((date) => date !== failed && isDue(date));
    return next ?? (failed !== undefined && dates.includes(failed) && isDue(failed) ? failed : undefined);
  }

  /** Fetches one day. @throws SourceError when the circuit is open */
  async *fetch(context: PollContext, plantId: string, date: string): AsyncGenerator<SourceEvent> {
    const known = this.#daysOf(plantId);
    const before = new Set(known.records);
    await this.#fetch(context, plantId, known, date);
    const changed = known.records.filter((record) => !before.has(record));
    const newest = known.records.at(-1);
    if (changed.length === 0 || !newest) return;
    const dates = new Set(known.records.map((record) => record.date));
    yield {
      type: 'entity-changes',
      changed: [...changed.map((record) => dayEntity(plantId, record)), hoursEntity(plantId)],
      gone: [...before].filter((old) => !dates.has(old.date)).map((old) => dayEntity(plantId, old).id),
    };
    for (const record of changed) yield { type: 'reading', reading: dayReading(plantId, record) };
    yield { type: 'reading', reading: hoursReading(plantId, newest) };
  }

  /** One for each day that is known, and one for the hours of each plant's newest. */
  entities(): Entity[] {
    return this.#known().flatMap(([id, records]) => [
      ...records.map((record) => dayEntity(id, record)),
      hoursEntity(id),
    ]);
  }

  readings(): Reading[] {
    return this.#known().flatMap(([id, records]) => [
      ...records.map((record) => dayReading(id, record)),
      ...records.slice(-1).map((newest) => hoursReading(id, newest)),
    ]);
  }

  snapshot(): Record<string, DayRecord[]> {
    return Object.fromEntries(this.#known().map(([id, records]) => [id, [...records]]));
  }

  /** Restores what `snapshot` returned in an earlier run. */
  restore(plants: Readonly<Record<string, readonly DayRecord[]>>): void {
    if (!this.#settings.enabled) return;
    for (const [plantId, records] of Object.entries(plants)) {
      const newest = records.toSorted(byDate).slice(-this.#settings.days);
      this.#plants.set(plantId, { records: newest, energies: new Map() });
    }
  }

  /** Drops the days of all other plants. */
  retain(plantIds: ReadonlySet<string>): void {
    for (const id of this.#plants.keys()) if (!plantIds.has(id)) this.#plants.delete(id);
  }

  /** Plants of which a day is known. */
  #known(): [plantId: string, records: readonly DayRecord[]][] {
    const known = [...this.#plants].filter(([, { records }]) => records.length > 0);
    return known.map(([plantId, { records }]) => [plantId, records]);
  }

  #daysOf(plantId: string): PlantDays {
    const known = this.#plants.get(plantId) ?? { records: [], energies: new Map() };
    this.#plants.set(plantId, known);
    return known;
  }

  async #fetch(context: PollContext, plantId: string, known: PlantDays, date: string): Promise<void> {
    known.retry = { date, at: this.#clock.now() + RETRY_PAUSE };
    const given = await this.#energyOf(context, plantId, known, date);
    const call = curveCall(plantId, date);
    const { value, error } = await this.#calls.attempt(context, call);
    const what = `the daily history of plant ${plantId}`;
    if (error) {
      const pause = this.#calls.pauseLeft(call) || RETRY_PAUSE;
      known.retry = { date, at: this.#clock.now() + pause };
      const problem = `${what} cannot be read: ${error.message}; next attempt in ${formatTime(pause)}`;
      context.report(what, problem, error.kind);
      return;
    }
    known.retry = undefined;
    known.energies.delete(date);
    const statistics = curveStatistics(parseCurve(value, date));
    const gaps = `plant ${plantId} has too few power values on ${date} for a peak and hourly means`;
    context.report(what, statistics ? undefined : gaps);
    // Where the API does not give the day's energy, the curve does.
    const energy = given ?? statistics?.energy;
    const record = { date, energy, peak: statistics?.peak, hourly: [...(statistics?.hourly ?? [])] };
    const others = known.records.filter((other) => other.date !== date);
    known.records = [...others, record].toSorted(byDate).slice(-this.#settings.days);
    if (known.missing)
      known.missing = { ...known.missing, dates: known.missing.dates.filter((other) => other !== date) };
  }

  /** One call gives the energies of a week; days that were integrated meanwhile get the API's energy. */
  async #energyOf(
    context: PollContext,
    plantId: string,
    known: PlantDays,
    date: string,
  ): Promise<number | undefined> {
    const { energies } = known;
    if (energies.has(date)) return energies.get(date);
    const from = addDays(date, 1 - Math.min(ENERGY_SPAN, this.#settings.days));
    const { value, error } = await this.#calls.attempt(context, energiesCall(plantId, from, date));
    if (error?.kind !== 'rate-limited') {
      const what = `plant/energy of plant ${plantId}`;
      const problem = `${what} cannot be read: computing the energy of its days from their power`;
      context.report(what, error && `${problem} (${error.message})`);
    }
    if (!value) return undefined;
    const answer = parseEnergies(value);
    for (const day of datesBetween(from, date)) energies.set(day, answer.get(day));
    known.records = known.records.map((record) => {
      const energy = energies.get(record.date);
      energies.delete(record.date);
      return energy === undefined || energy === record.energy ? record : { ...record, energy };
    });
    return answer.get(date);
  }
}

const byDate = (a: DayRecord, b: DayRecord) => (a.date < b.date ? -1 : 1);

import {
  addDays,
  dateOf,
  ianaZone,
  instantOf,
  instantsOf,
  wallTimeAt,
  type Zone,
} from '../../../base/calendar.ts';
import type { Clock } from '../../../base/clock.ts';
import { type ErrorKind, SourceError } from '../../../base/errors.ts';
import type { HistoryDay, HistoryPlant, HistoryReader } from '../../../model/history.ts';
import type { PollContext } from '../../../model/poll-context.ts';
import type { Reading, SourceEvent } from '../../../model/reading.ts';
import type { AccountCalls } from '../account-calls.ts';
import type { GrowattAccount } from '../accounts.ts';
import type { Call } from '../call.ts';
import type { Discovery } from '../discovery.ts';
import type { Inventory } from '../inventory.ts';
import { listPlantsCall } from '../listings.ts';
import type { Plant } from '../plant.ts';
import { readPlantData } from '../plant-data.ts';
import { Selection } from '../selection.ts';
import { parseGmtZone } from '../zone.ts';
import { curveCall, parseCurve } from './curve.ts';
import { ENERGY_SPAN, energiesCall, parseEnergies } from './energies.ts';
import { historySamples } from './samples.ts';

/** Failures of one call that are no failure of the account. */
const REFUSALS: ReadonlySet<ErrorKind> = new Set(['unauthorized', 'missing', 'refused']);

/** After so many pauses in a row that the cloud asked for, reading fails. */
const MOST_PAUSES = 6;

/** Reads the completed days of one account's plants. */
export class GrowattHistoryReader implements HistoryReader {
  readonly energySpan = ENERGY_SPAN;
  readonly samples = historySamples;
  readonly callSpacing: number;
  readonly chosenPlants: HistoryReader['chosenPlants'];
  readonly #selection: Selection;
  readonly #calls: AccountCalls;
  readonly #clock: Clock;
  readonly #inventory: Inventory;
  readonly #discovery: Discovery;

  constructor(parts: {
    account: GrowattAccount;
    callSpacing: number;
    calls: AccountCalls;
    clock: Clock;
    inventory: Inventory;
    discovery: Discovery;
  }) {
    this.callSpacing = parts.callSpacing;
    this.chosenPlants = parts.account.plants.map(({ id, timezone }) => ({ id, timezone }));
    this.#selection = new Selection(parts.account);
    this.#calls = parts.calls;
    this.#clock = parts.clock;
    this.#inventory = parts.inventory;
    this.#discovery = parts.discovery;
  }

  /** Without plants that are refused or have no known time zone, which are reported. */
  async plants(context: PollContext): Promise<readonly HistoryPlant[]> {
    await this.#insist(context, listPlantsCall, async () => {
      for await (const _event of this.#discovery.plants(context) satisfies AsyncIterable<SourceEvent>);
    });
    const plants: HistoryPlant[] = [];
    for (const plant of this.#inventory.plants) {
      const found = await this.#lookUp(context, plant).catch((error) => {
        const own = error instanceof SourceError && REFUSALS.has(error.kind);
        if (!own) throw error;
        context.report(`plant ${plant.id}`, `skipping plant ${plant.id}: ${error.message}`);
      });
      if (found) plants.push(found);
    }
    return plants;
  }

  async day(context: PollContext, plant: HistoryPlant, date: string): Promise<HistoryDay> {
    const slots = parseCurve(await this.#read(context, curveCall(plant.id, date)), date);
    const zone = this.#zoneOf(plant);
    const curve: [number, number][] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const { wall, watts } of slots) {
      // In the repeated hour the order of the slots tells the first pass from the second.
      const at = instantsOf(zone, wall).find((instant) => instant > last);
      if (at === undefined) continue;
      last = at;
      if (watts !== undefined) curve.push([at, watts]);
    }
    return { curve, end: instantOf(zone, Date.parse(`${addDays(date, 1)}T00:00:00Z`)) - 1000 };
  }

  /** Without any days where the cloud refuses the call: then energies are computed from the power curve. */
  async energies(context: PollContext, { id }: HistoryPlant, from: string, to: string) {
    const answer = await this.#read(context, energiesCall(id, from, to)).catch((error) => {
      const isRefusal = error instanceof SourceError && REFUSALS.has(error.kind);
      if (!isRefusal) throw error;
      context.report(
        `plant/energy of plant ${id}`,
        `the cloud refuses plant/energy of plant ${id}: computing the energy of its days from their power (${error.message})`,
      );
    });
    return answer ? parseEnergies(answer) : new Map<string, number>();
  }

  async #lookUp(context: PollContext, plant: Plant): Promise<HistoryPlant> {
    const { id, listed } = plant;
    const data = readPlantData(id, await this.#read(context, plant.dataCall));
    if (data) plant.locate(data.gmtZone);
    const { zone } = plant;
    const timezone = this.#selection.timezoneOf(id);
    if (!zone) throw new SourceError('refused', 'its time zone is unknown: set plants[].timezone');
    const problem = `plant ${id} is read as ${plant.gmtZone}, without daylight saving: if its clocks change, set plants[].timezone`;
    context.report(`the time zone of plant ${id}`, zone.fixed ? problem : undefined);
    const today = dateOf(wallTimeAt(zone, this.#clock.now()));
    return {
      id,
      name: listed?.name || id,
      zone: timezone ?? plant.gmtZone ?? '',
      created: listed?.created,
      today,
      total: data && totalBefore(data.reading, today),
    };
  }

  /** @throws SourceError when the plant was looked up with another configuration */
  #zoneOf({ id, zone: name }: HistoryPlant): Zone {
    const zone = this.#selection.timezoneOf(id) === name ? ianaZone(name) : parseGmtZone(name);
    if (!zone)
      throw new SourceError('refused', `the time zone ${name} of plant ${id} is no longer configured`);
    return zone;
  }

  #read(context: PollContext, call: Call): Promise<Record<string, unknown>> {
    return this.#insist(context, call, async () => {
      const { value, error } = await this.#calls.attempt(context, call);
      if (error) throw error;
      return value;
    });
  }

  /** Makes a call, and makes it again after each pause that the cloud asks for. */
  async #insist<T>(context: PollContext, call: Call, attempt: () => Promise<T>): Promise<T> {
    for (let pauses = 0; ; pauses++) {
      this.#calls.retryLimited();
      try {
        return await attempt();
      } catch (error) {
        const limited = error instanceof SourceError && error.kind === 'rate-limited';
        if (!limited || pauses >= MOST_PAUSES) throw error;
        await this.#clock.sleep(this.#calls.pauseLeft(call), context.signal);
      }
    }
  }
}

/**
 * The lifetime total counts up to the last upload. Once the day of that upload is over, it is that day's end;
 * today's energy, which the cloud keeps or resets at midnight as it likes, then does not matter.
 */
function totalBefore({ values, wallTime }: Reading, today: string): HistoryPlant['total'] {
  const value = (metric: string) => values.find((given) => given.metric === metric)?.value;
  const kwh = value('growatt_plant_energy_total_kwh');
  const since = value('growatt_plant_energy_today_kwh');
  const date = wallTime === undefined ? today : dateOf(wallTime);
  if (kwh === undefined) return undefined;
  if (date < today) return { kwh, before: addDays(date, 1) };
  return since === undefined ? undefined : { kwh: Math.round((kwh - since) * 1000) / 1000, before: date };
}

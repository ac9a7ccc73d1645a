import { dateOf, instantsOf, wallTimeAt } from '../../../calendar.ts';
import type { Clock } from '../../../clock.ts';
import { SourceError } from '../../../errors.ts';
import type { Past, PastPlant, Step, Turn } from '../../source.ts';
import type { Call, Calls } from '../calls.ts';
import type { Inventory } from '../inventory.ts';
import { type Lister, plantDataCall } from '../lister.ts';
import { readPlantData } from '../plant-data.ts';
import { curveCall, energiesCall } from './calls.ts';
import { parseCurve, type Slot } from './curve.ts';
import { ENERGY_SPAN, parseEnergies } from './energies.ts';

/** So many pauses in a row that the cloud asked for, and the run is given up. */
const MOST_PAUSES = 6;

/** The past of one Growatt account. */
export class GrowattPast implements Past {
  readonly energySpan = ENERGY_SPAN;
  readonly #calls: Calls;
  readonly #clock: Clock;
  readonly #inventory: Inventory;
  readonly #lister: Lister;

  constructor(parts: { calls: Calls; clock: Clock; inventory: Inventory; lister: Lister }) {
    this.#calls = parts.calls;
    this.#clock = parts.clock;
    this.#inventory = parts.inventory;
    this.#lister = parts.lister;
  }

  async plants(turn: Turn): Promise<readonly PastPlant[]> {
    for await (const _step of this.#lister.plants(turn) satisfies AsyncIterable<Step>);
    const plants: PastPlant[] = [];
    for (const plant of this.#inventory.plants) {
      const envelope = await this.#insist(turn, plantDataCall(plant));
      const data = readPlantData(plant.id, envelope);
      if (data) this.#inventory.locate(plant, data.gmt);
      const { id, zone, listed } = plant;
      if (!zone)
        throw new SourceError('refused', `the time zone of plant ${id} is unknown: set plants[].timezone`);
      if (zone.fixed) {
        const problem = `plant ${id} is read as ${plant.gmt}, without daylight saving: where there is one, set plants[].timezone`;
        turn.note(`time zone of plant ${id}`, problem);
      }
      const value = (metric: string) => data?.reading.values.find((given) => given.metric === metric)?.value;
      const total = value('growatt_plant_energy_total_kwh');
      const today = value('growatt_plant_energy_today_kwh');
      plants.push({
        id,
        zone,
        name: listed?.name || id,
        created: listed?.created,
        total:
          total !== undefined && today !== undefined ? Math.round((total - today) * 1000) / 1000 : undefined,
        // "Today" is the day of the last upload, which at night may be over.
        today: dateOf(data?.reading.wallTime ?? wallTimeAt(zone, this.#clock.now())),
      });
    }
    return plants;
  }

  async curve(turn: Turn, { id, zone }: PastPlant, date: string) {
    const slots = parseCurve(await this.#insist(turn, curveCall(id, date)), date);
    let last = Number.NEGATIVE_INFINITY;
    return slots.flatMap(({ wall, watts }: Slot) => {
      // In the repeated hour the order of the slots tells the first pass from the second.
      const at = instantsOf(zone, wall).find((instant) => instant > last);
      if (at === undefined) return [];
      last = at;
      return watts === undefined ? [] : [[at, watts] as const];
    });
  }

  async energies(turn: Turn, { id }: PastPlant, from: string, to: string) {
    return parseEnergies(await this.#insist(turn, energiesCall(id, from, to)));
  }

  /** Makes a call, and makes it again after each pause that the cloud asks for. */
  async #insist(turn: Turn, call: Call): Promise<Record<string, unknown>> {
    for (let pauses = 0; ; pauses++) {
      this.#calls.begin();
      const { value, error } = await this.#calls.attempt(turn, call);
      if (value) return value;
      if (error.kind !== 'rate-limited' || pauses >= MOST_PAUSES) throw error;
      await this.#clock.sleep(this.#calls.pauseLeft(call), turn.signal);
    }
  }
}

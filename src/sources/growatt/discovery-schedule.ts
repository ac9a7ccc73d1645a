import { formatTime } from '../../base/duration.ts';
import type { AccountCalls } from './account-calls.ts';
import type { GrowattIntervals } from './accounts.ts';
import type { Call } from './call.ts';
import type { Device } from './device.ts';
import type { Inventory } from './inventory.ts';
import { listPlantsCall, listV4Call } from './listings.ts';

/** Beyond so many plants, what is called plant by plant is called that much more rarely. */
const MANY_PLANTS = 100;
/** At night lists change as rarely as readings do. */
const NIGHT_FACTOR = 4;

/** The intervals of the calls that list plants and devices and read figures of plants, in milliseconds. */
export class DiscoverySchedule {
  readonly #settings: GrowattIntervals;
  readonly #calls: Pick<AccountCalls, 'wait'>;
  readonly #inventory: Pick<Inventory, 'plants' | 'asleep' | 'plant' | 'isInV4'>;

  constructor(
    settings: GrowattIntervals,
    calls: Pick<AccountCalls, 'wait'>,
    inventory: Pick<Inventory, 'plants' | 'asleep' | 'plant' | 'isInV4'>,
  ) {
    this.#settings = settings;
    this.#calls = calls;
    this.#inventory = inventory;
  }

  /** Of the list of plants, and of the v4 list. */
  get listInterval(): number {
    return this.#settings.discoveryInterval * (this.#inventory.asleep() ? NIGHT_FACTOR : 1);
  }

  /** Of the lists of one plant. */
  get plantListInterval(): number {
    return this.listInterval * this.#factor;
  }

  /** Of the figures of one plant. */
  get plantDataInterval(): number {
    return this.#settings.plantInterval * this.#factor;
  }

  /** For people, of a plant that is skipped: `until the next discovery (in 3 h)`. */
  untilPlantsListed(): string {
    return this.#until(listPlantsCall, this.listInterval);
  }

  /** For people, of a device that is skipped. */
  untilListed({ sn, plantId, family, bus }: Device): string {
    if (this.#inventory.isInV4(sn)) return this.#until(listV4Call, this.listInterval);
    const plant = this.#inventory.plant(plantId);
    const busOf = plant?.buses.find(
      ({ kind, dataloggerSn }) => kind.family === family && dataloggerSn === bus?.datalog_sn,
    );
    const call = busOf?.listCall ?? plant?.listDevicesCall;
    return call ? this.#until(call, this.plantListInterval) : this.untilPlantsListed();
  }

  #until(call: Call, interval: number): string {
    const wait = this.#calls.wait(call, interval);
    return `until the next discovery (${wait > 0 ? `in ${formatTime(wait)}` : 'due now'})`;
  }

  get #factor(): number {
    return Math.max(1, this.#inventory.plants.length / MANY_PLANTS);
  }
}

import type { Clock } from '../../base/clock.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { SourceEvent } from '../../model/reading.ts';
import type { AccountAccess } from './account-access.ts';
import type { AccountCalls } from './account-calls.ts';
import type { Discovery } from './discovery.ts';
import type { DiscoverySchedule } from './discovery-schedule.ts';
import { DueCalls } from './due-calls.ts';
import type { DailyHistory } from './history/daily.ts';
import type { Inventory } from './inventory.ts';
import { listPlantsCall, listV4Call } from './listings.ts';
import type { LiveReader } from './live-reader.ts';
import type { Plant } from './plant.ts';

export interface BackgroundOptions {
  readonly calls: AccountCalls;
  readonly inventory: Inventory;
  readonly schedule: DiscoverySchedule;
  readonly discovery: Discovery;
  readonly access: AccountAccess;
  readonly live: LiveReader;
  readonly history: DailyHistory;
  readonly clock: Clock;
  /** Whether the v4 API is used. */
  readonly v4: boolean;
  /** Least time between two calls, in milliseconds. */
  readonly callSpacing: number;
}

/** One call that may wait for the time between two polls. */
type Task = (context: PollContext) => AsyncGenerator<SourceEvent>;

const isWanted = ({ skipped }: Plant) => !skipped;

/** Devices that were just found are read at once when so many wait, or the first has waited so long. */
const MANY_FOUND = 100;
const LONGEST_WAIT = 20_000;

/** The work of one account that can wait: lists, figures of plants, completed days, and first readings of new devices. */
export class BackgroundWork {
  readonly #options: BackgroundOptions;
  readonly #lists: DueCalls<Plant>;
  readonly #data: DueCalls<Plant>;

  constructor(options: BackgroundOptions) {
    this.#options = options;
    this.#lists = new DueCalls(options.calls, ({ listDevicesCall }) => listDevicesCall);
    this.#data = new DueCalls(options.calls, ({ dataCall }) => dataCall);
  }

  /** Does what is due, the most overdue first, until `deadline` (milliseconds since the epoch). */
  async *run(context: PollContext, deadline: number): AsyncGenerator<SourceEvent> {
    const { clock, callSpacing, live, inventory } = this.#options;
    let foundAt: number | undefined;
    const hasTime = () => clock.now() + callSpacing < deadline;
    // One call in any case: where the live calls fill the interval, there would never be time for another.
    for (let calls = 0; calls === 0 || hasTime(); calls++) {
      const task = this.#nextTask();
      const found = inventory.unread();
      if (found.length > 0) {
        foundAt ??= clock.now();
        const waited = clock.now() - foundAt >= LONGEST_WAIT;
        if (!task || waited || found.length >= MANY_FOUND) {
          yield* live.read(context, found);
          foundAt = undefined;
          continue;
        }
      }
      if (!task) return;
      yield* task(context);
    }
  }

  /** When the next completed day can be read, milliseconds since the epoch. */
  nextAt(): number {
    const { inventory, history } = this.#options;
    return Math.min(...inventory.plants.map((plant) => history.nextRelease(plant)));
  }

  /** The call that is most overdue, measured in its own intervals; undefined when none is due. */
  #nextTask(): Task | undefined {
    const { calls, inventory, schedule, discovery, access, clock, v4 } = this.#options;
    const { listInterval, plantListInterval, plantDataInterval } = schedule;
    const asleep = inventory.asleep();
    const now = clock.now();
    let chosen: Task | undefined;
    let most = 0;
    // Of calls that were never made, the first to be considered is chosen: devices have to be found before all else.
    const consider = (overdue: number, task: Task) => {
      if (overdue < 1 || overdue <= most) return;
      chosen = task;
      most = overdue;
    };
    consider(calls.overdue(listPlantsCall, listInterval), (context) => access.listPlants(context));
    const list = this.#lists.next(inventory.plants, plantListInterval, now, isWanted);
    if (list) consider(list.overdue, (context) => discovery.devices(context, list.item));
    // After the lists of devices, which show the plants of those in v4.
    if (v4) consider(calls.overdue(listV4Call, listInterval), (context) => discovery.v4(context));
    for (const { plant, bus } of inventory.buses)
      if (isWanted(plant))
        consider(calls.overdue(bus.listCall, plantListInterval), (context) =>
          discovery.bus(context, plant, bus),
        );
    // Nothing in it changes while everything sleeps.
    const needsData = (plant: Plant) => isWanted(plant) && !plant.dataSkipped && !(asleep && plant.dataRead);
    const data = this.#data.next(inventory.plants, plantDataInterval, now, needsData);
    if (data) consider(data.overdue, (context) => discovery.plantData(context, data.item));
    return chosen ?? this.#nextDay();
  }

  /** Completed days come last, the newest of all plants first. */
  #nextDay(): Task | undefined {
    const { inventory, history } = this.#options;
    let chosen: Task | undefined;
    let newest = '';
    for (const plant of inventory.plants) {
      const date = plant.skipped ? undefined : history.missing(plant);
      if (date === undefined || date <= newest) continue;
      newest = date;
      chosen = (context) => history.fetch(context, plant.id, date);
    }
    return chosen;
  }
}

import { SourceError } from '../../base/errors.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { SourceEvent } from '../../model/reading.ts';
import type { DiscoveryEntry, OnProgress } from '../../model/source.ts';
import type { AccountAccess } from './account-access.ts';
import { type Device, isReadable } from './device.ts';
import type { Discovery } from './discovery.ts';
import { discoveryEntriesOf } from './entities.ts';
import type { Inventory } from './inventory.ts';
import type { LiveReader } from './live-reader.ts';
import type { Bus, Plant } from './plant.ts';

export interface AccountLookupOptions {
  readonly access: AccountAccess;
  readonly discovery: Discovery;
  readonly inventory: Inventory;
  readonly live: LiveReader;
  /** Whether the v4 API is read too. */
  readonly v4: boolean;
}

/** Plants whose devices are read for a recording of all devices: more of them show nothing new. */
const MOST_PLANTS = 10;

/** What the commands `discover` and `capture` ask of an account, outside of polls. */
export class AccountLookup {
  readonly #options: AccountLookupOptions;

  constructor(options: AccountLookupOptions) {
    this.#options = options;
  }

  /** Lists all plants and devices. @throws SourceError */
  async discover(context: PollContext, onProgress?: OnProgress): Promise<readonly DiscoveryEntry[]> {
    const { inventory, v4 } = this.#options;
    let done = 0;
    // The plants, and at least one list of devices.
    let expected = 2 + Number(v4);
    const made = (calls: number) => {
      done += calls;
      onProgress?.({ done, expected });
    };
    made(0);
    await this.#listPlants(context);
    const { plants } = inventory;
    expected = 1 + plants.length + Number(v4);
    made(1);
    for (const plant of plants) {
      await drain(this.#options.discovery.devices(context, plant));
      expected += plant.buses.length;
      made(1);
      for (const bus of plant.buses) {
        await drain(this.#options.discovery.bus(context, plant, bus));
        made(1);
      }
    }
    if (v4) {
      await drain(this.#options.discovery.v4(context));
      made(1);
    }
    return discoveryEntriesOf(inventory.plants, inventory.devices);
  }

  /**
   * Makes the calls that show how the account answers: its lists, and the live values and plant of one device, or
   * of all devices of the first plants.
   * @throws SourceError, of kind `missing` when the account does not have the device
   */
  async capture(context: PollContext, sn: string | undefined): Promise<readonly DiscoveryEntry[]> {
    const { discovery, inventory, live } = this.#options;
    await this.#listPlants(context);
    const devices = await this.#find(context, sn);
    if (sn !== undefined && devices.length === 0) {
      const message = `the account has no device ${sn}: discover lists its devices`;
      throw new SourceError('missing', message);
    }
    const plant = inventory.plants.find(({ id }) => id === (devices[0]?.plantId ?? id));
    // With the time zone, without which the time of a reading says little.
    if (plant) await drain(discovery.plantData(context, plant));
    await drain(live.read(context, devices.filter(isReadable)));
    return discoveryEntriesOf([], devices);
  }

  /** Lists devices until the one with this serial number is found; without one, those of the first plants. */
  async #find(context: PollContext, sn: string | undefined): Promise<readonly Device[]> {
    const { discovery, inventory, v4 } = this.#options;
    const found = () => inventory.devices.filter((device) => sn === undefined || device.sn === sn);
    const isEnough = () => sn !== undefined && found().some(isReadable);
    const plants = sn === undefined ? inventory.plants.slice(0, MOST_PLANTS) : inventory.plants;
    for (const plant of plants) {
      await drain(discovery.devices(context, plant));
      await this.#listBuses(
        context,
        plant,
        (bus) => sn === undefined || sn.startsWith(`${bus.dataloggerSn}-`),
      );
      if (isEnough()) return found();
    }
    if (v4) await drain(discovery.v4(context));
    return found();
  }

  async #listPlants(context: PollContext): Promise<void> {
    await drain(this.#options.access.listPlants(context));
  }

  /** @param wanted what is behind a datalogger is called by the datalogger's serial number and an address */
  async #listBuses(context: PollContext, plant: Plant, wanted: (bus: Bus) => boolean): Promise<void> {
    for (const bus of plant.buses.filter(wanted))
      await drain(this.#options.discovery.bus(context, plant, bus));
  }
}

async function drain(events: AsyncIterable<SourceEvent>): Promise<void> {
  for await (const _event of events);
}

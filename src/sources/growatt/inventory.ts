import type { GrowattAccount } from '../../config/config.ts';
import { type Entity, type Reading, SLEEP_AFTER, type Zone } from '../source.ts';
import type { ListedDevice, ListedPlant, Page } from './discovery.ts';
import { type Family, families } from './families/index.ts';
import { ianaZone } from './zone.ts';

export interface Plant {
  readonly id: string;
  listed: ListedPlant | undefined;
  zone: Zone | undefined;
  devices: Device[];
  /** Why it is left alone until the next listing of plants. */
  refused: boolean;
  /** Its list of devices came back empty once, which the cloud does by mistake. */
  emptyOnce: boolean;
}

export interface Device {
  readonly sn: string;
  readonly plantId: string;
  readonly family: Family | undefined;
  listed: ListedDevice;
  /** Optional parts (PV inputs, phases, battery, grid) that were ever seen to be there. */
  readonly parts: Set<string>;
  /** Its own clock in the last answer, and when the agent first saw that. */
  wall: { readonly time: number; readonly seenAt: number } | undefined;
  tried: boolean;
  /** Left alone until its plant's devices are listed again. */
  refused: boolean;
  /** A batch with it was refused: read by its own call, to tell which one is the cause. */
  solo: boolean;
}

/** The plants and devices of one account, as far as they are listed and chosen. */
export class Inventory {
  readonly #account: GrowattAccount;
  #plants = new Map<string, Plant>();
  #emptyOnce = false;

  constructor(account: GrowattAccount) {
    this.#account = account;
    for (const { id } of account.plants) this.#plants.set(id, this.#plant(id));
  }

  get plants(): readonly Plant[] {
    return [...this.#plants.values()];
  }

  get devices(): readonly Device[] {
    return this.plants.flatMap((plant) => plant.devices);
  }

  /** Devices that live calls are made for. */
  get readable(): readonly Device[] {
    return this.devices.filter((device) => device.family && !device.refused);
  }

  /** True while there is something to read and all of it sleeps. */
  asleep(now: number): boolean {
    const readable = this.readable;
    return readable.length > 0 && readable.every(({ wall }) => wall && now - wall.seenAt >= SLEEP_AFTER);
  }

  /**
   * Takes a complete list of plants. An empty one is believed only the second time; chosen plants are kept
   * even when not listed, since some tokens list none.
   * @returns ids that are chosen but not listed
   */
  listPlants(page: Page<ListedPlant>): readonly string[] {
    const chosen = new Set(this.#account.plants.map(({ id }) => id));
    const doubtful = page.rows.length === 0 && this.#plants.size > 0 && !this.#emptyOnce;
    this.#emptyOnce = page.rows.length === 0;
    if (doubtful) return [];
    const listed = new Map(page.rows.map((row) => [row.id, row]));
    const ids = chosen.size > 0 ? [...chosen] : [...listed.keys()];
    this.#plants = new Map(
      ids.map((id) => {
        const plant = this.#plants.get(id) ?? this.#plant(id);
        plant.listed = listed.get(id) ?? plant.listed;
        plant.refused = false;
        return [id, plant];
      }),
    );
    return ids.filter((id) => !listed.has(id));
  }

  /** Takes the complete list of a plant's devices; one that is empty or short of its own count is doubted once. */
  listDevices(plant: Plant, page: Page<ListedDevice>): void {
    const short = page.rows.length < page.count || page.rows.length === 0;
    const doubtful = short && plant.devices.length > page.rows.length && !plant.emptyOnce;
    plant.emptyOnce = short;
    if (doubtful) return;
    const before = new Map(plant.devices.map((device) => [device.sn, device]));
    const choice = this.#account.plants.find(({ id }) => id === plant.id);
    const wanted = new Set(choice?.deviceSns ?? this.#account.deviceSns);
    const rows = new Map<string, ListedDevice>();
    for (const row of page.rows) {
      // A MAX may be listed twice, as type 1 and type 4: the more specific one counts.
      const twin = rows.get(row.sn);
      if (!twin || (row.type === 4 && twin.type === 1)) rows.set(row.sn, row);
    }
    plant.devices = [...rows.values()]
      .filter(({ sn }) => wanted.size === 0 || wanted.has(sn))
      .map((row) => {
        const known = before.get(row.sn);
        const device = known?.listed.type === row.type ? known : newDevice(plant.id, row);
        device.listed = row;
        device.refused = false;
        return device;
      });
  }

  /** The whole account was refused and is accepted again: whatever was refused meanwhile was not to blame. */
  forgive(): void {
    for (const plant of this.plants) plant.refused = false;
    for (const device of this.devices) device.refused = false;
  }

  dropPlant(plant: Plant): void {
    this.#plants.delete(plant.id);
  }

  dropDevice(device: Device): void {
    const plant = this.#plants.get(device.plantId);
    if (plant) plant.devices = plant.devices.filter((other) => other !== device);
  }

  /** All entities that exist now, for the store. */
  entities(): Entity[] {
    const { name } = this.#account;
    return [
      { id: 'account', labels: { account: name }, up: 'growatt_account_up' },
      ...this.plants.flatMap(({ id, zone, devices }): Entity[] => {
        const labels = { plant_id: id };
        const place = zone ? { zone } : {};
        return [
          { id: plantEntity(id), labels, up: 'growatt_up' },
          { id: infoEntity(plantEntity(id)), labels },
          { id: dataEntity(id), labels, parent: plantEntity(id), ...place },
          ...devices.flatMap(({ sn }): Entity[] => {
            const both = { plant_id: id, device_sn: sn };
            return [
              { id: deviceEntity(sn), labels: both, parent: plantEntity(id), clocked: true, ...place },
              { id: infoEntity(deviceEntity(sn)), labels: both },
            ];
          }),
        ];
      }),
    ];
  }

  /** Names and models, which change only with a listing. */
  information(): Reading[] {
    return this.plants.flatMap(({ id, listed, devices }): Reading[] => [
      ...(listed ? [plantReading(id, listed)] : []),
      ...devices.map(({ sn, family, listed: { model } }): Reading => {
        const labels = { device_type: family?.word ?? 'unknown', model };
        return {
          entity: infoEntity(deviceEntity(sn)),
          values: [{ metric: 'growatt_device_info', value: 1, labels }],
        };
      }),
    ]);
  }

  #plant(id: string): Plant {
    const { timezone } = this.#account.plants.find((choice) => choice.id === id) ?? {};
    const zone = timezone ? ianaZone(timezone) : undefined;
    return { id, listed: undefined, zone, devices: [], refused: false, emptyOnce: false };
  }
}

export const plantEntity = (id: string) => `plant/${id}`;
export const dataEntity = (id: string) => `plant/${id}/data`;
export const deviceEntity = (sn: string) => `device/${sn}`;
const infoEntity = (entity: string) => `${entity}/info`;

function newDevice(plantId: string, listed: ListedDevice): Device {
  const family = families.get(listed.type);
  const parts = new Set(family?.parts);
  const wall = undefined;
  return { sn: listed.sn, plantId, family, listed, parts, wall, tried: false, refused: false, solo: false };
}

function plantReading(id: string, plant: ListedPlant): Reading {
  const { name, location, peakPowerKw, status } = plant;
  const labels = { plant_name: name, location, peak_power_kw: peakPowerKw };
  return {
    entity: infoEntity(plantEntity(id)),
    values: [
      { metric: 'growatt_plant_info', value: 1, labels },
      ...(status === undefined ? [] : [{ metric: 'growatt_plant_status', value: status }]),
    ],
  };
}

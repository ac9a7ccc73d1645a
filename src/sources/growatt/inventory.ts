import { limits } from '../../model/limits.ts';
import type { GrowattAccount } from './accounts.ts';
import { type Device, isAsleep, isReadable, keepKnown, newDevice } from './device.ts';
import { v4Families } from './families/v4.ts';
import {
  ListCheck,
  type ListedBusDevice,
  type ListedDevice,
  type ListedPlant,
  type ListedV4Device,
  type Page,
} from './listings.ts';
import { type Bus, Plant, type PlantBus } from './plant.ts';
import { Selection } from './selection.ts';
import { type InventorySnapshot, restoredDevice, storedDevice } from './snapshot.ts';

/** The plants and devices of one account, as far as they are listed and chosen. */
export class Inventory {
  readonly #selection: Selection;
  readonly #readsV4: boolean;
  readonly #listCheck = new ListCheck();
  #plantsById = new Map<string, Plant>();
  #v4Devices: readonly Device[] = [];
  /** Whether devices of the last list were left out, since there are too many. */
  isFull = false;
  /** Made anew after each change. */
  #plants: readonly Plant[] | undefined;
  #devices: readonly Device[] | undefined;
  #buses: readonly PlantBus[] | undefined;
  /** Devices that were found, of which some may have been read since. */
  readonly #found = new Set<Device>();

  constructor(account: GrowattAccount) {
    this.#selection = new Selection(account);
    this.#readsV4 = account.v4;
    for (const id of this.#selection.plantIds) this.#plantsById.set(id, new Plant(id, this.#selection));
  }

  /** The same object until a plant is added or removed. */
  get plants(): readonly Plant[] {
    this.#plants ??= [...this.#plantsById.values()];
    return this.#plants;
  }

  plant(id: string): Plant | undefined {
    return this.#plantsById.get(id);
  }

  get devices(): readonly Device[] {
    this.#devices ??= [...this.#visible(this.plants.flatMap(({ devices }) => devices)), ...this.#v4Devices];
    return this.#devices;
  }

  devicesOf(plant: Plant): readonly Device[] {
    const v4Devices = this.#v4Devices.filter(({ plantId }) => plantId === plant.id);
    return [...this.#visible(plant.devices), ...v4Devices];
  }

  /** Devices that live calls are made for. */
  get readable(): readonly Device[] {
    return this.devices.filter(isReadable);
  }

  /** Where things on buses have to be looked up, in all plants. */
  get buses(): readonly PlantBus[] {
    this.#buses ??= this.plants.flatMap((plant) => plant.buses.map((bus) => ({ plant, bus })));
    return this.#buses;
  }

  /** Devices that were found and never read. */
  unread(): readonly Device[] {
    for (const device of this.#found) if (device.attempted) this.#found.delete(device);
    return [...this.#found].filter(isReadable);
  }

  /** True while there is something to read and all of it sleeps. */
  asleep(): boolean {
    let some = false;
    for (const device of this.#all()) {
      if (!isReadable(device)) continue;
      if (!isAsleep(device)) return false;
      some = true;
    }
    return some;
  }

  /** Whether the v4 API lists a device. */
  isInV4(sn: string): boolean {
    return this.#v4Devices.some((device) => device.sn === sn);
  }

  /** Takes the complete list of plants, if it is believed. @returns ids that are chosen but not listed */
  listPlants(page: Page<ListedPlant>): readonly string[] {
    if (!this.#listCheck.believes(page, this.#plantsById.size)) return [];
    const listed = new Map(page.rows.map((row) => [row.id, row]));
    const chosen = this.#selection.plantIds;
    // Chosen plants are kept even when not listed: some tokens list none.
    const ids = chosen.length > 0 ? chosen : [...listed.keys()];
    const before = this.plants;
    this.#plantsById = new Map(
      ids.map((id) => {
        const plant = this.#plantsById.get(id) ?? new Plant(id, this.#selection);
        plant.listed = listed.get(id) ?? plant.listed;
        plant.skipped = plant.dataSkipped = false;
        return [id, plant];
      }),
    );
    for (const plant of before) if (!this.#plantsById.has(plant.id)) this.#forget(plant.devices);
    this.#plants = undefined;
    this.#changed();
    return ids.filter((id) => !listed.has(id));
  }

  /** Takes the complete list of a plant's devices. */
  listDevices(plant: Plant, page: Page<ListedDevice>): void {
    const rows = this.#fitting(page.rows, plant.listedDevices.length);
    this.#forget(plant.devices);
    plant.listDevices(rows === page.rows ? page : { count: rows.length, rows });
    this.#find(plant.devices);
    this.#changed();
  }

  /** Takes the complete list of one bus of a plant. */
  listBus(plant: Plant, bus: Bus, rows: readonly ListedBusDevice[]): void {
    this.#forget(plant.devices);
    plant.listBus(bus, this.#fitting(rows, plant.busDevices.length));
    this.#find(plant.devices);
    this.#changed();
  }

  /** Takes the complete v4 list, which names no plants. */
  listV4(rows: readonly ListedV4Device[]): void {
    const found = this.#fitting(rows, this.#v4Devices.length).flatMap(({ sn, word, dataloggerSn }) => {
      const family = v4Families.get(word);
      if (!family) return [];
      const listed = { sn, type: 0, model: '', dataloggerSn, lost: false, lastUpdate: '' };
      return [newDevice(this.#plantOfV4(sn, dataloggerSn), listed, { family })];
    });
    this.#forget(this.#v4Devices);
    this.#v4Devices = keepKnown(
      this.#v4Devices,
      found.filter(({ plantId, sn }) => this.#selection.includesDevice(plantId, sn)),
    );
    this.#find(this.#v4Devices);
    this.#changed();
  }

  /** The whole account was refused and is accepted again: so is what was refused meanwhile. */
  endSkipping(): void {
    for (const plant of this.plants) plant.skipped = plant.dataSkipped = false;
    for (const device of this.devices) device.skipped = false;
  }

  dropPlant(plant: Plant): void {
    this.#plantsById.delete(plant.id);
    this.#forget(plant.devices);
    this.#plants = undefined;
    this.#changed();
  }

  dropDevice(device: Device): void {
    this.#v4Devices = this.#v4Devices.filter((other) => other !== device);
    this.#plantsById.get(device.plantId)?.drop(device);
    this.#forget([device]);
    this.#changed();
  }

  snapshot(): InventorySnapshot {
    return {
      plants: this.plants.map(({ id, listed, gmtZone, listedDevices, busDevices }) => ({
        id,
        listed,
        gmtZone,
        devices: listedDevices.map(storedDevice),
        busDevices: busDevices.map(storedDevice),
      })),
      v4: this.#v4Devices.map(storedDevice),
    };
  }

  /** Restores the plants and devices of an earlier run, as far as they are still chosen. */
  restore({ plants, v4 }: InventorySnapshot): void {
    for (const { id, listed, gmtZone, devices, busDevices } of plants) {
      if (!this.#selection.includesPlant(id)) continue;
      const plant = new Plant(id, this.#selection);
      plant.listed = listed;
      if (gmtZone !== undefined) plant.locate(gmtZone);
      plant.restoreDevices(devices.map(restoredDevice), busDevices.map(restoredDevice));
      this.#plantsById.set(id, plant);
    }
    const chosen = ({ plantId, sn }: Device) => this.#selection.includesDevice(plantId, sn);
    if (this.#readsV4) this.#v4Devices = v4.map(restoredDevice).filter(chosen);
    this.#plants = undefined;
    this.#changed();
  }

  /** The rows that there is room for. @param known how many devices they replace at most */
  #fitting<T>(rows: readonly T[], known: number): readonly T[] {
    const all = this.plants.map(({ listedDevices, busDevices }) => listedDevices.length + busDevices.length);
    const others = all.reduce((sum, count) => sum + count, this.#v4Devices.length) - known;
    const room = Math.max(0, limits.devices.most - others);
    this.isFull = rows.length > room;
    return this.isFull ? rows.slice(0, room) : rows;
  }

  #changed(): void {
    this.#devices = this.#buses = undefined;
  }

  #find(devices: readonly Device[]): void {
    for (const device of devices) if (!device.attempted) this.#found.add(device);
  }

  #forget(devices: readonly Device[]): void {
    for (const device of devices) this.#found.delete(device);
  }

  /** All devices, those included that only v4 can read, without a list of them being made. */
  *#all(): Iterable<Device> {
    for (const plant of this.#plantsById.values()) yield* plant.devices;
    yield* this.#v4Devices;
  }

  /** Without devices of the v1 list that only v4 can read. */
  #visible(devices: readonly Device[]): readonly Device[] {
    if (this.#v4Devices.length === 0) return devices;
    const inV4 = new Set(this.#v4Devices.map(({ sn }) => sn));
    return devices.filter(({ sn, family }) => family || !inV4.has(sn));
  }

  /** The plant of a device of the v4 list: the one that lists it or its datalogger, or the only one. */
  #plantOfV4(sn: string, dataloggerSn: string): string {
    const [only, ...more] = this.plants;
    const isOf = ({ listed }: Device) =>
      listed.sn === sn || (dataloggerSn !== '' && listed.dataloggerSn === dataloggerSn);
    const host = this.plants.find(({ listedDevices }) => listedDevices.some(isOf));
    return host?.id ?? (more.length === 0 ? (only?.id ?? '') : '');
  }
}

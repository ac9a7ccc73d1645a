import { ianaZone, type Zone } from '../../base/calendar.ts';
import { SLEEP_AFTER } from '../../model/reading.ts';
import { type Device, familyNamed, isReadable, newDevice } from './device.ts';
import { BUS_TYPE, type BusFamily, busFamilies } from './families/bus.ts';
import { v4Families } from './families/v4.ts';
import type { ListedBusDevice, ListedDevice, ListedPlant, ListedV4Device, Page } from './listings.ts';
import type { GrowattAccount } from './settings.ts';
import type { InventorySnapshot } from './snapshot.ts';
import { parseGmtZone } from './zone.ts';

export interface Plant {
  readonly id: string;
  listed: ListedPlant | undefined;
  /** Its zone as the cloud writes it, such as `GMT+1`. */
  gmt: string | undefined;
  zone: Zone | undefined;
  /** From `device/list`. */
  devices: Device[];
  /** Looked up behind its dataloggers. */
  busDevices: Device[];
  /** Whether its month and year energy were read since the agent started. */
  dataRead: boolean;
  /** Left alone until the next listing of plants. */
  refused: boolean;
  /** Its list of devices came back empty or incomplete once, which the cloud does by mistake. */
  shortOnce: boolean;
}

/** One datalogger of a plant, and a kind of thing to look up behind it. */
export interface Bus {
  readonly kind: BusFamily;
  readonly dataloggerSn: string;
}

/** The plants and devices of one account, as far as they are listed and chosen. */
export class Inventory {
  readonly #account: GrowattAccount;
  #plants = new Map<string, Plant>();
  #v4: Device[] = [];
  #shortOnce = false;

  constructor(account: GrowattAccount) {
    this.#account = account;
    for (const { id } of account.plants) this.#plants.set(id, this.#newPlant(id));
  }

  get plants(): readonly Plant[] {
    return [...this.#plants.values()];
  }

  get devices(): readonly Device[] {
    const v4 = new Set(this.#v4.map(({ sn }) => sn));
    const v1 = this.plants.flatMap(({ devices, busDevices }) => {
      // "AMMETER" stands for all meters; once they are looked up, it says nothing more.
      const known = new Set(busDevices.map(({ family }) => family));
      return [
        ...devices.filter(({ listed, family }) => listed.type !== BUS_TYPE || !known.has(family)),
        ...busDevices,
      ];
    });
    return [...v1.filter(({ sn, family }) => family || !v4.has(sn)), ...this.#v4];
  }

  /** Devices that live calls are made for. */
  get readable(): readonly Device[] {
    return this.devices.filter(isReadable);
  }

  /** True while there is something to read and all of it sleeps; a cloud that does not answer is no sign of that. */
  asleep(): boolean {
    const readable = this.readable;
    return (
      readable.length > 0 && readable.every(({ wall }) => wall && wall.heardAt - wall.seenAt >= SLEEP_AFTER)
    );
  }

  zoneOf(device: Device): Zone | undefined {
    return this.#plants.get(device.plantId)?.zone;
  }

  /** Learns a plant's zone from the cloud. @returns whether that is news */
  locate(plant: Plant, gmt: string): boolean {
    const zone = plant.zone ? undefined : parseGmtZone(gmt);
    if (!zone) return false;
    plant.gmt = gmt;
    plant.zone = zone;
    return true;
  }

  /** Takes the complete list of plants. @returns ids that are chosen but not listed */
  listPlants({ rows, count }: Page<ListedPlant>): readonly string[] {
    const chosen = new Set(this.#account.plants.map(({ id }) => id));
    // A list that is empty or short of its own count is believed only the second time.
    const short = rows.length < count || rows.length === 0;
    const doubtful = short && this.#plants.size > rows.length && !this.#shortOnce;
    this.#shortOnce = short;
    if (doubtful) return [];
    const listed = new Map(rows.map((row) => [row.id, row]));
    // Chosen plants are kept even when not listed: some tokens list none.
    const ids = chosen.size > 0 ? [...chosen] : [...listed.keys()];
    this.#plants = new Map(
      ids.map((id) => {
        const plant = this.#plants.get(id) ?? this.#newPlant(id);
        plant.listed = listed.get(id) ?? plant.listed;
        plant.refused = false;
        return [id, plant];
      }),
    );
    return ids.filter((id) => !listed.has(id));
  }

  /** Takes the complete list of a plant's devices; one that is empty or short of its own count is doubted once. */
  listDevices(plant: Plant, { rows, count }: Page<ListedDevice>): void {
    const short = rows.length < count || rows.length === 0;
    const doubtful = short && plant.devices.length > rows.length && !plant.shortOnce;
    plant.shortOnce = short;
    if (doubtful) return;
    const bySn = new Map<string, ListedDevice>();
    for (const row of rows) {
      // A MAX may be listed twice, as type 1 and type 4: the more specific one counts.
      const twin = bySn.get(row.sn);
      if (!twin || (row.type === 4 && twin.type === 1)) bySn.set(row.sn, row);
    }
    const wanted = [...bySn.values()].filter(
      ({ sn, type }) => this.#wants(plant.id, sn) || type === BUS_TYPE,
    );
    plant.devices = keepKnown(
      plant.devices,
      wanted.map((row) => newDevice(plant.id, row)),
    );
  }

  /** Where the things on buses of a plant have to be looked up. */
  busesOf(plant: Plant): readonly Bus[] {
    const rows = plant.devices.filter(({ listed }) => listed.type === BUS_TYPE && listed.dataloggerSn !== '');
    return busFamilies.flatMap((kind) => {
      const behind = rows
        .filter(({ family }) => family === kind.family)
        .map(({ listed }) => listed.dataloggerSn);
      return [...new Set(behind)].map((dataloggerSn) => ({ kind, dataloggerSn }));
    });
  }

  listBus(plant: Plant, { kind, dataloggerSn }: Bus, rows: readonly ListedBusDevice[]): void {
    const others = plant.busDevices.filter(
      ({ family, bus }) => family !== kind.family || bus?.datalog_sn !== dataloggerSn,
    );
    const found = rows.map(({ address, model }) => {
      // Serial numbers of meters are not told; datalogger and address are as good.
      const sn = `${dataloggerSn}-${address}`;
      const listed = { sn, type: BUS_TYPE, model, dataloggerSn, lost: false, lastUpdate: '' };
      return newDevice(plant.id, listed, { family: kind.family, bus: { datalog_sn: dataloggerSn, address } });
    });
    const wanted = found.filter(({ sn }) => this.#wants(plant.id, sn));
    plant.busDevices = [...others, ...keepKnown(plant.busDevices, wanted)];
  }

  /** Takes the v4 list, which names no plant: a shared datalogger tells it, or that there is only one. */
  listV4(rows: readonly ListedV4Device[]): void {
    const found = rows.flatMap(({ sn, word, dataloggerSn }) => {
      const family = v4Families.get(word);
      if (!family) return [];
      const listed = { sn, type: 0, model: '', dataloggerSn, lost: false, lastUpdate: '' };
      return [newDevice(this.#plantBehind(sn, dataloggerSn), listed, { family })];
    });
    this.#v4 = keepKnown(
      this.#v4,
      found.filter(({ plantId, sn }) => this.#wants(plantId, sn)),
    );
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
    const without = (devices: Device[]) => devices.filter((other) => other !== device);
    this.#v4 = without(this.#v4);
    for (const plant of this.plants) {
      plant.devices = without(plant.devices);
      plant.busDevices = without(plant.busDevices);
    }
  }

  snapshot(): InventorySnapshot {
    const stored = ({ family, plantId, listed, bus, features, wall }: Device) => ({
      plantId,
      listed,
      word: family?.word,
      bus,
      parts: [...features],
      wall,
    });
    return {
      plants: this.plants.map(({ id, listed, gmt, devices, busDevices }) => ({
        id,
        listed,
        gmt,
        devices: devices.map(stored),
        busDevices: busDevices.map(stored),
      })),
      v4: this.#v4.map(stored),
    };
  }

  /** Puts back what was remembered, as far as it is still chosen. */
  restore({ plants, v4 }: InventorySnapshot): void {
    const restored = ({
      plantId,
      listed,
      bus,
      parts,
      wall,
      word,
    }: InventorySnapshot['v4'][number]): Device => ({
      ...newDevice(plantId, listed, { family: familyNamed(word), bus }),
      features: new Set(parts),
      wall,
    });
    const chosen = ({ sn, plantId, listed }: Device) => listed.type === BUS_TYPE || this.#wants(plantId, sn);
    for (const { id, listed, gmt, devices, busDevices } of plants) {
      if (this.#account.plants.length > 0 && !this.#plants.has(id)) continue;
      const plant = this.#newPlant(id);
      plant.listed = listed;
      if (gmt !== undefined) this.locate(plant, gmt);
      plant.devices = devices.map(restored).filter(chosen);
      plant.busDevices = busDevices.map(restored).filter(({ sn }) => this.#wants(id, sn));
      this.#plants.set(id, plant);
    }
    if (this.#account.v4) this.#v4 = v4.map(restored).filter(chosen);
  }

  #newPlant(id: string): Plant {
    const { timezone } = this.#account.plants.find((choice) => choice.id === id) ?? {};
    return {
      id,
      listed: undefined,
      gmt: undefined,
      zone: timezone ? ianaZone(timezone) : undefined,
      devices: [],
      busDevices: [],
      dataRead: false,
      refused: false,
      shortOnce: false,
    };
  }

  #wants(plantId: string, sn: string): boolean {
    const choice = this.#account.plants.find(({ id }) => id === plantId);
    const wanted = choice && choice.devices.length > 0 ? choice.devices : this.#account.deviceSns;
    return wanted.length === 0 || wanted.includes(sn);
  }

  #plantBehind(sn: string, dataloggerSn: string): string {
    const [only, ...more] = this.plants;
    const host = this.plants.find(({ devices }) =>
      devices.some(
        ({ listed }) => listed.sn === sn || (dataloggerSn !== '' && listed.dataloggerSn === dataloggerSn),
      ),
    );
    return host?.id ?? (more.length === 0 ? (only?.id ?? '') : '');
  }
}

/** What is known of a device outlives a listing; being listed again, it may be asked again. */
function keepKnown(before: readonly Device[], listed: readonly Device[]): Device[] {
  const known = new Map(before.map((device) => [device.sn, device]));
  return listed.map((device) => {
    const old = known.get(device.sn);
    if (!old || old.family !== device.family || old.plantId !== device.plantId) return device;
    old.listed = device.listed;
    old.refused = false;
    return old;
  });
}

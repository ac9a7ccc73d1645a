import { ianaZone, type Zone } from '../../base/calendar.ts';
import { type Call, callOf } from './call.ts';
import { type Device, isPlaceholder, keepKnown, newDevice } from './device.ts';
import { BUS_TYPE, type BusFamily, busFamilies } from './families/bus.ts';
import {
  ListCheck,
  type ListedBusDevice,
  type ListedDevice,
  type ListedPlant,
  listBusCall,
  listDevicesCall,
  type Page,
} from './listings.ts';
import type { Selection } from './selection.ts';
import { parseGmtZone } from './zone.ts';

/** One datalogger of a plant, and one kind of thing to look up on its bus. */
export interface Bus {
  readonly kind: BusFamily;
  readonly dataloggerSn: string;
  readonly listCall: Call;
}

/** A bus and the plant that it is in. */
export interface PlantBus {
  readonly plant: Plant;
  readonly bus: Bus;
}

/** One plant of an account with its devices of the v1 API, as far as they are chosen. */
export class Plant {
  readonly id: string;
  readonly listDevicesCall: Call;
  /** Month and year energy, power and time zone. */
  readonly dataCall: Call;
  listed: ListedPlant | undefined;
  /** Whether its month and year energy were read since the agent started. */
  dataRead = false;
  /** Refused: not listed and not read until the plants are listed again. */
  skipped = false;
  /** `plant/data` was refused, or does not know the plant: not read until the plants are listed again. */
  dataSkipped = false;
  readonly #selection: Selection;
  readonly #listCheck = new ListCheck();
  #gmtZone: string | undefined;
  #zone: Zone | undefined;
  #devices: readonly Device[] = [];
  #busDevices: readonly Device[] = [];
  #buses: readonly Bus[] = [];
  /** Both kinds of devices; made anew after each change. */
  #all: readonly Device[] | undefined;

  constructor(id: string, selection: Selection) {
    this.id = id;
    this.listDevicesCall = listDevicesCall(id);
    this.dataCall = callOf({ method: 'GET', path: 'plant/data' }, { plant_id: id });
    this.#selection = selection;
    const timezone = selection.timezoneOf(id);
    this.#zone = timezone === undefined ? undefined : ianaZone(timezone);
  }

  get zone(): Zone | undefined {
    return this.#zone;
  }

  /** Its zone as the cloud writes it, such as `GMT+1`; undefined while unknown, or where one is configured. */
  get gmtZone(): string | undefined {
    return this.#gmtZone;
  }

  /** Takes the zone that the cloud gives, unless one is known. @returns whether it is new */
  locate(gmtZone: string): boolean {
    const zone = this.#zone ? undefined : parseGmtZone(gmtZone);
    if (!zone) return false;
    this.#gmtZone = gmtZone;
    this.#zone = zone;
    return true;
  }

  /** From `device/list`. */
  get listedDevices(): readonly Device[] {
    return this.#devices;
  }

  /** Looked up on the buses of its dataloggers. */
  get busDevices(): readonly Device[] {
    return this.#busDevices;
  }

  /** All devices, without the rows that stand for meters and sensors once these are looked up. */
  get devices(): readonly Device[] {
    if (this.#all) return this.#all;
    const lookedUp = new Set(this.#busDevices.map(({ family }) => family));
    this.#all = [
      ...this.#devices.filter((device) => !isPlaceholder(device) || !lookedUp.has(device.family)),
      ...this.#busDevices,
    ];
    return this.#all;
  }

  /** Where things on buses have to be looked up. */
  get buses(): readonly Bus[] {
    return this.#buses;
  }

  /** Takes the complete list of its devices, if it is believed. */
  listDevices(page: Page<ListedDevice>): void {
    if (!this.#listCheck.believes(page, this.#devices.length)) return;
    const bySn = new Map<string, ListedDevice>();
    for (const row of page.rows) {
      // A MAX may be listed twice, as type 1 and type 4: the more specific one counts.
      const other = bySn.get(row.sn);
      if (!other || other.type === undefined || (row.type === 4 && other.type === 1)) bySn.set(row.sn, row);
    }
    const found = [...bySn.values()].map((row) => newDevice(this.id, row));
    this.#setDevices(keepKnown(this.#devices, found.filter(this.#isChosen)));
  }

  /** Takes the complete list of one bus. */
  listBus({ kind, dataloggerSn }: Bus, rows: readonly ListedBusDevice[]): void {
    const others = this.#busDevices.filter(
      ({ family, bus }) => family !== kind.family || bus?.datalog_sn !== dataloggerSn,
    );
    const found = rows.map(({ address, model }) => {
      // The list has no serial numbers; datalogger and address are as good.
      const sn = `${dataloggerSn}-${address}`;
      const listed = { sn, type: BUS_TYPE, model, dataloggerSn, lost: false, lastUpdate: '' };
      return newDevice(this.id, listed, { family: kind.family, bus: { datalog_sn: dataloggerSn, address } });
    });
    this.#setBusDevices([...others, ...keepKnown(this.#busDevices, found.filter(this.#isChosen))]);
  }

  drop(device: Device): void {
    this.#setDevices(this.#devices.filter((other) => other !== device));
    this.#setBusDevices(this.#busDevices.filter((other) => other !== device));
  }

  /** Restores the devices of an earlier run, as far as they are still chosen. */
  restoreDevices(devices: readonly Device[], busDevices: readonly Device[]): void {
    this.#setDevices(devices.filter(this.#isChosen));
    this.#setBusDevices(busDevices.filter(this.#isChosen));
  }

  /** Rows that stand for meters and sensors are needed to look these up. */
  readonly #isChosen = (device: Device) =>
    isPlaceholder(device) || this.#selection.includesDevice(this.id, device.sn);

  #setBusDevices(devices: readonly Device[]): void {
    this.#busDevices = devices;
    this.#all = undefined;
  }

  #setDevices(devices: readonly Device[]): void {
    this.#devices = devices;
    this.#all = undefined;
    const rows = devices.filter((device) => isPlaceholder(device) && device.listed.dataloggerSn !== '');
    this.#buses = busFamilies.flatMap((kind) => {
      const behind = rows
        .filter(({ family }) => family === kind.family)
        .map(({ listed }) => listed.dataloggerSn);
      return [...new Set(behind)].map((dataloggerSn) => ({
        kind,
        dataloggerSn,
        listCall: listBusCall(kind, dataloggerSn),
      }));
    });
  }
}

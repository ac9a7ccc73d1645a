import { localDay, type Zone } from '../../base/calendar.ts';
import { dayStart, openZone, parseDate } from '../calendar.ts';
import { hash01, seedOf } from '../noise.ts';
import { type Installation, isDaylight, SLOT_MS } from './day.ts';
import { type CloudFamily, FAMILIES } from './families.ts';
import { createHistory } from './history.ts';
import { asleep, type InstalledDevice, type Measurement, measure } from './measurement.ts';
import type { DeviceSpec, Disturbance, PlantSpec } from './specs.ts';

export interface SimulatedPlant {
  spec: PlantSpec;
  zone: Zone;
  /** Epoch ms of the midnight that began the day of creation. */
  created: number;
  devices: SimulatedDevice[];
}

export interface SimulatedDevice extends InstalledDevice {
  family: CloudFamily;
  plant: SimulatedPlant;
}

/** The newest that the cloud has of a device. */
export interface View {
  measurement: Measurement;
  /** Whether its datalogger is silent, also for the night. */
  lost: boolean;
}

export interface WorldOptions {
  now: () => number;
  /** ms between two uploads of a datalogger. */
  uploadEvery: number;
  seed: number;
}

/** Plants and devices as they are, and as the cloud sees them. */
export interface World {
  now: () => number;
  uploadEvery: number;
  plants: Map<number, SimulatedPlant>;
  device(sn: string): SimulatedDevice | undefined;
  /** Every device, in the order in which they were added. */
  devices(): SimulatedDevice[];
  view(device: SimulatedDevice): View;
  /** Whether the device had enough light, or a battery, to work at a moment. */
  awake(device: SimulatedDevice, at: number): boolean;
  /** Upload times in [from, to), newest first, when the device was awake. */
  uploads(device: SimulatedDevice, from: number, to: number): number[];
  addPlant(spec: PlantSpec): void;
  removePlant(id: number): void;
  addDevice(plantId: number, spec: DeviceSpec): void;
  removeDevice(sn: string): void;
  /** Disturbs a device until the next call; `{}` ends it. */
  disturb(sn: string, disturbance: Disturbance): void;
}

/** Sets up plants and devices. @throws Error for an SN that comes twice */
export function createWorld(specs: readonly PlantSpec[], { now, uploadEvery, seed }: WorldOptions): World {
  const plants = new Map<number, SimulatedPlant>();
  const bySn = new Map<string, SimulatedDevice>();

  function addPlant(spec: PlantSpec): void {
    const zone = openZone(spec.zone);
    const created = dayStart(zone, parseDate(spec.createDate) ?? localDay(zone, now()));
    plants.set(spec.id, { spec, zone, created, devices: [] });
    for (const device of spec.devices) addDevice(spec.id, device);
  }

  function addDevice(plantId: number, spec: DeviceSpec): void {
    const plant = plants.get(plantId);
    if (!plant) throw new Error(`simulated cloud: no plant ${plantId}`);
    if (bySn.has(spec.sn)) throw new Error(`simulated cloud: device ${spec.sn} exists already`);
    const device = installDevice(plant, spec, seed);
    plant.devices.push(device);
    bySn.set(spec.sn, device);
  }

  function removeDevice(sn: string): void {
    const plant = bySn.get(sn)?.plant;
    if (plant) plant.devices = plant.devices.filter(({ spec }) => spec.sn !== sn);
    bySn.delete(sn);
  }

  function removePlant(id: number): void {
    for (const { spec } of plants.get(id)?.devices ?? []) bySn.delete(spec.sn);
    plants.delete(id);
  }

  function disturb(sn: string, disturbance: Disturbance): void {
    const device = bySn.get(sn);
    if (!device) throw new Error(`simulated cloud: no device ${sn}`);
    device.disturbance = disturbance;
  }

  /** Each datalogger uploads at its own second of the interval. */
  const phase = (device: InstalledDevice) =>
    Math.floor(hash01(device.seed, 7) * Math.min(uploadEvery, 60_000));

  function uploadAtOrBefore(device: InstalledDevice, at: number): number {
    const offset = phase(device);
    return Math.floor((at - offset) / uploadEvery) * uploadEvery + offset;
  }

  function lastUpload(device: SimulatedDevice, before: number): number {
    const { created } = device.plant;
    let upload = uploadAtOrBefore(device, before);
    while (upload > created && !isAwake(device, upload)) {
      upload = uploadAtOrBefore(device, Math.min(upload - 1, slotOf(upload) - 1));
    }
    return Math.max(upload, created);
  }

  function uploads(device: SimulatedDevice, from: number, to: number): number[] {
    const times: number[] = [];
    const first = Math.max(from, device.plant.created);
    for (let at = uploadAtOrBefore(device, to - 1); at >= first; at -= uploadEvery) {
      if (isAwake(device, at)) times.push(at);
    }
    return times;
  }

  function view(device: SimulatedDevice): View {
    const { replayMs = 0, silentSince = Number.POSITIVE_INFINITY } = device.disturbance;
    const present = Math.min(now(), silentSince);
    const upload = lastUpload(device, present - replayMs);
    const measurement = measure(device, upload);
    const { zone } = device.plant;
    const lost = upload < now() - replayMs - 2 * Math.max(uploadEvery, SLOT_MS);
    const overnight = localDay(zone, upload) !== localDay(zone, now() - replayMs);
    return { measurement: lost && overnight ? asleep(measurement) : measurement, lost };
  }

  for (const spec of specs) addPlant(spec);
  const world = { now, uploadEvery, plants, view, awake: isAwake, uploads };
  const mutations = { addPlant, removePlant, addDevice, removeDevice, disturb };
  return { ...world, ...mutations, device: (sn) => bySn.get(sn), devices: () => [...bySn.values()] };
}

function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS) * SLOT_MS;
}

/** Without a battery, an inverter sleeps at night; judged once for each 5 minutes. */
function isAwake({ site, spec }: InstalledDevice, at: number): boolean {
  return (
    spec.batteryKwh > 0 ||
    spec.family === 'meter' ||
    spec.family === 'env' ||
    isDaylight(site.place, slotOf(at))
  );
}

function installDevice(plant: SimulatedPlant, given: DeviceSpec, worldSeed: number): SimulatedDevice {
  const family = FAMILIES[given.family];
  const spec: Required<DeviceSpec> = {
    ...family.defaults,
    lifetimeKwhAtCreate: 0,
    listedTwice: false,
    address: 1,
    ...given,
  };
  const plantSeed = seedOf(String(plant.spec.id), worldSeed);
  const { latitude, longitude, peakPowerKw, householdW = 450, oneHouse = false } = plant.spec;
  const metered = spec.batteryKwh > 0 || spec.family === 'meter';
  const site: Installation = {
    place: { latitude, longitude },
    zone: plant.zone,
    weatherSeed: plantSeed,
    householdSeed: plantSeed + 100,
    householdW: spec.batteryKwh > 50 ? spec.peakPowerW / 4 : householdW,
    peakPowerW: spec.peakPowerW || peakPowerKw * 1_000,
    kind: spec.family === 'storage' ? 'off-grid' : metered ? 'hybrid' : 'pv',
    batteryKwh: spec.batteryKwh,
    beside:
      oneHouse && spec.batteryKwh > 0
        ? plant.devices.map((other) => other.site).filter(({ kind }) => kind === 'pv')
        : [],
  };
  const metering = plant.devices.find((other) => other.spec.batteryKwh > 0);
  const isMeterOfHouse = oneHouse && spec.family === 'meter' && metering !== undefined;
  const history = isMeterOfHouse
    ? metering.history
    : createHistory(site, plant.created, spec.lifetimeKwhAtCreate);
  const seed = seedOf(spec.sn, worldSeed);
  return { spec, family, plant, seed, site, history, disturbance: {} };
}

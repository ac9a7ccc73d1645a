import { SLEEP_AFTER } from '../../model/reading.ts';
import { allFamilies } from './families/all.ts';
import { BUS_TYPE, busFamilies } from './families/bus.ts';
import type { Family } from './families/family.ts';
import { families } from './families/index.ts';
import type { ListedDevice } from './listings.ts';

/** How a call names something on the bus of a datalogger. */
export type BusAddress = Readonly<Record<'datalog_sn' | 'address', string>>;

/** The time that a device gave with its last reading, and when the agent saw it; milliseconds since the epoch. */
export interface DeviceClock {
  /** The device's wall clock, as if it were UTC. */
  readonly wallTime: number;
  /** When an answer first had this time. */
  readonly firstSeenAt: number;
  /** When an answer last had it. */
  readonly lastSeenAt: number;
}

/** A device that is listed, and what its answers have shown so far. */
export interface Device {
  readonly sn: string;
  /** Empty while unknown: the v4 list names no plants. */
  plantId: string;
  /** undefined: not a family that the agent can read. */
  readonly family: Family | undefined;
  readonly bus?: BusAddress;
  listed: ListedDevice;
  /** Optional features (PV inputs, phases, battery, grid) that its answers have shown. */
  readonly features: Set<string>;
  clock: DeviceClock | undefined;
  /** In W, as its answers state it; undefined: they do not. */
  ratedPower: number | undefined;
  /** True for one that gives instants of UTC, where others of its family give a wall clock. */
  clockIsUtc: boolean;
  /** Whether a live call was made for it. */
  attempted: boolean;
  /** Refused or missing: not read until the devices of its plant are listed again. */
  skipped: boolean;
  /** Read by a call of its own, since a batch with it was refused. */
  readAlone: boolean;
}

/** Makes a device as a listing shows it; `family` where the listing's type does not say it. */
export function newDevice(
  plantId: string,
  listed: ListedDevice,
  more: { family?: Family | undefined; bus?: BusAddress | undefined } = {},
): Device {
  const family = more.family ?? familyOf(listed);
  return {
    sn: listed.sn,
    plantId,
    family,
    ...(more.bus && { bus: more.bus }),
    listed,
    features: new Set(family?.features),
    clock: undefined,
    ratedPower: undefined,
    clockIsUtc: false,
    attempted: false,
    skipped: false,
    readAlone: false,
  };
}

/** What is known of a device outlives a listing; being listed again, it is read again. */
export function keepKnown(before: readonly Device[], listed: readonly Device[]): Device[] {
  const known = new Map(before.map((device) => [device.sn, device]));
  return listed.map((device) => {
    const old = known.get(device.sn);
    if (!old || old.family !== device.family) return device;
    old.plantId = device.plantId;
    old.listed = device.listed;
    old.skipped = false;
    return old;
  });
}

/** True for the row that stands for all meters or sensors behind a datalogger, which are looked up there. */
export const isPlaceholder = ({ listed, bus }: Device) => listed.type === BUS_TYPE && bus === undefined;

/** Whether live calls are made for it. */
export function isReadable(device: Device): boolean {
  return device.family !== undefined && !device.skipped && !isPlaceholder(device);
}

/** Whether its clock stands still for so long that it sleeps; a cloud that does not answer is no sign of that. */
export function isAsleep({ clock }: Device): boolean {
  return clock !== undefined && clock.lastSeenAt - clock.firstSeenAt >= SLEEP_AFTER;
}

/** The family with this word. */
export function familyNamed(word: string | undefined): Family | undefined {
  return allFamilies.find((family) => family.word === word);
}

function familyOf({ type, sn }: ListedDevice): Family | undefined {
  if (type === undefined) return undefined;
  if (type !== BUS_TYPE) return families.get(type);
  return busFamilies.find(({ listedAs }) => listedAs.test(sn))?.family;
}

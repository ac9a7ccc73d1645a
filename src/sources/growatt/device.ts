import { BUS_TYPE, busFamilies } from './families/bus.ts';
import type { Family } from './families/family.ts';
import { families } from './families/index.ts';
import { v4Families } from './families/v4.ts';
import type { ListedDevice } from './listings.ts';

/** How a call names something on the bus of a datalogger. */
export type BusAddress = Readonly<Record<'datalog_sn' | 'address', string>>;

/** A device that is listed, and what its answers have shown so far. */
export interface Device {
  readonly sn: string;
  /** Empty when the cloud does not tell. */
  readonly plantId: string;
  /** undefined: nobody knows how to read it. */
  readonly family: Family | undefined;
  readonly bus?: BusAddress;
  listed: ListedDevice;
  /** Optional features (PV inputs, phases, battery, grid) that were ever seen. */
  readonly features: Set<string>;
  /** Its own clock in the last answer, and when the agent first and last saw that. */
  wall: { readonly time: number; readonly seenAt: number; readonly heardAt: number } | undefined;
  tried: boolean;
  /** Left alone until its plant's devices are listed again. */
  refused: boolean;
  /** A batch with it was refused: read by its own call, to tell which one is the cause. */
  solo: boolean;
}

/** Makes a device as a listing shows it; `family` where that is not told by the listing's type. */
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
    wall: undefined,
    tried: false,
    refused: false,
    solo: false,
  };
}

/** Whether live calls can name it: what hangs on a bus has to be looked up there first. */
export function isReadable({ family, listed, bus, refused }: Device): boolean {
  return family !== undefined && !refused && (listed.type !== BUS_TYPE || bus !== undefined);
}

/** The family with this word; for devices that are remembered. */
export function familyNamed(word: string | undefined): Family | undefined {
  const all = [...families.values(), ...v4Families.values(), ...busFamilies.map(({ family }) => family)];
  return all.find((family) => family.word === word);
}

function familyOf({ type, sn }: ListedDevice): Family | undefined {
  if (type !== BUS_TYPE) return families.get(type);
  return busFamilies.find(({ listedAs }) => listedAs.test(sn))?.family;
}

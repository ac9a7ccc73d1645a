import * as z from 'zod';
import { isRecord } from '../../http/json.ts';
import { callRecord } from './call-history.ts';
import { type Device, familyNamed, newDevice } from './device.ts';
import { dayRecord } from './history/day-record.ts';
import { listedDevice, listedPlant } from './listings.ts';

/** The state of one account across restarts; parsed like any input, since files get damaged. */

/** Reads an object whose members may have the names of an earlier version of the agent, given as former → present. */
function formerly<S extends z.ZodType>(names: Readonly<Record<string, string>>, schema: S) {
  const rename = (given: unknown) =>
    isRecord(given)
      ? Object.fromEntries(Object.entries(given).map(([name, value]) => [names[name] ?? name, value]))
      : given;
  return z.preprocess(rename, schema);
}

const clock = formerly(
  { time: 'wallTime', seenAt: 'firstSeenAt', heardAt: 'lastSeenAt' },
  z.object({ wallTime: z.number(), firstSeenAt: z.number(), lastSeenAt: z.number() }),
);

const device = formerly(
  { word: 'family', parts: 'features', wall: 'clock' },
  z.object({
    plantId: z.string(),
    listed: listedDevice,
    /** The word of its family; absent when the agent cannot read it. */
    family: z.string().optional(),
    bus: z.object({ datalog_sn: z.string(), address: z.string() }).optional(),
    features: z.array(z.string()),
    clock: clock.optional(),
  }),
);

const plant = formerly(
  { gmt: 'gmtZone' },
  z.object({
    id: z.string(),
    listed: listedPlant.optional(),
    gmtZone: z.string().optional(),
    devices: z.array(device),
    busDevices: z.array(device),
  }),
);

const inventory = z.object({ plants: z.array(plant), v4: z.array(device) });

export const accountSnapshot = formerly(
  { ledger: 'calls', denials: 'refusals', deniedAt: 'refusedAt' },
  z.object({
    inventory,
    calls: z.record(z.string(), formerly({ strikes: 'rateLimitCount' }, callRecord)),
    history: z.record(z.string(), z.array(dayRecord)),
    /** Refusals of the token in a row, and when the last one came. */
    refusals: z.number(),
    refusedAt: z.number(),
    /** Factor for the poll interval after rate limits. */
    slowdown: z.number().min(1).optional(),
    /** Which plants and devices were chosen, as text. */
    choice: z.string().optional(),
  }),
);

export type DeviceSnapshot = z.infer<typeof device>;
export type InventorySnapshot = z.infer<typeof inventory>;
export type AccountSnapshot = z.infer<typeof accountSnapshot>;

export function storedDevice({ family, plantId, listed, bus, features, clock }: Device): DeviceSnapshot {
  return { plantId, listed, family: family?.word, bus, features: [...features], clock };
}

export function restoredDevice({ plantId, listed, family, bus, features, clock }: DeviceSnapshot): Device {
  return {
    ...newDevice(plantId, listed, { family: familyNamed(family), bus }),
    features: new Set(features),
    clock,
    attempted: true,
  };
}

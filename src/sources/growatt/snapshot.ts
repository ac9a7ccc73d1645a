import * as z from 'zod';

/** What one account remembers across restarts; parsed like any input, since files get damaged. */

const listedDevice = z.object({
  sn: z.string(),
  type: z.number(),
  model: z.string(),
  dataloggerSn: z.string(),
  lost: z.boolean(),
  lastUpdate: z.string(),
});

const device = z.object({
  plantId: z.string(),
  listed: listedDevice,
  word: z.string().optional(),
  bus: z.object({ datalog_sn: z.string(), address: z.string() }).optional(),
  parts: z.array(z.string()),
  wall: z.object({ time: z.number(), seenAt: z.number(), heardAt: z.number() }).optional(),
});

const inventory = z.object({
  plants: z.array(
    z.object({
      id: z.string(),
      listed: z
        .object({
          id: z.string(),
          name: z.string(),
          location: z.string(),
          peakPowerKw: z.string(),
          status: z.number().optional(),
          created: z.string().optional(),
        })
        .optional(),
      gmt: z.string().optional(),
      devices: z.array(device),
      busDevices: z.array(device),
    }),
  ),
  v4: z.array(device),
});

const ledger = z.record(
  z.string(),
  z.object({
    doneAt: z.number().optional(),
    blockedUntil: z.number().optional(),
    rateLimitCount: z.number(),
  }),
);

const day = z.object({
  date: z.iso.date(),
  energy: z.number().optional(),
  peak: z.number().optional(),
  hourly: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
});

export const accountSnapshot = z.object({
  inventory,
  ledger,
  history: z.record(z.string(), z.array(day)),
  /** Refusals of the whole account in a row, and when the last one came. */
  denials: z.number(),
  deniedAt: z.number(),
});

export type InventorySnapshot = z.infer<typeof inventory>;
export type AccountSnapshot = z.infer<typeof accountSnapshot>;

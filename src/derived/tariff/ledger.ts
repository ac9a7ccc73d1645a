import * as z from 'zod';
import {
  type CountersState,
  connectionState,
  countersState,
  type Flow,
  growthsOf,
  keyOf,
  readConnection,
} from './connection.ts';
import type { Prices } from './prices.ts';
import { LONGEST_SPLIT, priceEnergy } from './pricing.ts';
import { connectionOf, type DeviceTotals, productionOf, type Term } from './quantities.ts';

const DAY = 24 * 3_600_000;

export type Direction = 'import' | 'export';

// The shapes are functions: an agent that counts no money does not pay for them.

/** Millionths of a currency, as text since JSON has no number for it. */
const micro = () =>
  z
    .string()
    .regex(/^\d{1,30}$/)
    .transform(BigInt);

/** What was counted in one currency. */
const money = () =>
  z.object({
    /** Paid for import, or earned by export, at prices of 0 and more. */
    positive: micro(),
    /** Received for import, or paid for export, at negative prices. */
    negative: micro(),
    /** Not paid, since it was consumed on the spot. */
    saved: micro(),
  });

/** State of what a plant consumes of its own. */
const ownUse = () =>
  z.object({
    at: z.number(),
    production: countersState(),
    export: connectionState(),
    /** mWh, negative or 0: exports that came before the production that they are of. */
    debt: z.int(),
  });

/** What is kept of a plant in one direction; plain JSON but for its amounts. */
export const accountState = () =>
  z.object({
    /** When it was looked at last, milliseconds since the epoch, to a day. */
    seenAt: z.number(),
    grid: connectionState().optional(),
    ownUse: ownUse().optional(),
    /** By currency. */
    money: z.record(z.string(), money()),
    /** mWh that flowed while there was no price. */
    unpriced: z.number().nonnegative(),
  });

export type Account = z.infer<ReturnType<typeof accountState>>;
export type Money = z.infer<ReturnType<typeof money>>;

const NOTHING: Money = { positive: 0n, negative: 0n, saved: 0n };

/** What a plant shows at a moment. */
export interface Look {
  readonly devices: readonly DeviceTotals[];
  /** When the newest reading of each device was taken, by serial number; absent: not read anew. */
  readonly readAt: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What holds for one direction of a plant. */
export interface Terms {
  readonly direction: Direction;
  readonly currency: string;
  readonly prices: Prices;
}

/** A flow that took so long that it has the mean price. */
export interface LongFlow extends Flow {
  readonly what: Direction | 'self-consumption';
}

/**
 * Takes a look at a plant: what its totals have grown by is priced and added to the account. What is seen for the first
 * time is where counting begins.
 */
export function settle(
  before: Account | undefined,
  look: Look,
  terms: Terms,
): { readonly account: Account; readonly long: readonly LongFlow[] } {
  const { direction, currency, prices } = terms;
  // A day is exact enough, and nothing else need be written while nothing happens.
  const seenAt = before && Math.abs(look.now - before.seenAt) < DAY ? before.seenAt : look.now;
  const account: Account = { ...(before ?? { money: {}, unpriced: 0 }), seenAt };
  const amounts = { ...(account.money[currency] ?? NOTHING) };
  const long: LongFlow[] = [];
  const note = (flow: Flow, what: LongFlow['what']) => {
    if (flow.energy > 0 && flow.to - flow.from > LONGEST_SPLIT) long.push({ ...flow, what });
  };
  const totals = connectionOf(look.devices, direction);
  if (totals.length > 0) {
    const { state, flow } = readConnection(account.grid, totals, newestOf(totals, look), look.now);
    const { positive, negative, unpriced } = priceEnergy(flow.energy, flow.from, flow.to, prices);
    amounts.positive += positive;
    amounts.negative += negative;
    account.unpriced += unpriced;
    account.grid = state;
    note(flow, direction);
  }
  if (direction === 'import') {
    const own = readOwnUse(account.ownUse, look);
    if (own) {
      // What is consumed while import is paid for saves nothing.
      amounts.saved += priceEnergy(own.flow.energy, own.flow.from, own.flow.to, prices).positive;
      account.ownUse = own.state;
      note(own.flow, 'self-consumption');
    }
  }
  account.money = { ...account.money, [currency]: amounts };
  return { account, long };
}

/** What the plant produced and did not export; undefined where one of the two is unknown. */
function readOwnUse(before: Account['ownUse'], look: Look) {
  const production = productionOf(look.devices);
  const exported = connectionOf(look.devices, 'export');
  if (!production || exported.length === 0) return undefined;
  const readAt = newestOf([...production, ...exported], look);
  const made = growthsOf(stillUsed(before?.production ?? {}, production, look), production);
  const grid = readConnection(before?.export, exported, readAt, look.now);
  const sum = (before?.debt ?? 0) + made.grown - grid.flow.energy;
  const from = before?.at ?? readAt ?? look.now;
  const energy = Math.max(0, sum);
  const to = Math.max(from, readAt ?? (energy > 0 ? look.now : from));
  const state = { at: to, production: made.counters, export: grid.state, debt: Math.min(0, sum) };
  return { state, flow: { energy, from, to } };
}

/** Without the totals of present devices that no longer count: should they count again, that is from there on. */
function stillUsed(counters: CountersState, production: readonly Term[], { devices }: Look): CountersState {
  const used = new Set(production.map(keyOf));
  const present = devices.map(({ serial }) => `${serial} `);
  const isKept = (key: string) => used.has(key) || !present.some((prefix) => key.startsWith(prefix));
  return Object.fromEntries(Object.entries(counters).filter(([key]) => isKept(key)));
}

function newestOf(totals: readonly { readonly serial: string }[], { readAt }: Look): number | undefined {
  let newest: number | undefined;
  for (const { serial } of totals) {
    const at = readAt.get(serial);
    if (at !== undefined && (newest === undefined || at > newest)) newest = at;
  }
  return newest;
}

/** An account as JSON that `accountState` reads. */
export function accountJson({ money: amounts, ...account }: Account): unknown {
  const texts = Object.entries(amounts).map(([currency, { positive, negative, saved }]) => [
    currency,
    { positive: String(positive), negative: String(negative), saved: String(saved) },
  ]);
  return { ...account, money: Object.fromEntries(texts) };
}

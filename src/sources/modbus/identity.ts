import { SourceError } from '../../base/errors.ts';
import type { Registers } from './client.ts';
import type { Family } from './families.ts';
import { parseRating, parseSerial } from './holding.ts';
import { type Inquiry, isComplete } from './inquiry.ts';
import { legacy, spf } from './maps/older.ts';
import { x3000 } from './maps/tlx.ts';
import { vpp } from './maps/vpp.ts';

const SHORT: Registers = { space: 'holding', address: 23, count: 5 };
const LONG: Registers = { space: 'holding', address: 209, count: 15 };
const TLX: Registers = { space: 'holding', address: 3001, count: 15 };
const VPP: Registers = { space: 'holding', address: 30_001, count: 15 };

function serialPlaces({ main, offGrid }: Family): readonly Registers[] {
  if (offGrid || main === legacy) return [SHORT];
  if (main === x3000) return [TLX, LONG, SHORT];
  return main === vpp ? [VPP, LONG, SHORT] : [LONG, SHORT];
}

/**
 * The serial number and where it is, read twice, since every reading is shown under it.
 * @throws SourceError when it is not the same both times
 */
export async function findSerial(inquiry: Inquiry, family: Family) {
  for (const place of serialPlaces(family)) {
    const { space, address, count } = place;
    // Where only the short one exists, some inverters answer for single registers only.
    const ask = async () =>
      place === SHORT
        ? await inquiry.askEach(space, address, count)
        : await inquiry.ask(space, address, count);
    const serial = serialIn(await ask());
    if (serial === undefined) continue;
    const again = serialIn(await ask());
    if (again !== serial)
      throw new SourceError(
        'malformed',
        `holding ${address}: the serial number was ${serial} and then ${again}`,
      );
    return { serial, serialAt: place };
  }
  inquiry.evidence.push('no serial number');
  return { serial: '', serialAt: undefined };
}

const serialIn = (registers: readonly (number | undefined)[] | undefined) =>
  registers && isComplete(registers) ? parseSerial(registers) : undefined;

/** Rated AC power, W; undefined where it is not known. */
export async function findRating(inquiry: Inquiry, { main, smallest }: Family): Promise<number | undefined> {
  const address = main === spf ? 76 : main === vpp ? 30_016 : 6;
  if (main === legacy) return undefined;
  return parseRating((await inquiry.ask('holding', address, 2)) ?? [], smallest);
}

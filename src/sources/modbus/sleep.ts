import { SourceError } from '../../base/errors.ts';
import { WAITING } from '../../metrics/growatt/inverter-status.ts';
import { OnlyZeros } from './block-reader.ts';
import type { Facts } from './values.ts';

/** What was last known of an inverter that may sleep now. */
export interface LastSign extends Facts {
  readonly hasBattery: boolean;
  /** When it was read, milliseconds since the epoch. */
  readonly takenAt: number;
}

/** With less PV power, W, an inverter is about to switch itself off. */
const DUSK_POWER = 20;
/** An inverter that has been silent for longer does not sleep, in ms. */
const LONGEST_SLEEP = 24 * 60 * 60_000;

/**
 * Whether an inverter that cannot be read sleeps: without sun and battery it switches itself off, and a dongle that it
 * feeds with it. That follows from what it said last; silence after a producing reading is a failure.
 */
export function isAsleep(error: unknown, last: LastSign | undefined, now: number): boolean {
  if (!last || !isSilence(error) || now - last.takenAt > LONGEST_SLEEP) return false;
  return last.status === WAITING || (last.power < DUSK_POWER && !last.hasBattery);
}

/** No answer of the inverter: neither its own nor the gateway's in its place. */
function isSilence(error: unknown): boolean {
  if (error instanceof OnlyZeros) return true;
  return error instanceof SourceError && (error.kind === 'timeout' || error.kind === 'unreachable');
}

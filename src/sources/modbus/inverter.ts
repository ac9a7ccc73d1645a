import type { Family } from './families.ts';

/** What is known of one inverter beside its readings. */
export interface Inverter {
  readonly family: Family;
  readonly serial: string;
  /** As the device type code names it; empty when unknown. */
  readonly model: string;
  /** Device type code. */
  readonly code?: number | undefined;
  /** Rated AC power, W. */
  readonly ratedPower?: number | undefined;
  /** How many PV inputs it has. */
  readonly trackers?: number | undefined;
  readonly phases?: number | undefined;
}

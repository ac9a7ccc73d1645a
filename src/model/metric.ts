/** How long a value stays valid without a newer one; see docs/true-values.md. */
export type Validity =
  /** Until the source has failed for STALE_AFTER, or the device sleeps. */
  | 'instant'
  /** As instant, but 0 (offline) while the device sleeps. */
  | 'status'
  /** Until local midnight, when the device starts again from 0. */
  | 'today'
  /** Until the local month or year ends. */
  | 'month'
  | 'year'
  /** As long as the device is listed; guarded against falling. */
  | 'lifetime'
  /** As long as the device is listed. */
  | 'fact';

/** One metric that sources give values for. */
export interface Metric {
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  /** The word the name ends with, such as `watts`; empty for states, codes and information. */
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly validity: Validity;
}

/** The unit words that names of this project end with. */
const UNITS =
  /_(watts|volts|amps|celsius|hz|kwh|percent|ratio|seconds|degrees|watts_per_square_meter|meters_per_second)$/;

/** A row of the catalogue: name, help, and what differs from an instantaneous gauge. */
export type Row = readonly [name: string, help: string, validity?: Validity, extraLabels?: readonly string[]];

/** Makes metrics from rows; a lifetime value is a counter, everything else a gauge. */
export function define(labels: readonly string[], rows: readonly Row[]): Metric[] {
  return rows.map(([name, help, validity = 'instant', extraLabels = []]) => ({
    name,
    kind: validity === 'lifetime' ? 'counter' : 'gauge',
    unit: UNITS.exec(name)?.[1] ?? '',
    help,
    labels: [...labels, ...extraLabels],
    validity,
  }));
}

import type { Metric, Span } from './catalogue.ts';

/** The unit words that names of this project end with. */
const UNITS =
  /_(watts|volts|amps|celsius|hz|kwh|percent|ratio|seconds|degrees|watts_per_square_meter|meters_per_second)$/;

/** A row of the catalogue: name, help, and what differs from an instantaneous gauge. */
export type Row = readonly [name: string, help: string, span?: Span, extraLabels?: readonly string[]];

/** Makes metrics from rows; a lifetime value is a counter, everything else a gauge. */
export function define(labels: readonly string[], rows: readonly Row[]): Metric[] {
  return rows.map(([name, help, span = 'instant', extraLabels = []]) => ({
    name,
    kind: span === 'lifetime' ? 'counter' : 'gauge',
    unit: UNITS.exec(name)?.[1] ?? '',
    help,
    labels: [...labels, ...extraLabels],
    span,
  }));
}

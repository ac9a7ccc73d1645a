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

/** The words that a metric's name ends with; none for states, codes and information. */
export const UNITS = [
  'watts',
  'volts',
  'amps',
  'hz',
  'kwh',
  'kwh_per_kwp',
  'ohms',
  'celsius',
  'percent',
  'ratio',
  'seconds',
  'degrees',
  'watts_per_square_meter',
  'meters_per_second',
] as const;

export type Unit = (typeof UNITS)[number];

/** The least and the greatest value that can be true, both included. */
export type Range = readonly [least: number, greatest: number];

/**
 * What no value in a unit can exceed, unless its definition states another range: far beyond real devices, so that
 * only a false value lies outside. Values that have no sign begin at 0.
 */
const RANGES: Readonly<Partial<Record<Unit, Range>>> = {
  watts: [-1e6, 1e6],
  volts: [-2000, 2000],
  amps: [-5000, 5000],
  hz: [45, 65],
  kwh: [-1e9, 1e9],
  kwh_per_kwp: [0, 100],
  ohms: [0, 6e7],
  celsius: [-60, 150],
  percent: [-100, 100],
  ratio: [-1, 1],
  degrees: [-360, 360],
  watts_per_square_meter: [0, 2000],
  meters_per_second: [0, 120],
};

/** One metric that sources give values for. */
export interface MetricDefinition {
  readonly name: string;
  /** A lifetime value is a counter, everything else a gauge. */
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  /** The word the name ends with. */
  readonly unit: Unit | '';
  readonly labels: readonly string[];
  readonly validity: Validity;
  /** It can be negative. Where a source marks absent values by negative numbers, one of any other metric is absent. */
  readonly signed?: boolean;
  /**
   * The optional feature of a device that it belongs to, such as `battery`. What a device does not have reads 0 for
   * ever: the values of a feature are shown from the time on at which one of them was not 0.
   */
  readonly feature?: string;
  /**
   * Of a metric with the label `phase`, whose feature are the other phases: its phase 1 exists in every device, and
   * is shown `always`, or only `once-seen` not to be 0, or, where another metric gives the same value, `with-others`.
   */
  readonly phase1?: 'always' | 'once-seen' | 'with-others';
  /** It need not be 0 in a device that lacks its feature: a PV input without modules has some voltage. */
  readonly floats?: boolean;
  /** It is never 0 in truth: 0 means that it is not measured. */
  readonly neverZero?: boolean;
  /** Outside of it a value is rejected; unless stated, by the unit. A frequency can also be 0: there is no grid. */
  readonly range?: Range | undefined;
  /** A power or energy of the device itself: it cannot exceed what the rated power of the device allows. */
  readonly ofDevice?: boolean;
  /** A value of a real device, for docs, where no answer in the tests has one. */
  readonly example?: number;
  /** Of the energy of a day: known to be 0 from local midnight until the day's first reading. */
  readonly zeroFromMidnight?: boolean;
}

/** What a table of metrics states beside name and help; unless given: no unit, no label, valid for the instant. */
export type MetricOptions = Partial<Omit<MetricDefinition, 'name' | 'kind' | 'help'>>;

/** A row of a table of metrics. */
export type MetricRow = readonly [name: string, help: string, options?: MetricOptions];

/** Makes definitions of the rows of a table. A row's labels are added to the common ones, its other options win. */
export function define(common: MetricOptions, rows: readonly MetricRow[]): MetricDefinition[] {
  return rows.map(([name, help, options = {}]) => {
    const { unit = '', validity = 'instant', ...rest } = { ...common, ...options };
    const kind = validity === 'lifetime' ? 'counter' : 'gauge';
    const labels = [...(common.labels ?? []), ...(options.labels ?? [])];
    const range = rest.range ?? rangeOf(unit, rest.signed);
    return { ...rest, name, kind, help, unit, labels, validity, range };
  });
}

function rangeOf(unit: Unit | '', signed = false): Range | undefined {
  const range = unit === '' ? undefined : RANGES[unit];
  return range && !signed ? [Math.max(0, range[0]), range[1]] : range;
}

/** Metrics that the docs describe together. */
export interface MetricGroup {
  readonly title: string;
  /** Markdown. */
  readonly introduction?: string;
  readonly definitions: readonly MetricDefinition[];
}

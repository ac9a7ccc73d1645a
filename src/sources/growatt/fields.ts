import { growattMetric } from '../../metrics/growatt.ts';
import type { MetricDefinition } from '../../model/metric.ts';
import type { Labels, Value } from '../../model/reading.ts';
import type { Answer } from './answer.ts';
import { type Evaluation, type Expression, expressionOf } from './expressions.ts';

/**
 * One row of a field table: the metric, and the expression over the keys of the answer that gives it; see
 * `expressionOf`. Keys are compared without case, which varies between families and firmware.
 */
export type FieldRow = readonly [metric: string, keys: string, labels?: Labels];

/** What stands for "not measured" in a 16-bit register, and after scaling; an energy can have any such value. */
const UNSIGNED_MARKERS = new Set([65535, 6553.5, 655.35]);
const LEAST_UNSIGNED_MARKER = Math.min(...UNSIGNED_MARKERS);

/** PV inputs 1 to `count`, each from the keys given with `N` in place of the number. */
export function pvInputs(
  count: number,
  keys: { voltage?: string; current?: string; power?: string; today?: string; total?: string },
): FieldRow[] {
  const row = (n: number, quantity: string, key: string | undefined): FieldRow[] =>
    key ? [[`growatt_pv${n}_${quantity}`, key.replace('N', String(n))]] : [];
  return numbers(count).flatMap((n) => [
    ...row(n, 'voltage_volts', keys.voltage),
    ...row(n, 'current_amps', keys.current),
    ...row(n, 'power_watts', keys.power),
    ...row(n, 'energy_today_kwh', keys.today),
    ...row(n, 'energy_total_kwh', keys.total),
  ]);
}

/** Strings 1 to `count` of the PV inputs. */
export function pvStrings(count: number): FieldRow[] {
  return numbers(count).flatMap((n): FieldRow[] => [
    ['growatt_string_voltage_volts', `vString${n}`, { string: String(n) }],
    ['growatt_string_current_amps', `currentString${n}`, { string: String(n) }],
  ]);
}

/** The sum of the keys of inputs 1 to `count`, each with its number in place of `N`. */
export const sumOfInputs = (count: number, key: string) =>
  numbers(count)
    .map((n) => key.replace('N', String(n)))
    .join('+');

/** The temperatures of a device beyond the inverter's own, by the name of the sensor. */
export function temperatures(keys: Labels): FieldRow[] {
  return Object.entries(keys).map(([sensor, key]) => ['growatt_temperature_celsius', key, { sensor }]);
}

/** Least and greatest voltage of the cells of a battery; below 1 V none was measured. */
export function cellVoltages(keys: string): FieldRow[] {
  return [
    ['growatt_battery_cell_voltage_min_volts', `lowest 1: ${keys}`],
    ['growatt_battery_cell_voltage_max_volts', `highest 1: ${keys}`],
  ];
}

/** Voltage and current of the three phases, phase 1 under the single-phase names too. */
export function phases(voltages: readonly string[], currents: readonly string[] = []): FieldRow[] {
  const perPhase = (metric: string, keys: readonly string[]): FieldRow[] =>
    keys.map((key, i) => [metric, key, { phase: String(i + 1) }]);
  return [
    ...perPhase('growatt_ac_voltage_volts', voltages)
      .slice(0, 1)
      .map(([metric, key]): FieldRow => [metric, key]),
    ...perPhase('growatt_ac_current_amps', currents)
      .slice(0, 1)
      .map(([metric, key]): FieldRow => [metric, key]),
    ...perPhase('growatt_ac_phase_voltage_volts', voltages),
    ...perPhase('growatt_ac_phase_current_amps', currents),
  ];
}

export interface Extracted {
  readonly values: Value[];
  readonly rejections: readonly string[];
}

/** What is known of a row without an answer. */
interface Field {
  readonly definition: MetricDefinition;
  readonly expression: Expression;
  readonly isEnergy: boolean;
  readonly labels: Labels | undefined;
  readonly feature: string | undefined;
  readonly isPhase1: boolean;
}

/** An energy can have any value. */
const isMeasured = (raw: number) => raw < LEAST_UNSIGNED_MARKER || !UNSIGNED_MARKERS.has(raw);

const fieldsOf = new WeakMap<readonly FieldRow[], readonly Field[]>();

function describe(rows: readonly FieldRow[]): readonly Field[] {
  const fields = rows.map(([metric, keys, labels]): Field => {
    const definition = growattMetric(metric);
    return {
      definition,
      expression: expressionOf(keys),
      isEnergy: definition.unit === 'kwh',
      labels,
      feature: featureOf(definition, labels),
      isPhase1: definition.phase1 !== undefined && labels?.phase === '1',
    };
  });
  fieldsOf.set(rows, fields);
  return fields;
}

/**
 * Reads a table's quantities out of an answer.
 * @param features optional features of this device seen so far; grows with what this answer shows
 */
export function extract(rows: readonly FieldRow[], answer: Answer, features: Set<string>): Extracted {
  const rejections: string[] = [];
  const energies = { answer, rejections };
  const others = { answer, rejections, isValue: isMeasured };
  const fields = fieldsOf.get(rows) ?? describe(rows);
  const numbers: (number | undefined)[] = [];
  for (const field of fields) {
    const value = numberOf(field, field.isEnergy ? energies : others);
    numbers.push(value);
    if (field.feature !== undefined && value !== undefined && shows(field, value))
      features.add(field.feature);
  }
  const values: Value[] = [];
  for (let i = 0; i < fields.length; i++) {
    const { definition, labels, feature, isPhase1 } = fields[i]!;
    const value = numbers[i];
    if (value === undefined) continue;
    const isShown =
      feature === undefined || features.has(feature) || (isPhase1 && definition.phase1 === 'always');
    if (isShown)
      values.push(labels ? { metric: definition.name, value, labels } : { metric: definition.name, value });
  }
  return { values, rejections };
}

/** What an answer gives for a row; undefined for a value that is absent or cannot be. */
function numberOf({ definition, expression }: Field, evaluation: Evaluation): number | undefined {
  const value = expression(evaluation);
  if (value === undefined || (value < 0 && !definition.signed)) return undefined;
  return value === 0 && definition.neverZero ? undefined : value;
}

/** Whether a value shows that the device has the feature of its row. */
function shows({ definition, isPhase1 }: Field, value: number): boolean {
  return value !== 0 && !definition.floats && (!isPhase1 || definition.phase1 === 'once-seen');
}

/** Each string is a feature of its own, and so is phase 1 where a device may lack that too. */
function featureOf({ feature, phase1 }: MetricDefinition, labels: Labels = {}): string | undefined {
  if (labels.string !== undefined) return `${feature}${labels.string}`;
  return phase1 === 'once-seen' && labels.phase === '1' ? `${feature}1` : feature;
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

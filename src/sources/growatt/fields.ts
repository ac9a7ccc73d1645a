import type { Labels, Value } from '../../model/reading.ts';
import { parseNumber } from './numbers.ts';

/**
 * One row of a field table: the metric, and the keys of the answer it is read from. `a|b` takes the first
 * that is not zero, for families that fill one or the other; `a+b` adds what is there; `>a` and `<a` take
 * the positive and the negative part of a signed power. Keys are compared without case, which varies between
 * families and firmware.
 */
export type Field = readonly [metric: string, keys: string, labels?: Labels];

/** The keys of an answer in lower case. */
export type Answer = ReadonlyMap<string, unknown>;

export function foldCase(data: Readonly<Record<string, unknown>>): Answer {
  return new Map(Object.entries(data).map(([key, value]) => [key.toLowerCase(), value]));
}

/** PV inputs 1 to `count`, each from the keys given with `N` in place of the number. */
export function pvInputs(
  count: number,
  keys: { voltage?: string; current?: string; power?: string },
): Field[] {
  const row = (n: number, quantity: string, key: string | undefined): Field[] =>
    key ? [[`growatt_pv${n}_${quantity}`, key.replace('N', String(n))]] : [];
  return Array.from({ length: count }, (_, i) => i + 1).flatMap((n) => [
    ...row(n, 'voltage_volts', keys.voltage),
    ...row(n, 'current_amps', keys.current),
    ...row(n, 'power_watts', keys.power),
  ]);
}

/** Voltage and current of the three phases, phase 1 under the single-phase names too. */
export function phases(voltages: readonly string[], currents: readonly string[] = []): Field[] {
  const perPhase = (metric: string, keys: readonly string[]): Field[] =>
    keys.map((key, i) => [metric, key, { phase: String(i + 1) }]);
  return [
    ...perPhase('growatt_ac_voltage_volts', voltages)
      .slice(0, 1)
      .map(([metric, key]): Field => [metric, key]),
    ...perPhase('growatt_ac_current_amps', currents)
      .slice(0, 1)
      .map(([metric, key]): Field => [metric, key]),
    ...perPhase('growatt_ac_phase_voltage_volts', voltages),
    ...perPhase('growatt_ac_phase_current_amps', currents),
  ];
}

/** Quantities with a sign of their own; of any other a negative number means "not available". */
const SIGNED = /_celsius$|_battery_current_amps$|_meter_/;

/** Inputs, phases and meters that a model does not have read 0 for ever: shown once they were ever not zero. */
const PART = /^growatt_(?:(pv)(\d+)_|(battery)_|(?:grid|load)_|((?:ac|meter)_phase)_)/;

/** Phase 1 of an inverter has metrics of its own: here it is repeated, if there are more. */
const REPEATS = /^growatt_ac_phase_/;

/** The optional part of a device that a metric belongs to; undefined for what every device has. */
function partOf(metric: string, labels?: Labels): string | undefined {
  const match = PART.exec(metric);
  if (!match) return undefined;
  const [, pv, n, battery, phase] = match;
  if (pv) return Number(n) > 2 ? `pv${n}` : undefined;
  if (phase) return labels?.phase === '1' ? undefined : 'phases';
  return battery ?? 'grid';
}

export interface Extracted {
  readonly values: readonly Value[];
  readonly rejections: readonly string[];
}

/**
 * Reads a table's quantities out of an answer.
 * @param parts optional parts of this device seen so far; grows with what this answer shows
 */
export function extract(table: readonly Field[], answer: Answer, parts: Set<string>): Extracted {
  const rejections: string[] = [];
  const found = table.flatMap(([metric, keys, labels]) => {
    const value = evaluate(keys, answer, rejections);
    if (value === undefined) return [];
    if (value < 0 && !SIGNED.test(metric)) return [];
    const part = partOf(metric, labels);
    if (part && value !== 0) parts.add(part);
    return [{ part, value: { metric, value, ...(labels && { labels }) } }];
  });
  const values = found
    .filter(({ part, value }) => parts.has(part ?? 'phases') || (!part && !REPEATS.test(value.metric)))
    .map(({ value }) => value);
  return { values, rejections };
}

function evaluate(keys: string, answer: Answer, rejections: string[]): number | undefined {
  const sign = /^[<>]/.exec(keys)?.[0];
  if (sign) {
    const value = evaluate(keys.slice(1), answer, rejections);
    return value === undefined ? undefined : Math.max(0, sign === '<' ? -value : value);
  }
  const choices = keys
    .split('|')
    .map((choice) => choice.split('+').map((key) => numberAt(key, answer, rejections)))
    .map((terms) => terms.filter((term) => term !== undefined))
    .filter((terms) => terms.length > 0)
    .map((terms) => (terms.length === 1 ? terms[0]! : Math.round(sum(terms) * 10_000) / 10_000));
  return choices.find((choice) => choice !== 0) ?? choices[0];
}

const sum = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0);

function numberAt(key: string, answer: Answer, rejections: string[]): number | undefined {
  const value = parseNumber(answer.get(key.toLowerCase()));
  if (value !== 'bad') return value;
  rejections.push('unparsed_value');
  return undefined;
}

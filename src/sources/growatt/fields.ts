import { growattMetric } from '../../metrics/growatt.ts';
import type { Labels, Value } from '../../model/reading.ts';
import { parseNumber } from './numbers.ts';

/**
 * One row of a field table: the metric, and the keys of the answer it is read from:
 * - `a|b`: two spellings of one quantity, of which a device fills one or both;
 * - `a else b`: two quantities, of which the second stands in where the first is absent or 0;
 * - `a+b`: the sum of those that are there;
 * - `a*1000`: in a unit so many times as large as the metric's;
 * - `>a`, `<a`: the positive or the negative part of a signed power.
 *
 * `*` binds first, then `|`, `+`, `else`. Keys are compared without case, which varies between families and
 * firmware.
 */
export type FieldRow = readonly [metric: string, keys: string, labels?: Labels];

/** The keys of an answer in lower case. */
export type Answer = ReadonlyMap<string, unknown>;

export function foldCase(data: Readonly<Record<string, unknown>>): Answer {
  return new Map(Object.entries(data).map(([key, value]) => [key.toLowerCase(), value]));
}

/** PV inputs 1 to `count`, each from the keys given with `N` in place of the number. */
export function pvInputs(
  count: number,
  keys: { voltage?: string; current?: string; power?: string },
): FieldRow[] {
  const row = (n: number, quantity: string, key: string | undefined): FieldRow[] =>
    key ? [[`growatt_pv${n}_${quantity}`, key.replace('N', String(n))]] : [];
  return Array.from({ length: count }, (_, i) => i + 1).flatMap((n) => [
    ...row(n, 'voltage_volts', keys.voltage),
    ...row(n, 'current_amps', keys.current),
    ...row(n, 'power_watts', keys.power),
  ]);
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
  readonly values: readonly Value[];
  readonly rejections: readonly string[];
}

/**
 * Reads a table's quantities out of an answer.
 * @param features optional features of this device seen so far; grows with what this answer shows
 */
export function extract(rows: readonly FieldRow[], answer: Answer, features: Set<string>): Extracted {
  const rejections: string[] = [];
  const found = rows.flatMap(([metric, keys, labels]) => {
    const definition = growattMetric(metric);
    const value = evaluate(keys, answer, rejections);
    if (value === undefined || (value < 0 && !definition.signed)) return [];
    const isPhase1 = definition.phase1 !== undefined && labels?.phase === '1';
    if (definition.feature && value !== 0 && !isPhase1) features.add(definition.feature);
    return [{ definition, isPhase1, value: { metric, value, ...(labels && { labels }) } }];
  });
  const values = found
    .filter(
      ({ definition: { feature, phase1 }, isPhase1 }) =>
        feature === undefined || features.has(feature) || (isPhase1 && phase1 === 'always'),
    )
    .map(({ value }) => value);
  return { values, rejections };
}

function evaluate(keys: string, answer: Answer, rejections: string[]): number | undefined {
  const sign = /^[<>]/.exec(keys)?.[0];
  if (sign) {
    const value = evaluate(keys.slice(1), answer, rejections);
    return value === undefined ? undefined : Math.max(0, sign === '<' ? -value : value);
  }
  return firstNotZero(keys.split(' else ').map((terms) => sumOf(terms, answer, rejections)));
}

function sumOf(keys: string, answer: Answer, rejections: string[]): number | undefined {
  const terms = keys
    .split('+')
    .map((spellings) => firstNotZero(spellings.split('|').map((key) => numberAt(key, answer, rejections))))
    .filter((term) => term !== undefined);
  if (terms.length < 2) return terms[0];
  return rounded(terms.reduce((total, term) => total + term, 0));
}

/** Those that are not filled are absent or 0. */
function firstNotZero(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.find((value) => value !== 0) ?? known[0];
}

function numberAt(term: string, answer: Answer, rejections: string[]): number | undefined {
  const [key = '', factor] = term.split('*');
  const value = parseNumber(answer.get(key.toLowerCase()));
  if (value === 'bad') {
    rejections.push('unparsed_value');
    return undefined;
  }
  return value === undefined || factor === undefined ? value : rounded(value * Number(factor));
}

/** Without the noise of arithmetic on decimal fractions. */
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

import { parseNumber } from './numbers.ts';

/** The keys of an answer in lower case. */
export type Answer = ReadonlyMap<string, unknown>;

/** The keys of an answer without their case. Where two differ only in it, the one that is filled counts. */
export function foldCase(data: Readonly<Record<string, unknown>>): Answer {
  const folded = new Map<string, unknown>();
  for (const [key, value] of Object.entries(data)) {
    const name = key.toLowerCase();
    if (!folded.has(name) || !isFilled(folded.get(name))) folded.set(name, value);
  }
  return folded;
}

function isFilled(value: unknown): boolean {
  const number = parseNumber(value);
  return number === 'bad' || (number !== undefined && number !== 0);
}

export interface Evaluation {
  readonly answer: Answer;
  /** Grows with each reason for which a part was rejected. */
  readonly rejections: string[];
  /** False for a number that marks an absent value in this unit. */
  readonly isValue?: (raw: number) => boolean;
}

/** How far a total may differ from the sum of its parts: a share of it, and a step of rounding for each part. */
const TOLERANCE = 0.01;
const ENERGY_STEP = 0.1;
/** Powers have steps of 0.1; two that are added have twice the error. */
const POWER_STEP = 0.15;

/**
 * The number that an expression over the keys of an answer gives; undefined where it is absent.
 *
 * | expression | value |
 * | `a\|b` | two spellings of one quantity, of which a device fills one or both |
 * | `a+b` | the sum of those that are there |
 * | `a else b` | two quantities, of which the second stands in where the first is absent or 0 |
 * | `a if b>40 and c=0` | absent unless all of it holds; a key that is missing is 0 for `>` and `=`, anything for `!=` and `<` |
 * | `a ~ b+c` | absent where it differs from the sum of its parts; parts that are absent or 0 say nothing |
 * | `a but not b+c` | absent where it is the sum of b and c, and not b alone |
 * | `a*1000` | in a unit so many times as large as the metric's |
 * | `>a`, `<a` | the positive or the negative part of a signed power |
 * | `lowest 1: a,b` or `highest 1: a,b` | the least or greatest of those that are at least 1 |
 */
export function evaluate(expression: string, evaluation: Evaluation): number | undefined {
  const extreme = /^(lowest|highest) ([\d.]+): (.*)$/.exec(expression);
  if (extreme) {
    const [, which, least, keys = ''] = extreme;
    const values = keys
      .split(',')
      .map((key) => termOf(key, evaluation))
      .filter((value) => value !== undefined && value >= Number(least)) as number[];
    if (values.length === 0) return undefined;
    return which === 'lowest' ? Math.min(...values) : Math.max(...values);
  }
  return firstNotZero(expression.split(' else ').map((part) => alternative(part, evaluation)));
}

/** All keys that an expression names, conditions included, in the spelling of the table. */
export function keysOf(expression: string): string[] {
  const names = expression
    .replace(/^(lowest|highest) [\d.]+: /, '')
    .split(/ else | if | and | but not | ~ |[|+,]/)
    .map((part) => part.replace(/^[<>]/, '').split(/[*=<>!]/, 1)[0] ?? '');
  return [...new Set(names)];
}

function alternative(text: string, evaluation: Evaluation): number | undefined {
  const [value = '', conditions] = text.split(' if ');
  if (conditions && !conditions.split(' and ').every((condition) => holds(condition, evaluation.answer)))
    return undefined;
  const [whole = '', parts] = value.split(' ~ ');
  const [quantity = '', others] = whole.split(' but not ');
  const number = sumOf(quantity, evaluation);
  if (number === undefined) return undefined;
  if (parts) {
    const sum = sumOf(parts, evaluation);
    const rounding = ENERGY_STEP * parts.split('+').length;
    if (sum && Math.abs(number - sum) > TOLERANCE * number + rounding) return undefined;
  }
  if (others) {
    const first = sumOf(others.split('+')[0] ?? '', evaluation) ?? 0;
    const sum = sumOf(others, evaluation) ?? 0;
    if (sum > first + POWER_STEP && Math.abs(number - sum) < POWER_STEP) return undefined;
  }
  return number;
}

function holds(condition: string, answer: Answer): boolean {
  const [, key = '', operator, operand] = /^(\w+)(!=|[=<>])([\d.]+)$/.exec(condition) ?? [];
  const given = parseNumber(answer.get(key.toLowerCase()));
  const value = typeof given === 'number' ? given : undefined;
  const limit = Number(operand);
  switch (operator) {
    case '=':
      return (value ?? 0) === limit;
    case '!=':
      return value !== limit;
    case '>':
      return (value ?? 0) > limit;
    case '<':
      return (value ?? 0) < limit;
    default:
      throw new Error(`${condition} is no condition`);
  }
}

function sumOf(text: string, evaluation: Evaluation): number | undefined {
  const terms = text
    .split('+')
    .map((spellings) => firstNotZero(spellings.split('|').map((term) => termOf(term, evaluation))))
    .filter((term) => term !== undefined);
  if (terms.length < 2) return terms[0];
  return rounded(terms.reduce((total, term) => total + term, 0));
}

/** Those that are not filled are absent or 0. */
function firstNotZero(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.find((value) => value !== 0) ?? known[0];
}

function termOf(term: string, { answer, rejections, isValue }: Evaluation): number | undefined {
  const [, sign = '', key = '', factor] = /^([<>]?)(\w+)(?:\*([\d.]+))?$/.exec(term) ?? [];
  if (!key) throw new Error(`${term} is no term`);
  const raw = parseNumber(answer.get(key.toLowerCase()));
  if (raw === 'bad') {
    rejections.push('unparsed_value');
    return undefined;
  }
  if (raw === undefined || isValue?.(raw) === false) return undefined;
  const value = factor === undefined ? raw : rounded(raw * Number(factor));
  if (sign === '') return value;
  return Math.max(0, sign === '<' ? -value : value);
}

/** Without the noise of arithmetic on decimal fractions. */
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

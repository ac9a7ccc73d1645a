import type { Answer } from './answer.ts';
import { parseNumber, rounded } from './numbers.ts';

/** What an expression is evaluated over; it is made once for all that are evaluated over one answer. */
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

/** Gives the number that an expression stands for in an answer; undefined where it is absent. */
export type Expression = (evaluation: Evaluation) => number | undefined;

/** The expressions of the tables, each taken apart once. */
const known = new Map<string, Expression>();

/**
 * The expression over the keys of an answer that a text describes.
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
export function expressionOf(text: string): Expression {
  const expression = known.get(text) ?? compile(text);
  known.set(text, expression);
  return expression;
}

function compile(text: string): Expression {
  const extreme = /^(lowest|highest) ([\d.]+): (.*)$/.exec(text);
  if (!extreme) return firstNotZero(text.split(' else ').map(alternative));
  const [, which, leastText, keys = ''] = extreme;
  const terms = keys.split(',').map(termOf);
  const choose = which === 'lowest' ? Math.min : Math.max;
  const least = Number(leastText);
  return (evaluation) => {
    let chosen: number | undefined;
    for (const term of terms) {
      const value = term(evaluation);
      if (value !== undefined && value >= least) chosen = choose(chosen ?? value, value);
    }
    return chosen;
  };
}

/** All keys that an expression names, conditions included, in the spelling of the table. */
export function keysOf(expression: string): string[] {
  const names = expression
    .replace(/^(lowest|highest) [\d.]+: /, '')
    .split(/ else | if | and | but not | ~ |[|+,]/)
    .map((part) => part.replace(/^[<>]/, '').split(/[*=<>!]/, 1)[0] ?? '');
  return [...new Set(names)];
}

function alternative(text: string): Expression {
  const [value = '', conditionText] = text.split(' if ');
  const conditions = conditionText?.split(' and ').map(conditionOf) ?? [];
  const [whole = '', partText] = value.split(' ~ ');
  const [quantityText = '', otherText] = whole.split(' but not ');
  const quantity = sumOf(quantityText);
  const differsFromParts = partText === undefined ? undefined : unlikeSum(partText);
  const isOtherSum = otherText === undefined ? undefined : likeSum(otherText);
  if (value === quantityText && conditions.length === 0) return quantity;
  return (evaluation) => {
    for (const holds of conditions) if (!holds(evaluation.answer)) return undefined;
    const number = quantity(evaluation);
    if (number === undefined) return undefined;
    return differsFromParts?.(number, evaluation) || isOtherSum?.(number, evaluation) ? undefined : number;
  };
}

/** Whether a number differs from the sum of its parts. */
function unlikeSum(parts: string): (number: number, evaluation: Evaluation) => boolean {
  const sumOfParts = sumOf(parts);
  const rounding = ENERGY_STEP * parts.split('+').length;
  return (number, evaluation) => {
    const sum = sumOfParts(evaluation);
    return Boolean(sum) && Math.abs(number - (sum ?? 0)) > TOLERANCE * number + rounding;
  };
}

/** Whether a number is the sum of the terms, and not the first one alone. */
function likeSum(terms: string): (number: number, evaluation: Evaluation) => boolean {
  const firstTerm = sumOf(terms.split('+')[0] ?? '');
  const allTerms = sumOf(terms);
  return (number, evaluation) => {
    const first = firstTerm(evaluation) ?? 0;
    const sum = allTerms(evaluation) ?? 0;
    return sum > first + POWER_STEP && Math.abs(number - sum) < POWER_STEP;
  };
}

function conditionOf(condition: string): (answer: Answer) => boolean {
  const [, key = '', operator, operand] = /^(\w+)(!=|[=<>])([\d.]+)$/.exec(condition) ?? [];
  const name = key.toLowerCase();
  const limit = Number(operand);
  const valueIn = (answer: Answer) => {
    const given = parseNumber(answer.get(name));
    return typeof given === 'number' ? given : undefined;
  };
  switch (operator) {
    case '=':
      return (answer) => (valueIn(answer) ?? 0) === limit;
    case '!=':
      return (answer) => valueIn(answer) !== limit;
    case '>':
      return (answer) => (valueIn(answer) ?? 0) > limit;
    case '<':
      return (answer) => (valueIn(answer) ?? 0) < limit;
    default:
      throw new Error(`${condition} is no condition`);
  }
}

function sumOf(text: string): Expression {
  const terms = text.split('+').map((spellings) => firstNotZero(spellings.split('|').map(termOf)));
  const [only, ...others] = terms;
  if (only && others.length === 0) return only;
  return (evaluation) => {
    const rejectedBefore = evaluation.rejections.length;
    let sum: number | undefined;
    let isSum = false;
    for (const term of terms) {
      const value = term(evaluation);
      if (value === undefined) continue;
      isSum = sum !== undefined;
      sum = sum === undefined ? value : sum + value;
    }
    // The rest of a sum is not the sum.
    if (evaluation.rejections.length > rejectedBefore) return undefined;
    return isSum ? rounded(sum ?? 0) : sum;
  };
}

/** The first that is there and not 0, else 0 if one is there and none was unreadable: that one may be the true one. */
function firstNotZero(alternatives: readonly Expression[]): Expression {
  const [only, ...others] = alternatives;
  if (only && others.length === 0) return only;
  return (evaluation) => {
    let zero: number | undefined;
    let first: number | undefined;
    const rejectedBefore = evaluation.rejections.length;
    // All are evaluated, since each may be rejected.
    for (const alternative of alternatives) {
      const value = alternative(evaluation);
      if (value === 0) zero = 0;
      else first ??= value;
    }
    return first ?? (evaluation.rejections.length > rejectedBefore ? undefined : zero);
  };
}

function termOf(term: string): Expression {
  const [, sign = '', key = '', factorText] = /^([<>]?)(\w+)(?:\*([\d.]+))?$/.exec(term) ?? [];
  if (!key) throw new Error(`${term} is no term`);
  const name = key.toLowerCase();
  const factor = factorText === undefined ? undefined : Number(factorText);
  return ({ answer, rejections, isValue }) => {
    const raw = parseNumber(answer.get(name));
    if (raw === 'bad') {
      rejections.push('unparsed_value');
      return undefined;
    }
    if (raw === undefined || isValue?.(raw) === false) return undefined;
    const value = factor === undefined ? raw : rounded(raw * factor);
    if (sign === '') return value;
    return Math.max(0, sign === '<' ? -value : value);
  };
}

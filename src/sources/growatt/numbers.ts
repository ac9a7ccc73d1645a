import { limits } from '../../model/limits.ts';

/** Growatt's markers for "not available": -1, and -1 after scaling. */
const MARKERS = new Set([-1, -0.5, -0.1, -0.01, -0.001]);

/** No number in an answer has more characters, padding included. */
const LONGEST = 64;

/** No quantity in any unit is larger, and rounding one much larger gives Infinity. */
const LARGEST = 1e12;

/**
 * A number as Growatt sends it: a JSON number or a numeric string. Absent values are `""`, null, `"null"`,
 * `"N/A"` or a marker; none of them is 0.
 * @returns the number, undefined for an absent one, `'bad'` for what is neither
 */
export function parseNumber(value: unknown): number | undefined | 'bad' {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    if (value.length > LONGEST) return 'bad';
    const text = value.trim();
    if (/^(|null|n\/a|-+)$/i.test(text)) return undefined;
    return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(text) ? parseNumber(Number(text)) : 'bad';
  }
  if (typeof value !== 'number' || !(Math.abs(value) <= LARGEST)) return 'bad';
  const number = denoise(value);
  return number < 0 && MARKERS.has(number) ? undefined : number;
}

/** A status or a code: an integer, -1 included, also as text. */
export function parseCode(value: unknown): number | undefined {
  const code =
    typeof value === 'string' && value.length <= LONGEST && /^\s*-?\d{1,9}\s*$/.test(value)
      ? Number(value)
      : value;
  return Number.isSafeInteger(code) ? (code as number) : undefined;
}

/** Device values come through 32-bit floats, whose seven digits are true: 21.600000381469727 was 21.6. */
function denoise(value: number): number {
  if (Number.isInteger(value)) return value;
  const short = rounded(value);
  if (Math.fround(value) !== value) return short;
  // Below 1000, four decimals that give the same float are these seven digits, found without making a text of them.
  const isExact = Math.abs(value) < 1000 && Math.fround(short) === value;
  return isExact ? short : rounded(Number(value.toPrecision(7)));
}

/** Without the noise of arithmetic on decimal fractions. */
export const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

const { most: LONGEST_TEXT } = limits.label_length;
/** What comes behind this is not looked at, padding included. */
const LONGEST_GIVEN = 2000;

/** Nothing in it is to be cleaned. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** A text for a label: no control characters, no padding, and no longer than a label may be. */
export function parseText(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  if (typeof value === 'string' && value.length <= LONGEST_TEXT && PLAIN.test(value)) return value;
  return cleanText(value).slice(0, LONGEST_TEXT).join('').trim();
}

/** Whether `parseText` cuts something off. */
export function isTooLong(value: unknown): boolean {
  return typeof value === 'string' && value.length > LONGEST_TEXT && cleanText(value).length > LONGEST_TEXT;
}

/** The characters of a text on one line; those that are made of two code units are one. */
function cleanText(value: string | number): string[] {
  const line = String(value).slice(0, LONGEST_GIVEN).replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ').trim();
  return [...line];
}

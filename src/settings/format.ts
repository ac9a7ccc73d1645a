import { formatDuration, parseDuration } from '../base/duration.ts';
import { REDACTED } from '../base/redacted.ts';

/** A text that is no value of its format; the message says why, as it follows the setting's key. */
export class Invalid {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** What a setting may be. Every value arrives as text, be it from a flag, the environment or the file. */
export interface Format<T> {
  /** What is allowed, as it follows “must be”. */
  readonly allowed: string;
  /** The value that a text stands for; undefined when it is not allowed, or the reason. */
  parse(text: string): T | Invalid | undefined;
  /** The value as `check` shows it: as it may stand in the file, but for secrets. */
  show(value: T): unknown;
  /** What the log must not show of a value. */
  secretsIn?(value: T): readonly string[];
  /** True for texts that are not quoted in errors. */
  readonly hidden?: boolean;
  /** A sentence for the reference page. */
  readonly note?: string;
}

const DAY_MS = 86_400_000;
/** setTimeout takes no more than 2³¹ − 1 ms. */
const LONGEST_TIMER_MS = 24 * DAY_MS;
const LONGEST_DURATION_MS = 366 * DAY_MS;

/** A format whose values are texts. */
export function text(
  allowed: string,
  isValid: (text: string) => boolean,
  normalize = (given: string) => given,
): Format<string> {
  return {
    allowed,
    parse: (given) => (isValid(normalize(given)) ? normalize(given) : undefined),
    show: (value) => value,
  };
}

/** Texts that are never shown. A placeholder in the place of the secret is refused. */
export function secret(allowed: string, isValid: (text: string) => boolean): Format<string> {
  return {
    allowed,
    hidden: true,
    parse(given) {
      if (/\$\{[^}]*\}/.test(given) || given === REDACTED)
        return new Invalid('looks like a placeholder; give the value itself');
      return isValid(given) ? given : undefined;
    },
    show: () => REDACTED,
    secretsIn: (value) => [value, encodeURIComponent(value)],
  };
}

/** Milliseconds, written as a number with its unit. */
export function duration(min = '0'): Format<number> {
  const range = `from ${min} to ${formatDuration(LONGEST_DURATION_MS)}`;
  return {
    allowed: `a duration ${range} with its unit (such as 30s, 5m or 1h30m)`,
    parse: (given) => within(parseDuration(given), min, LONGEST_DURATION_MS),
    show: formatDuration,
    ...(min !== '0' && { note: `At least \`${min}\`.` }),
  };
}

/** Milliseconds as OpenTelemetry's variables have them; a duration with its unit is understood too. */
export function milliseconds(min = '0'): Format<number> {
  return {
    ...duration(min),
    allowed: `a whole number of milliseconds from ${parseDuration(min)} to ${LONGEST_TIMER_MS}, or a duration with its unit such as 30s`,
    parse: (given) => within(wholeNumber(given) ?? parseDuration(given), min, LONGEST_TIMER_MS),
  };
}

/** A whole number, both limits included. */
export function count(min: number, max: number): Format<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    parse(given) {
      const value = wholeNumber(given);
      return value !== undefined && value >= min && value <= max ? value : undefined;
    },
    show: (value) => value,
  };
}

/** One of some words, in upper or lower case. */
export function choice<const W extends string>(...words: readonly W[]): Format<W> {
  return {
    allowed: [words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(' or '),
    parse: (given) => words.find((word) => word === given.toLowerCase()),
    show: (value) => value,
  };
}

const WORDS = new Map([
  ...['true', 'yes', '1'].map((word) => [word, true] as const),
  ...['false', 'no', '0'].map((word) => [word, false] as const),
]);

/** On or off. */
export const yesNo: Format<boolean> = {
  allowed: 'true or false',
  parse: (given) => WORDS.get(given.toLowerCase()),
  show: (value) => value,
};

/** Comma-separated texts. */
export const commaSeparated: Format<readonly string[]> = {
  allowed: 'a list',
  parse: (given) =>
    given
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  show: (value) => value,
};

export const anyText = text('text without control characters', (given) => !/\p{Cc}/u.test(given));
export const name = text('a name without control characters', isPrintable);
export const path = text('a path', isPrintable);
export const id = text('an id without spaces', (given) => /^[^\s\p{Cc}]+$/u.test(given));
export const timeZone = text('an IANA time zone such as Europe/Berlin', isTimeZone);
export const password = secret('text without control characters', isPrintable);

/** Whether a text is not empty and has no control characters. */
export function isPrintable(given: string): boolean {
  return given !== '' && !/\p{Cc}/u.test(given);
}

function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

function wholeNumber(given: string): number | undefined {
  return /^\d{1,15}$/.test(given) ? Number(given) : undefined;
}

function within(ms: number | undefined, min: string, max: number): number | undefined {
  return ms !== undefined && ms >= (parseDuration(min) ?? 0) && ms <= max ? ms : undefined;
}

import { formatDuration, parseDuration } from '../base/duration.ts';
import { REDACTED } from '../base/redacted.ts';
import { alternatives } from './alternatives.ts';

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
  /** The value as `check` shows it, where that is not the value itself: as it may stand in the file, but for secrets. */
  show?(value: T): unknown;
  /** What the log must not show of a value. */
  secretsIn?(value: T): readonly string[];
  /** True for texts that are not quoted in errors. */
  readonly hidden?: boolean;
  /** A sentence for the reference page. */
  readonly note?: string;
}

const LONGEST_DURATION = parseDuration('366d')!;
/** setTimeout takes no more than 2³¹ − 1 ms. */
const LONGEST_TIMER = parseDuration('24d')!;

/** A format whose values are texts. */
export function text(
  allowed: string,
  isValid: (text: string) => boolean,
  normalize = (given: string) => given,
): Format<string> {
  return { allowed, parse: (given) => (isValid(given) ? normalize(given) : undefined) };
}

/** Texts that are never shown. A placeholder in the place of the secret is refused. */
export function secret(allowed: string, isValid: (text: string) => boolean): Format<string> {
  return {
    allowed,
    hidden: true,
    parse(given) {
      if (holdsPlaceholder(given) || given === REDACTED)
        return new Invalid('looks like a placeholder; give the value itself');
      return isValid(given) ? given : undefined;
    },
    show: () => REDACTED,
    secretsIn: (value) => [value, encodeURIComponent(value)],
  };
}

/** Such as `${TOKEN}`. */
function holdsPlaceholder(given: string): boolean {
  const start = given.indexOf('${');
  return start >= 0 && given.includes('}', start);
}

/** Milliseconds, written as a number with its unit. */
export function duration(min = '0'): Format<number> {
  return {
    allowed: `a duration from ${min} to ${formatDuration(LONGEST_DURATION)} with its unit (such as 30s, 5m or 1h30m)`,
    parse: (given) => within(parseDuration(given), parseDuration(min), LONGEST_DURATION),
    show: formatDuration,
    ...(min !== '0' && { note: `At least \`${min}\`.` }),
  };
}

/** Milliseconds as OpenTelemetry's variables have them; a duration with its unit is understood too. */
export function milliseconds(min = '0'): Format<number> {
  return {
    ...duration(min),
    allowed: `a whole number of milliseconds from ${parseDuration(min)} to ${LONGEST_TIMER}, or a duration with its unit such as 30s`,
    parse: (given) => within(wholeNumber(given) ?? parseDuration(given), parseDuration(min), LONGEST_TIMER),
  };
}

/** A whole number, both limits included. */
export function count(min: number, max: number): Format<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    parse: (given) => within(wholeNumber(given), min, max),
  };
}

/** A decimal number, both limits included. */
export function decimal(min: number, max: number): Format<number> {
  return {
    allowed: `a number from ${min} to ${max}`,
    parse: (given) =>
      /^[-+]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$/.test(given) ? within(Number(given), min, max) : undefined,
  };
}

/** One of some words, in upper or lower case. */
export function choice<const W extends string>(...words: readonly W[]): Format<W> {
  return {
    allowed: alternatives(words),
    parse: (given) => words.find((word) => word === given.toLowerCase()),
  };
}

const SWITCH = new Map(Object.entries({ true: true, yes: true, 1: true, false: false, no: false, 0: false }));

/** On or off. */
export const yesNo: Format<boolean> = {
  allowed: 'true or false',
  parse: (given) => SWITCH.get(given.toLowerCase()),
};

/** Comma-separated texts. */
export const commaSeparated: Format<readonly string[]> = {
  allowed: 'a list',
  parse: (given) => given.split(',').flatMap((item) => item.trim() || []),
};

export const anyText = text('text without control characters', (given) => !/\p{Cc}/u.test(given));
export const name = text('a name without control characters', isPrintable);
export const path = text('a path', isPrintable);
export const id = text('an id without spaces', (given) => /^[^\s\p{Cc}]+$/u.test(given));
export const password = secret('text without control characters', isPrintable);
export const timeZone = text(
  'an IANA time zone such as Europe/Berlin',
  (given) =>
    /^[A-Za-z]/.test(given) &&
    attempt(() => new Intl.DateTimeFormat('en', { timeZone: given })) !== undefined,
);

/** Whether a text is not empty and has no control characters. */
export function isPrintable(given: string): boolean {
  return given !== '' && !/\p{Cc}/u.test(given);
}

/** What a library makes of a text; undefined when it throws. */
export function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function wholeNumber(given: string): number | undefined {
  return /^\d{1,15}$/.test(given) ? Number(given) : undefined;
}

function within(value: number | undefined, min = 0, max = Number.POSITIVE_INFINITY): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

import { type Decoder, invalid, isQuoted, text } from './yaml.ts';

/** A token bucket: `burst` requests at once, and one more each `interval` milliseconds. */
export interface RateLimit {
  readonly interval: number;
  readonly burst: number;
}

/** Says of each request whether it is within the limit, as Go's `x/time/rate` does: the bucket is full at first. */
export function tokenBucket({ interval, burst }: RateLimit, now: () => number): () => boolean {
  let tokens = burst;
  let last = now();
  return () => {
    const time = now();
    tokens = Math.min(burst, tokens + (time - last) / interval);
    last = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

const NS = 1e-6;
const UNITS: Readonly<Record<string, number>> = {
  ns: NS,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const PART = /(\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(ns|us|µs|μs|ms|s|m|h)/y;
const LONGEST = 64;

/** Milliseconds of a duration as Go writes it, such as `1s`, `1m30s` or `0.5s`; a bare number is nanoseconds. */
export const goDuration: Decoder<number> = (part) => {
  const word = text(part);
  const number = /^[-+]?\d{1,15}$/.test(word) && (!isQuoted(part.node) || Number(word) === 0);
  const ms = number ? Number(word) * NS : parse(word);
  if (ms === undefined) throw invalid(part.key, 'must be a time such as 1s, 500ms or 1m30s', word);
  return ms;
};

function parse(word: string): number | undefined {
  const sign = word.startsWith('-') ? -1 : 1;
  const amount = word.replace(/^[-+]/, '');
  if (amount === '' || amount.length > LONGEST) return undefined;
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < amount.length) {
    const [, value, unit = ''] = PART.exec(amount) ?? [];
    if (value === undefined) return undefined;
    total += Number(value) * UNITS[unit]!;
  }
  return sign * total;
}

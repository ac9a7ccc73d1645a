import { DAY } from '../calendar.ts';

/** Clocks and networks jitter: a call this share of the interval too early still passes. */
const SLACK = 0.01;

/** How often equal calls may come. */
export interface Limit {
  /** ms */
  every: number;
  /** In any 24 hours; 0 for no such limit. */
  perDay: number;
}

/** Whether a call is allowed, and if so, counts it. Equal calls have the same key. */
export type Limiter = (key: string, limit: Limit, now: number) => boolean;

/** A limiter that counts the calls it allowed, not those it refused. */
export function createLimiter(): Limiter {
  const history = new Map<string, number[]>();
  return (key, { every, perDay }, now) => {
    const recent = (history.get(key) ?? []).filter((at) => at > now - DAY);
    const last = recent.at(-1);
    if (last !== undefined && now - last < every * (1 - SLACK)) return false;
    if (perDay > 0 && recent.length >= perDay) return false;
    history.set(key, perDay > 0 ? [...recent, now] : [now]);
    return true;
  };
}

import { addDays, dateOf, instantOf, wallTimeAt, type Zone } from '../../base/calendar.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Local hour at which the prices of the next day are usually there. */
const PUBLISHED_AT = 14;
/** While the prices of the next day are awaited. */
const OFTEN = HOUR;
const RARELY = 6 * HOUR;
/** After a failure, in which the calls within one attempt were repeated already. */
const AFTER_FAILURE = 15 * MINUTE;
/** Agents that ask at the same hour are spread over so much of it. */
const SPREAD = 10 * MINUTE;

/** What is known of earlier attempts; milliseconds and instants. */
export interface Asked {
  /** The last answer; undefined: none yet. */
  readonly answeredAt: number | undefined;
  /** The last attempt where that failed, and for how long the server asked to be left alone. */
  readonly failedAt?: number | undefined;
  readonly retryAfter?: number | undefined;
  /** Until when prices are known without a gap. */
  readonly knownUntil: number | undefined;
}

/** The first moment of the day at a place, so many days from that of an instant. */
export function dayStart(place: Zone, instant: number, days = 0): number {
  const date = addDays(dateOf(wallTimeAt(place, instant)), days);
  return instantOf(place, Date.parse(`${date}T00:00:00Z`));
}

/**
 * When to ask for prices: at about 14:00 at the place of the market, then each hour until those of the next day are
 * there, else each 6 hours.
 */
export function nextAskAt({ answeredAt, failedAt, retryAfter, knownUntil }: Asked, place: Zone): number {
  if (failedAt !== undefined) return failedAt + Math.max(retryAfter ?? 0, AFTER_FAILURE);
  if (answeredAt === undefined) return Number.NEGATIVE_INFINITY;
  // The rest of when it happened to ask first is as good as a random number.
  const spread = answeredAt % SPREAD;
  const published = (days: number) =>
    instantOf(place, wallTimeAt(place, dayStart(place, answeredAt, days)) + PUBLISHED_AT * HOUR) + spread;
  const isTomorrowKnown = knownUntil !== undefined && knownUntil > dayStart(place, answeredAt, 1) + 12 * HOUR;
  if (isTomorrowKnown) return Math.min(answeredAt + RARELY, published(1));
  const today = published(0);
  return answeredAt < today ? Math.min(answeredAt + RARELY, today) : answeredAt + OFTEN;
}

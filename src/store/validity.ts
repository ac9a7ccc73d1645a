import type { MetricDefinition } from '../model/metric.ts';
import type { ReadingTime } from './reading-time.ts';

/** What decides at one moment whether the values of a reading may still be shown. */
export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Reading the entity has failed for too long. */
  readonly stale: boolean;
  /** The device's clock stands still. */
  readonly asleep: boolean;
  /** The present state of the device is unknown. */
  readonly outdated: boolean;
  readonly time: ReadingTime;
  /** Milliseconds after which instantaneous values expire without a newer reading. */
  readonly holdsFor: number;
}

/**
 * What may be shown of a value now; see docs/true-values.md.
 * @param value undefined: it was held back
 * @returns undefined: no sample
 */
export function shownValue(
  { validity, zeroFromMidnight = false }: MetricDefinition,
  value: number | undefined,
  { now, stale, asleep, outdated, time, holdsFor }: Circumstances,
): number | undefined {
  switch (validity) {
    case 'instant':
      return stale || asleep || outdated || now - time.agesFrom > holdsFor ? undefined : value;
    case 'status':
      if (asleep) return stale ? undefined : 0;
      return stale || outdated ? undefined : value;
    case 'today': {
      // Without a zone the end of the day is unknown; while the device sleeps it may have come.
      const holds = time.isOfPresent('day', now) ?? (!stale && !asleep);
      if (holds && value !== undefined) return value;
      return zeroFromMidnight && !stale && time.isOfTodayOrBefore(now) ? 0 : undefined;
    }
    case 'month':
    case 'year':
      return (time.isOfPresent(validity, now) ?? !stale) ? value : undefined;
    case 'lifetime':
    case 'fact':
      return value;
  }
}

/**
 * Until when, at least, `shownValue` says the same of these series unless something happens.
 * @param outdatedAt when the present state becomes unknown; milliseconds since the epoch, infinite for never
 */
export function unchangedUntil(
  series: readonly { readonly definition: MetricDefinition }[],
  { now, time, holdsFor }: Circumstances,
  outdatedAt: number,
): number {
  // Clocks count whole milliseconds. Where nothing is known of the age, this is not a number.
  const expiry = time.agesFrom + holdsFor + 1;
  let until = outdatedAt > now ? outdatedAt : Number.POSITIVE_INFINITY;
  let followsCalendar = false;
  for (const { definition } of series) {
    const { validity } = definition;
    if (validity === 'instant' && expiry > now) until = Math.min(until, expiry);
    if (validity === 'today' || validity === 'month' || validity === 'year') followsCalendar = true;
  }
  return followsCalendar ? Math.min(until, time.dayEnd(now)) : until;
}

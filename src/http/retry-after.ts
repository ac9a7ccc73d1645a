/** A longer Retry-After is taken as this, in milliseconds: who asks decides about the pause. */
const LONGEST_RETRY_AFTER = 24 * 3_600_000;

/**
 * What a header `Retry-After` says: seconds or an HTTP date.
 * @param now milliseconds since the epoch
 * @returns milliseconds from now; undefined where there is none, or none in the future
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER) : undefined;
}

/** What is known of one call, named by endpoint and parameters; times in milliseconds since the epoch. */
export interface CallRecord {
  readonly doneAt?: number | undefined;
  readonly blockedUntil?: number | undefined;
  /** Refusals for calling too often, in a row. */
  readonly rateLimitCount: number;
}

const MINUTE = 60_000;
/** The least pause after "called too frequently": the cloud counts in five minutes. */
const FIRST_PAUSE = 5 * MINUTE;
const LONGEST_PAUSE = 2 * 60 * MINUTE;
/** No call has an interval longer than this; one made so long ago is due like one never made. */
const OBSOLETE = 48 * 60 * MINUTE;

/** Remembers when each call was last made and which ones the cloud wants to be left alone. */
export class CallHistory {
  readonly #entries = new Map<string, CallRecord>();

  /** Whether the cloud asked for a pause that is not over yet. */
  limits(key: string, now: number): boolean {
    return (this.#entries.get(key)?.rateLimitCount ?? 0) > 0 && this.#waits(key, now);
  }

  /** Milliseconds until the cloud's pause is over; 0 when there is none. */
  pauseLeft(key: string, now: number): number {
    return this.limits(key, now) ? (this.#entries.get(key)?.blockedUntil ?? now) - now : 0;
  }

  /** How overdue a call is, in intervals: at least 1 when due, Infinity when never made, 0 while it waits. */
  overdue(key: string, interval: number, now: number): number {
    if (this.#waits(key, now)) return 0;
    const doneAt = this.#entries.get(key)?.doneAt;
    if (doneAt === undefined || doneAt > now) return Number.POSITIVE_INFINITY;
    return (now - doneAt) / interval;
  }

  done(key: string, now: number): void {
    this.#entries.set(key, { doneAt: now, rateLimitCount: 0 });
  }

  /** The call failed; it is not made again for `pause`. */
  failed(key: string, now: number, pause: number): void {
    const before = this.#entries.get(key);
    this.#entries.set(key, {
      ...before,
      rateLimitCount: before?.rateLimitCount ?? 0,
      blockedUntil: now + pause,
    });
  }

  /** The cloud said that the call came too soon. */
  limited(key: string, now: number, retryAfter = 0): void {
    const before = this.#entries.get(key);
    const rateLimitCount = (before?.rateLimitCount ?? 0) + 1;
    const pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE * 2 ** (rateLimitCount - 1), retryAfter));
    this.#entries.set(key, { ...before, rateLimitCount, blockedUntil: now + pause });
  }

  doneAt(key: string): number | undefined {
    return this.#entries.get(key)?.doneAt;
  }

  /** All entries but those that no longer matter: of devices that are gone, or of batches that changed. */
  snapshot(now: number): Record<string, CallRecord> {
    const recent = ({ doneAt = 0, blockedUntil = 0 }: CallRecord) =>
      Math.max(doneAt, blockedUntil) > now - OBSOLETE;
    return Object.fromEntries([...this.#entries].filter(([, entry]) => recent(entry)));
  }

  restore(entries: Readonly<Record<string, CallRecord>>): void {
    for (const [key, entry] of Object.entries(entries)) this.#entries.set(key, entry);
  }

  #waits(key: string, now: number): boolean {
    const { blockedUntil = 0 } = this.#entries.get(key) ?? {};
    // Further away than any pause: the system's clock was set back.
    return now < blockedUntil && blockedUntil - now <= LONGEST_PAUSE;
  }
}

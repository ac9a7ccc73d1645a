import * as z from 'zod';
import type { Endpoint } from './call.ts';

/** What is known of one call; times in milliseconds since the epoch. */
export const callRecord = z.object({
  doneAt: z.number().optional(),
  blockedUntil: z.number().optional(),
  /** When it was ended before its answer came: the cloud counts it all the same. */
  interruptedAt: z.number().optional(),
  /** Rate limits in a row. */
  rateLimitCount: z.number(),
});

export type CallRecord = z.infer<typeof callRecord>;

const MINUTE = 60_000;
/** The least pause after a rate limit: the cloud counts in five minutes. */
const FIRST_PAUSE = 5 * MINUTE;
const LONGEST_PAUSE = 2 * 60 * MINUTE;
/** No call has an interval longer than this; one made so long ago is due like one never made. */
const OBSOLETE = 48 * 60 * MINUTE;

/** When each call of an account was last made, and until when it may not be made again; calls are named by their keys. */
export class CallHistory {
  readonly #records = new Map<string, CallRecord>();

  /** Whether the cloud asked for a pause that is not over yet. */
  isRateLimited(key: string, now: number): boolean {
    return (this.#records.get(key)?.rateLimitCount ?? 0) > 0 && this.#waits(key, now);
  }

  /** Milliseconds until the pause that the cloud asked for is over; 0 when there is none. */
  pauseLeft(key: string, now: number): number {
    return this.isRateLimited(key, now) ? (this.#records.get(key)?.blockedUntil ?? now) - now : 0;
  }

  /** How overdue a call is, in intervals: at least 1 when due, Infinity when never made, 0 while it waits. */
  overdue(key: string, interval: number, now: number): number {
    if (this.#waits(key, now)) return 0;
    const doneAt = this.#records.get(key)?.doneAt;
    if (doneAt === undefined || doneAt > now) return Number.POSITIVE_INFINITY;
    return (now - doneAt) / interval;
  }

  /** The call succeeded. */
  done(key: string, now: number): void {
    this.#records.set(key, { doneAt: now, rateLimitCount: 0 });
  }

  /** The call failed; it is not made again for `pause` milliseconds. */
  failed(key: string, now: number, pause: number): void {
    const before = this.#records.get(key);
    this.#records.set(key, {
      ...before,
      rateLimitCount: before?.rateLimitCount ?? 0,
      blockedUntil: now + pause,
    });
  }

  /** The agent was stopped, or configured anew, while it waited for the answer. */
  interrupted(key: string, now: number): void {
    this.failed(key, now, FIRST_PAUSE);
    this.#records.set(key, { ...this.#records.get(key)!, interruptedAt: now });
  }

  /** The cloud said that the call came too soon. */
  limited(key: string, now: number, retryAfter = 0): void {
    const before = this.#records.get(key);
    const rateLimitCount = (before?.rateLimitCount ?? 0) + 1;
    const pause = Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE * 2 ** (rateLimitCount - 1), retryAfter));
    this.#records.set(key, { ...before, rateLimitCount, blockedUntil: now + pause });
  }

  /** Calls of an endpoint are due again, each as soon as the cloud does not refuse it as too early. */
  expire({ path }: Endpoint): void {
    for (const [key, record] of this.#records) {
      const { doneAt, blockedUntil = 0 } = record;
      if (doneAt === undefined || key.split(' ', 1)[0] !== path) continue;
      // Known to have been made, and longer ago than any interval.
      const expired = { doneAt: 0, blockedUntil: Math.max(blockedUntil, doneAt + FIRST_PAUSE) };
      this.#records.set(key, { ...record, ...expired });
    }
  }

  /** When the call last succeeded, milliseconds since the epoch. */
  doneAt(key: string): number | undefined {
    return this.#records.get(key)?.doneAt;
  }

  /** When the call was last made and not refused, milliseconds since the epoch. */
  madeAt(key: string): number | undefined {
    const { doneAt, interruptedAt } = this.#records.get(key) ?? {};
    return interruptedAt === undefined ? doneAt : Math.max(interruptedAt, doneAt ?? interruptedAt);
  }

  /** All records but those that no longer matter: of devices that are gone, or of batches that changed. */
  snapshot(now: number): Record<string, CallRecord> {
    const recent = ({ doneAt = 0, blockedUntil = 0 }: CallRecord) =>
      Math.max(doneAt, blockedUntil) > now - OBSOLETE;
    return Object.fromEntries([...this.#records].filter(([, record]) => recent(record)));
  }

  /** Restores what `snapshot` returned in an earlier run. */
  restore(records: Readonly<Record<string, CallRecord>>): void {
    for (const [key, record] of Object.entries(records)) this.#records.set(key, record);
  }

  #waits(key: string, now: number): boolean {
    const { blockedUntil = 0 } = this.#records.get(key) ?? {};
    // Further away than any pause: the system's clock was set back.
    return now < blockedUntil && blockedUntil - now <= LONGEST_PAUSE;
  }
}

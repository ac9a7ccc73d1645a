import type { LimitName } from './limits.ts';

/** What a source is given for one poll, one discovery or one backfill. */
export interface PollContext {
  /** Aborted when the agent stops; every call and every wait ends with it. */
  readonly signal: AbortSignal;
  /** Set for work that can wait: live calls do not wait for its calls to end. */
  readonly background?: true;
  /**
   * Reports the condition of a subject: a problem in words, or undefined for none. Written to the log only when
   * it changes; where the words hold a time or the like, when `essence` does.
   */
  readonly report: (subject: string, problem: string | undefined, essence?: string) => void;
  /** Writes a warning to the log about something that happened once; the source sees to it that it is not repeated. */
  readonly warn: (message: string) => void;
  /** Counts that a limit of the agent was reached, such as the number of rows that it reads. */
  readonly limitReached: (limit: LimitName) => void;
}

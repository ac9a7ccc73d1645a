/** What a source is given for one poll, one discovery or one backfill. */
export interface PollContext {
  /** Aborted when the agent stops; every call and every wait ends with it. */
  readonly signal: AbortSignal;
  /**
   * Reports the condition of a subject: a problem in words, or undefined for none. Written to the log only when
   * it changes.
   */
  readonly report: (subject: string, problem: string | undefined) => void;
}

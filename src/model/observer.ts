import type { LimitName } from './limits.ts';

/** Learns of every poll of every source. */
export interface PollObserver {
  /** @param outcome `partial`: some plants or devices failed */
  polled(source: string, outcome: 'success' | 'partial' | 'failure', seconds: number): void;
  /** @param reason why a value was rejected or held back */
  rejected(source: string, reason: string): void;
  /** A limit of the agent was reached, so that something was left out. */
  limitReached(limit: LimitName): void;
}

/** Learns of every try of every call of one source. */
export interface CallObserver {
  /**
   * @param outcome `success`, or the kind of the error
   * @param milliseconds how long it took
   * @param nextIn milliseconds until the rate limiter allows the next call
   */
  attempted(endpoint: string, outcome: string, milliseconds: number, nextIn: number): void;
  /** Called before each try but the first. */
  retried(endpoint: string): void;
}

/** Learns of what the HTTP server does. */
export interface HttpObserver {
  /** @param path one that is served, or `other` */
  answered(path: string, code: number): void;
  /** A connection was closed to make room for another. */
  connectionDropped(): void;
}

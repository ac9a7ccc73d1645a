import type { Circuit } from './source.ts';

/** What the status page and `/api/v1/status` show: state in words, never a secret. */
export interface Status {
  readonly version: string;
  /** Seconds since the Unix epoch. */
  readonly startTime: number;
  /** True when the data comes from the built-in simulators. */
  readonly simulated: boolean;
  readonly ready: boolean;
  readonly sources: readonly SourceStatus[];
  /** Which part of the sources this agent polls, counted from 0, and how many sources all parts have together. */
  readonly shard?: { readonly index: number; readonly count: number; readonly sources: number };
}

export interface SourceStatus {
  /** `growatt/ACCOUNT` or `trucki/STICK`. */
  readonly name: string;
  /** `waiting`: restarted, and a call now would be refused; `empty`: it answers and has no plants. */
  readonly state: 'starting' | 'waiting' | 'ok' | 'empty' | 'failing';
  readonly circuit: Circuit;
  /** Seconds; the interval in force. */
  readonly intervalSeconds: number;
  /** Seconds since the Unix epoch; absent before the first success. */
  readonly lastSuccess?: number;
  /** Seconds since the Unix epoch; absent while a poll runs. */
  readonly nextPoll?: number;
  /** One sentence for people: why it fails or, while it is ok, what is wrong with a part of it. */
  readonly problem?: string;
  /** What to do about it, in one sentence. */
  readonly advice?: string;
  /** Failed polls in a row; absent while it answers. */
  readonly failures?: number;
  readonly plants?: number;
  readonly devices?: number;
}

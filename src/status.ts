/** What the status page and `/api/v1/status` show: state in words, never a secret. */
export interface Status {
  readonly version: string;
  /** Seconds since the Unix epoch. */
  readonly startTime: number;
  /** True when the data comes from the built-in simulators. */
  readonly simulated: boolean;
  readonly ready: boolean;
  readonly sources: readonly SourceStatus[];
}

export interface SourceStatus {
  /** `growatt/ACCOUNT` or `trucki/STICK`. */
  readonly name: string;
  readonly state: 'starting' | 'ok' | 'failing';
  readonly circuit: 'closed' | 'half-open' | 'open';
  /** Seconds; the interval in force. */
  readonly intervalSeconds: number;
  /** Seconds since the Unix epoch; absent before the first success. */
  readonly lastSuccess?: number;
  /** One sentence for people: why it fails or, while it is ok, what is wrong with a part of it. */
  readonly problem?: string;
  readonly plants?: number;
  readonly devices?: number;
}

/** What went wrong between the agent and a source; decides retry, breaker, metric and log level. */
export type ErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'server'
  | 'malformed'
  | 'rate-limited'
  | 'unauthorized'
  | 'missing'
  | 'refused';

export interface Treatment {
  /** Worth another try within the same poll. */
  readonly retry: boolean;
  /** A failure of the source itself, so the circuit breaker counts it. */
  readonly breaks: boolean;
}

const transient: Treatment = { retry: true, breaks: true };
const final: Treatment = { retry: false, breaks: false };

/** A rate limit is neither retried nor a failure of the source: it requires fewer calls. */
export const treatments: Readonly<Record<ErrorKind, Treatment>> = {
  /** No connection: refused, reset, no such host, TLS. */
  unreachable: transient,
  timeout: transient,
  /** HTTP 5xx, an error page, the cloud's own "system error". */
  server: transient,
  /** An answer, but not in a shape that the reference allows. */
  malformed: transient,
  'rate-limited': final,
  /** Token, region or password not accepted. */
  unauthorized: final,
  /** The plant or device does not exist (any more). */
  missing: final,
  /** Any other refusal; the same call would be refused again. */
  refused: final,
};

/** A failed call to a source. The message is for people and holds neither secrets nor addresses with queries. */
export class SourceError extends Error {
  readonly kind: ErrorKind;
  /** Milliseconds the source asked us to wait, where it said so. */
  readonly retryAfter: number | undefined;

  constructor(kind: ErrorKind, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'SourceError';
    this.kind = kind;
    this.retryAfter = options.retryAfter;
  }
}

/** The stacks of an error and of its causes, for the log line about a defect of this program. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? String(error);
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
}

/** What is to be done about an error; one that is no SourceError is a defect, and final. */
export function treatmentOf(error: unknown): Treatment {
  return error instanceof SourceError ? treatments[error.kind] : final;
}

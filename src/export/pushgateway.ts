import type { Clock } from '../base/clock.ts';
import { type ErrorKind, SourceError } from '../base/errors.ts';
import { trimEndOf } from '../base/trim.ts';
import type { Fetch } from '../http/fetch.ts';
import { fetchText } from '../http/fetch-text.ts';
import { createCallPolicy } from '../policy/call-policy.ts';
import { credentialsOf } from '../settings/addresses.ts';
import { contentTypes } from './negotiation.ts';
import type { Pushgateway } from './pushgateway-settings.ts';

export interface PushOptions {
  readonly gateway: Pushgateway;
  readonly clock: Clock;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

/** Only where the Pushgateway does not answer, or with HTTP 5xx. */
const RETRIES = 2;
const FIRST_DELAY_MS = 500;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Longest part of an answer in an error, in characters. */
const LONGEST_REASON = 400;

/** What to do about a push that failed, as the end of a sentence. */
const ADVICE: Readonly<Partial<Record<ErrorKind, string>>> = {
  unreachable: 'check PUSHGATEWAY_URL, and that the Pushgateway runs there',
  timeout: 'check PUSHGATEWAY_URL, or raise PUSHGATEWAY_TIMEOUT',
  server: 'see the log of the Pushgateway, or of the proxy in front of it',
  unauthorized: 'check user and password in PUSHGATEWAY_URL',
  missing: 'check PUSHGATEWAY_URL, which must end before /metrics/job',
};

/**
 * Replaces the group in the Pushgateway by these metrics.
 * @param text the text format 0.0.4 without timestamps
 * @throws SourceError with a message that says what to do and holds no secret; the signal's reason when aborted
 */
export async function pushMetrics(
  text: string,
  { gateway, clock, fetch, signal }: PushOptions,
): Promise<void> {
  const url = groupUrl(gateway);
  const what = `Push to ${url.host}`;
  const headers = {
    accept: '*/*',
    'content-type': contentTypes.text,
    ...authorization(gateway.url),
  };
  const request = { method: 'PUT', headers, body: text, maxBytes: MAX_ANSWER_BYTES, what } as const;
  const retry = { timeout: gateway.timeout, retries: RETRIES, firstDelay: FIRST_DELAY_MS };
  try {
    await createCallPolicy({ clock, retry }).execute(
      what,
      async (inner) => {
        const answer = await fetchText(fetch, url, { ...request, signal: inner }).catch(withoutRetry);
        if (answer.status >= 300) throw refusal(what, answer.status, answer.text);
      },
      signal,
    );
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const advice = ADVICE[error.kind];
    throw advice ? new SourceError(error.kind, `${error.message}; ${advice}`, { cause: error }) : error;
  }
}

/**
 * Address of the group: the URL's own path, `metrics`, then each label with its value. A value that cannot be
 * one segment of a path is written in the base64 form that the Pushgateway's README defines.
 */
export function groupUrl({ url, job, grouping }: Pushgateway): URL {
  const address = new URL(url);
  const segments = Object.entries({ job, ...grouping }).map(([label, value]) => segmentOf(label, value));
  address.pathname = `${trimEndOf(address.pathname, '/')}/metrics/${segments.join('/')}`;
  address.username = address.password = '';
  return address;
}

function segmentOf(label: string, value: string): string {
  const text = value.toWellFormed();
  // URL parsers remove empty segments and segments of dots.
  if (/^\.{0,2}$|\//.test(text)) {
    return `${label}@base64/${Buffer.from(text).toString('base64url') || '='}`;
  }
  return `${label}/${encodeURIComponent(text)}`;
}

function authorization(url: string): { authorization?: string } {
  const credentials = credentialsOf(url);
  return credentials ? { authorization: `Basic ${credentials.basic}` } : {};
}

/** A redirect or an endless answer is not temporary. */
function withoutRetry(error: unknown): never {
  if (!(error instanceof SourceError) || error.kind !== 'malformed') throw error;
  const advice = 'PUSHGATEWAY_URL must be the address of the Pushgateway itself';
  throw new SourceError('refused', `${error.message}; ${advice}`, { cause: error });
}

function refusal(what: string, status: number, body: string): SourceError {
  if (status === 401 || status === 403) {
    return new SourceError('unauthorized', `${what}: not allowed (HTTP ${status})`);
  }
  if (status === 404 || status === 405) {
    return new SourceError('missing', `${what}: no Pushgateway at this address (HTTP ${status})`);
  }
  const reason = reasonIn(body);
  const message = `${what}: refused (HTTP ${status})${reason && `: ${reason}`}`;
  if (status >= 500) return new SourceError('server', message);
  // The Pushgateway's message for a metric that another group has with another type.
  const conflict = reason.includes('inconsistent with existing metrics');
  return new SourceError(
    'refused',
    conflict ? `${message}; delete the group there that holds this metric with another type` : message,
  );
}

/** The text of an answer, as one line without markup and control characters. */
function reasonIn(body: string): string {
  const words = body
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return words.length > LONGEST_REASON ? `${words.slice(0, LONGEST_REASON)}…` : words;
}

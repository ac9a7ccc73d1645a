import type { Clock } from '../../base/clock.ts';
import { type ErrorKind, SourceError } from '../../base/errors.ts';
import { REDACTED } from '../../base/redacted.ts';
import type { Fetch } from '../../http/fetch.ts';
import { fetchText } from '../../http/fetch-text.ts';
import { parseJsonObject } from '../../http/json.ts';
import { parseRetryAfter } from '../../http/retry-after.ts';
import type { Circuit } from '../../model/source.ts';
import type { CallPolicy } from '../../policy/call-policy.ts';
import { type Endpoint, endpointName, type Params } from './call.ts';
import { parseCode, parseText } from './numbers.ts';

/** A hundred inverters with three hundred keys each are about 1 MB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Error codes of reads in v1. 10012 has two meanings; its text distinguishes them. */
const codes: Readonly<Record<number, ErrorKind>> = {
  [-1]: 'unauthorized',
  10001: 'server',
  10002: 'missing',
  10003: 'missing',
  10005: 'missing',
  10011: 'unauthorized',
  10012: 'rate-limited',
};

/** Codes of the v4 API. */
const v4Codes: Readonly<Record<number, ErrorKind>> = {
  [-1]: 'unauthorized',
  1: 'server',
  2: 'unauthorized',
  3: 'unauthorized',
  4: 'missing',
  12: 'unauthorized',
  100: 'rate-limited',
  101: 'unauthorized',
  102: 'rate-limited',
};

export interface CallOptions {
  /** Throws for an answer that is not usable, so that it is asked for again. */
  readonly check?: ((envelope: unknown) => unknown) | undefined;
  /** Called each time that the call is sent; before that it waits for its turn. */
  readonly onSent?: () => void;
}

/** Calls Growatt's OpenAPI for one account; every call passes the account's policy. */
export class GrowattClient {
  readonly #baseUrl: string;
  readonly #token: string;
  readonly #fetch: Fetch;
  readonly #policy: CallPolicy;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(options: {
    baseUrl: string;
    token: string;
    fetch: Fetch;
    policy: CallPolicy;
    clock: Pick<Clock, 'now'>;
  }) {
    this.#baseUrl = options.baseUrl;
    this.#token = options.token;
    this.#fetch = options.fetch;
    this.#policy = options.policy;
    this.#clock = options.clock;
  }

  get circuit(): Circuit {
    return this.#policy.circuit;
  }

  /**
   * Makes one call under the policy: rate limiter, retries, circuit breaker, time-out.
   * @returns the whole envelope of a success
   * @throws SourceError by HTTP status and `error_code`
   */
  call(
    endpoint: Endpoint,
    params: Params,
    signal: AbortSignal,
    { check, onSent }: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    const attempt = async (inner: AbortSignal) => {
      onSent?.();
      const envelope = await this.#request(endpoint, params, inner);
      check?.(envelope);
      return envelope;
    };
    return this.#policy.execute(endpointName(endpoint), attempt, signal);
  }

  /** GET parameters go into the query, POST parameters into a form. */
  async #request(endpoint: Endpoint, params: Params, signal: AbortSignal): Promise<Record<string, unknown>> {
    const { method, path } = endpoint;
    const values = new URLSearchParams(
      Object.entries(params).map(([key, value]) => [key, String(value)] as [string, string]),
    );
    const url = new URL(`${this.#baseUrl}/${path.startsWith('v4/') ? path : `v1/${path}`}`);
    if (method === 'GET') url.search = values.toString();
    const { status, headers, text } = await fetchText(this.#fetch, url, {
      method,
      headers: { token: this.#token },
      ...(method === 'POST' && { form: values }),
      signal,
      maxBytes: MAX_BYTES,
      what: path,
    });
    if (status === 429) {
      const retryAfter = parseRetryAfter(headers.get('retry-after'), this.#clock.now());
      throw new SourceError('rate-limited', `${path}: too many calls (HTTP 429)`, {
        ...(retryAfter && { retryAfter }),
      });
    }
    if (status >= 500) throw new SourceError('server', `${path}: the cloud answered HTTP ${status}`);
    // A server that quotes the request must not bring the token into a message or a label.
    const harmless = text.replaceAll(this.#token, REDACTED);
    const envelope = parseJsonObject(harmless, status === 200 ? path : `${path}: HTTP ${status}`);
    throwOnError(path, envelope);
    return envelope;
  }
}

/** v1 says `error_code` and `error_msg`, v4 `code` and `message`. */
function throwOnError(path: string, envelope: Record<string, unknown>): void {
  const v4 = path.startsWith('v4/');
  const code = parseCode(v4 ? envelope.code : envelope.error_code);
  if (code === undefined) {
    throw new SourceError('malformed', `${path}: the answer has no error code, so it is not Growatt's API`);
  }
  if (code === 0) return;
  const message = parseText(v4 ? envelope.message : envelope.error_msg);
  const gone = code === 10012 && /not (exist|found)/i.test(message);
  const kind = gone ? 'missing' : ((v4 ? v4Codes : codes)[code] ?? 'refused');
  throw new SourceError(kind, `${path}: ${code} ${message}`.trim());
}

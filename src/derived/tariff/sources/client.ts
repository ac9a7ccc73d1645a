import type * as z from 'zod';
import type { Clock } from '../../../base/clock.ts';
import { SourceError } from '../../../base/errors.ts';
import { trimEndOf } from '../../../base/trim.ts';
import { version } from '../../../base/version.ts';
import type { Fetch } from '../../../http/fetch.ts';
import { fetchText } from '../../../http/fetch-text.ts';
import { parseJsonObject } from '../../../http/json.ts';
import type { CallPolicy } from '../../../policy/call-policy.ts';
import type { Ask } from './market.ts';

/** A few days of prices are 40 KB. */
const MAX_BYTES = 2 * 1024 * 1024;
const LONGEST_RETRY_AFTER = 24 * 3_600_000;

export interface MarketClientOptions {
  /** Server, with or without a slash at its end. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly policy: CallPolicy;
  readonly clock: Pick<Clock, 'now'>;
}

/** Asks a server for prices, each call under the policy, until the signal is aborted. */
export function askOf({ baseUrl, fetch, policy, clock }: MarketClientOptions, signal: AbortSignal): Ask {
  return (endpoint, path, query, schema) =>
    policy.execute(
      endpoint,
      async (inner) => {
        const url = new URL(`${trimEndOf(baseUrl, '/')}/${path}`);
        url.search = new URLSearchParams(query).toString();
        const { status, headers, text } = await fetchText(fetch, url, {
          headers: { 'user-agent': `solar-otel-agent/${version}` },
          signal: inner,
          maxBytes: MAX_BYTES,
          what: endpoint,
        });
        throwOnStatus(status, headers.get('retry-after'), `${endpoint}: ${url.host}`, clock.now());
        return parsed(schema, parseJsonObject(text, endpoint), endpoint);
      },
      signal,
    );
}

function throwOnStatus(
  status: number,
  retryAfter: string | null | undefined,
  where: string,
  now: number,
): void {
  if (status === 200) return;
  const answered = `${where} answered HTTP ${status}`;
  if (status === 429)
    throw new SourceError('rate-limited', `${where}: too many calls (HTTP 429)`, waitOf(retryAfter, now));
  if (status === 404)
    throw new SourceError('missing', `${answered}: check zone, product and region of the tariff`);
  throw new SourceError(status >= 500 ? 'server' : 'refused', answered);
}

/** Seconds or an HTTP date. */
function waitOf(value: string | null | undefined, now: number): { readonly retryAfter?: number } {
  const wait = /^\d{1,9}$/.test(value ?? '') ? Number(value) * 1000 : Date.parse(value ?? '') - now;
  return wait > 0 ? { retryAfter: Math.min(wait, LONGEST_RETRY_AFTER) } : {};
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, endpoint: string): T {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data as T;
  const where = error.issues[0]?.path.join('.') ?? '';
  throw new SourceError('malformed', `${endpoint}: the answer is not as documented${where && ` (${where})`}`);
}

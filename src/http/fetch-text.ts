import { SourceError } from '../base/errors.ts';

export interface TextRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: URLSearchParams;
  /** Sent as it is; the headers say what it is. */
  readonly body?: string;
  readonly signal: AbortSignal;
  /** The answer is cut off beyond this, counted after decompression. */
  readonly maxBytes: number;
  /** What is requested, for error messages: no query, no secret. */
  readonly what: string;
}

export interface TextAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One bounded HTTP exchange. Redirects are never followed: a token must not be sent to another host, and
 * a redirect to a login page would look like an answer.
 * @throws SourceError `unreachable`, `malformed` (too large, redirect); the signal's reason when aborted.
 */
export async function fetchText(
  fetch: typeof globalThis.fetch,
  url: URL,
  request: TextRequest,
): Promise<TextAnswer> {
  const { method = 'GET', headers = {}, form, body = form, signal, maxBytes, what } = request;
  try {
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal,
    });
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw new SourceError(
        'malformed',
        `${what}: ${url.host} answered with a redirect (HTTP ${response.status})`,
      );
    }
    return {
      status: response.status,
      headers: response.headers,
      text: await readBounded(response, maxBytes, what),
    };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    signal.throwIfAborted();
    throw new SourceError('unreachable', `${what}: no answer from ${url.host} (${reasonOf(error)})`, {
      cause: error,
    });
  }
}

async function readBounded(response: Response, maxBytes: number, what: string): Promise<string> {
  if (!response.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream and with it the connection.
    if (size > maxBytes)
      throw new SourceError('malformed', `${what}: the answer is larger than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the server',
  UND_ERR_SOCKET: 'connection closed by the server',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'host name lookup failed',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'the server does not use TLS',
};

/** fetch hides the reason in a chain of causes, and in the first of several where it tried several addresses. */
export function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; ) {
    const code = 'code' in at ? String(at.code) : '';
    if (reasons[code]) return reasons[code];
    const inner: unknown = at instanceof AggregateError ? at.errors[0] : at.cause;
    if (!(inner instanceof Error)) return /^[A-Z_]+$/.test(code) ? code : at.message.slice(0, 120);
    at = inner;
  }
  return 'unknown reason';
}

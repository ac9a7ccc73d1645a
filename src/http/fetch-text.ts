import { SourceError } from '../base/errors.ts';
import type { AnswerHeaders, Fetch, FetchAnswer } from './fetch.ts';
import { answerProblemOf, reasonOf } from './reasons.ts';

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
  readonly headers: AnswerHeaders;
  readonly text: string;
}

/**
 * One bounded HTTP exchange. Redirects are never followed: a token must not be sent to another host, and
 * a redirect to a login page would look like an answer.
 * @throws SourceError `unreachable`, `malformed` (no HTTP, damaged, too large, redirect); the signal's reason when aborted.
 */
export async function fetchText(fetch: Fetch, url: URL, request: TextRequest): Promise<TextAnswer> {
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
    const answer = answerProblemOf(error);
    if (answer !== undefined)
      throw new SourceError('malformed', `${what}: ${url.host} ${answer}`, { cause: error });
    throw new SourceError('unreachable', `${what}: no answer from ${url.host} (${reasonOf(error)})`, {
      cause: error,
    });
  }
}

async function readBounded(response: FetchAnswer, maxBytes: number, what: string): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the stream and with it the connection.
    if (size > maxBytes)
      throw new SourceError('malformed', `${what}: the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  // In one piece: a text that is put together is copied once more before it is parsed.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

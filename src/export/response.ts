import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Body } from './body.ts';
import { acceptsGzip } from './negotiation.ts';

/** What a route answers; the length, the encoding and the security headers are added when it is sent. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Body;
  readonly headers?: OutgoingHttpHeaders;
}

/** The body of the answer 400 to a request without TLS where there is TLS: what Go's net/http says. */
export const NOT_TLS = 'Client sent an HTTP request to an HTTPS server.\n';

/** A short answer in plain text. */
export function plainText(status: number, text: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: new Body(text), headers };
}

/** Below this gzip makes a body longer. */
const LEAST_GZIP_BYTES = 200;

/** Values change at every poll and pages name devices: nothing may keep a copy. */
const commonHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/**
 * Sends an answer, compressed where the client accepts that, and without the body for HEAD.
 * @param further headers that beat those of the answer
 */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body, headers }: Answer,
  further: OutgoingHttpHeaders = {},
): Promise<void> {
  const zip = body.size >= LEAST_GZIP_BYTES && acceptsGzip(request.headers['accept-encoding']?.toString());
  const sent = zip ? await body.gzip() : body.bytes;
  response.writeHead(status, {
    ...commonHeaders,
    Vary: 'Accept-Encoding',
    ...headers,
    ...further,
    'Content-Type': contentType,
    'Content-Length': sent.reduce((length, part) => length + part.length, 0),
    ...(zip && { 'Content-Encoding': 'gzip' }),
  });
  if (request.method !== 'HEAD') for (const part of sent) response.write(part);
  response.end();
}

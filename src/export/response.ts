import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { acceptsGzip } from './negotiation.ts';

/** What a route answers; the length, the encoding and the security headers are added when it is sent. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** A short answer in plain text. */
export function plainText(status: number, body: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body, headers };
}

/** Below this gzip makes a body longer. */
const LEAST_GZIP_BYTES = 200;

/** Values change at every poll and pages name devices: nothing may keep a copy. */
const commonHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

type Send = (request: IncomingMessage, response: ServerResponse, answer: Answer) => Promise<void>;

/** Makes a function that sends answers; it keeps the newest body of each content type in encoded form. */
export function createSender(): Send {
  const newest = new Map<string, EncodedBody>();

  function encode({ contentType, body }: Answer): EncodedBody {
    const known = newest.get(contentType);
    if (known?.text === body) return known;
    const encoded = encodedBody(body);
    newest.set(contentType, encoded);
    return encoded;
  }

  return async (request, response, answer) => {
    const encoded = encode(answer);
    const zip =
      encoded.plain.length >= LEAST_GZIP_BYTES && acceptsGzip(request.headers['accept-encoding']?.toString());
    const bytes = zip ? await encoded.zipped() : encoded.plain;
    response.writeHead(answer.status, {
      ...commonHeaders,
      Vary: 'Accept-Encoding',
      ...answer.headers,
      'Content-Type': answer.contentType,
      'Content-Length': bytes.length,
      ...(zip && { 'Content-Encoding': 'gzip' }),
    });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  };
}

interface EncodedBody {
  readonly text: string;
  readonly plain: Buffer;
  zipped(): Promise<Buffer>;
}

const compress = promisify<string, { level: number }, Buffer>(gzip);

function encodedBody(text: string): EncodedBody {
  let zipped: Promise<Buffer> | undefined;
  return {
    text,
    plain: Buffer.from(text),
    zipped() {
      zipped ??= compress(text, { level: constants.Z_BEST_SPEED });
      return zipped;
    },
  };
}

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';

/**
 * A `fetch` made of node:http that follows no redirects. Node's own (24.21) throws outside of any promise, which
 * ends the process, when a compressed answer exceeds its buffers and the server closes the connection.
 */
export const nodeFetch: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
  request.signal.throwIfAborted();
  const send = new URL(request.url).protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = send(request.url, {
    method: request.method,
    headers: {
      'accept-encoding': 'gzip, deflate',
      ...Object.fromEntries(request.headers),
      ...(body && { 'content-length': body.length }),
    },
    signal: request.signal,
  });
  // Later errors are thrown to the reader of the body; without a listener they would end the process.
  outgoing.on('error', () => {});
  outgoing.end(body);
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
  return responseOf(incoming!);
};

/** Statuses that come without a body; Response refuses one. */
const EMPTY = [204, 205, 304];

function responseOf(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = incoming;
  try {
    const body = EMPTY.includes(status) ? null : Readable.toWeb(decoded(incoming));
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
    return new Response(body as ReadableStream | null, { status, headers: texts });
  } catch (error) {
    incoming.destroy();
    throw error;
  }
}

function decoded(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers['content-encoding'];
  const decoder = encoding === 'gzip' ? createGunzip() : encoding === 'deflate' ? createInflate() : undefined;
  // An error on either side is thrown to the reader of the result.
  return decoder ? pipeline(incoming, decoder, () => {}) : incoming;
}

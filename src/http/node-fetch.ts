import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { AnswerProblem } from './reasons.ts';

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
  return responseOf(await responseTo(outgoing));
};

function responseTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
    // Node would wait for ever.
    outgoing.once('upgrade', (_incoming, socket) => {
      socket.destroy();
      reject(new AnswerProblem('changes to another protocol'));
    });
  });
}

/** Statuses that come without a body; Response refuses one. */
const EMPTY = [204, 205, 304];

function responseOf(incoming: IncomingMessage): Response {
  const { statusCode: status = 0, headers } = incoming;
  try {
    if (status < 200 || status > 599)
      throw new AnswerProblem(`answers with status ${status}, which HTTP does not have`);
    const body = EMPTY.includes(status) ? null : Readable.toWeb(decoded(incoming));
    const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
    return new Response(body as ReadableStream | null, { status, headers: texts });
  } catch (error) {
    incoming.destroy();
    if (error instanceof AnswerProblem) throw error;
    throw new AnswerProblem('sends headers that are not valid', { cause: error });
  }
}

function decoded(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers['content-encoding'];
  const decoder = encoding === 'gzip' ? createGunzip() : encoding === 'deflate' ? createInflate() : undefined;
  // An error on either side is thrown to the reader of the result.
  return decoder ? pipeline(incoming, decoder, () => {}) : incoming;
}

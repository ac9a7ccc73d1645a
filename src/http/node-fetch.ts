import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { AnswerBody, Fetch, FetchAnswer } from './fetch.ts';
import { AnswerProblem } from './reasons.ts';

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';

/**
 * A `fetch` made of node:http that follows no redirects. Node's own (24.21) throws outside of any promise, which
 * ends the process, when a compressed answer exceeds its buffers and the server closes the connection; and
 * loading it costs time and memory at each start.
 */
export const nodeFetch: Fetch = async (url, { method = 'GET', headers, body, signal } = {}) => {
  signal?.throwIfAborted();
  const sent = body === undefined ? undefined : Buffer.from(String(body));
  // Devices on the local network need no TLS, which takes time to load.
  const send = new URL(url).protocol === 'https:' ? (await import('node:https')).request : httpRequest;
  const outgoing = send(url, {
    method,
    headers: {
      'accept-encoding': 'gzip, deflate',
      ...(body instanceof URLSearchParams && { 'content-type': FORM }),
      ...headers,
      ...(sent && { 'content-length': sent.length }),
    },
    ...(signal && { signal }),
  });
  // Later errors are thrown to the reader of the body; without a listener they would end the process.
  outgoing.on('error', () => {});
  outgoing.end(sent);
  return answerOf(await responseTo(outgoing));
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

/** Statuses that come without a body. */
const EMPTY = [204, 205, 304];

function answerOf(incoming: IncomingMessage): FetchAnswer {
  const { statusCode: status = 0 } = incoming;
  if (status < 200 || status > 599) {
    incoming.destroy();
    throw new AnswerProblem(`answers with status ${status}, which HTTP does not have`);
  }
  const headers = new Map(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  if (!EMPTY.includes(status)) return { status, headers, body: bodyOf(decoded(incoming)) };
  incoming.resume();
  return { status, headers, body: null };
}

function bodyOf(stream: Readable): AnswerBody {
  // What fails before the reading begins is thrown when it does.
  stream.on('error', () => {});
  return {
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
    async cancel() {
      stream.destroy();
    },
  };
}

function decoded(incoming: IncomingMessage): Readable {
  const encoding = incoming.headers['content-encoding'];
  const decoder = encoding === 'gzip' ? createGunzip() : encoding === 'deflate' ? createInflate() : undefined;
  // An error on either side is thrown to the reader of the result.
  return decoder ? pipeline(incoming, decoder, () => {}) : incoming;
}

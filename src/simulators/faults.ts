import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Reply } from './server.ts';

/** A fault for the next matching requests. */
export interface FaultOrder<Kind extends string> {
  kind: Kind;
  /** Only for paths that contain this. */
  match?: string;
  /** How many requests, 1 unless given; `Infinity` lasts until `clear()`. */
  times?: number;
  /** For `http-429`: the Retry-After header, in seconds. */
  retryAfter?: number;
  /** For `redirect`: where to. */
  location?: string;
}

/** One request with a fault. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** What would have been answered. */
  answer(): Reply;
  order: FaultOrder<string>;
}

/** Makes the faulty reply, or undefined when it has used the connection itself. */
export type Responder = (exchange: Exchange) => Reply | undefined;

export interface Faults<Kind extends string> {
  /** Queues a fault; each is applied in turn. */
  next(order: FaultOrder<Kind>): void;
  /** Forgets every order. */
  clear(): void;
}

/** A queue of fault orders over a table of kind → responder. */
export function createFaults<Kind extends string>(responders: Record<Kind, Responder>) {
  const queue: { order: FaultOrder<Kind>; left: number }[] = [];
  const faults: Faults<Kind> = {
    next: (order) => void queue.push({ order, left: order.times ?? 1 }),
    clear: () => void queue.splice(0),
  };
  /** Uses up the first order for this path, if there is one. */
  function take(path: string): ((exchange: Omit<Exchange, 'order'>) => Reply | undefined) | undefined {
    const index = queue.findIndex(({ order }) => path.includes(order.match ?? ''));
    const entry = queue[index];
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) queue.splice(index, 1);
    return (exchange) => responders[entry.order.kind]({ ...exchange, order: entry.order });
  }
  return { faults, take };
}

export type TransportFault =
  | 'http-500'
  | 'http-429'
  | 'hang'
  | 'reset'
  | 'truncated'
  | 'oversize'
  | 'gzip-bomb'
  | 'redirect'
  | 'empty-body';

/** An HTML page, as proxies and portals send instead of an answer. */
export function page(status: number, title: string, body = ''): Reply {
  return {
    status,
    headers: { 'Content-Type': 'text/html;charset=UTF-8' },
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`,
  };
}

const MEGABYTE_OF_BLANKS = Buffer.alloc(1_000_000, ' ');
const OVERSIZE_MEGABYTES = 256;

/** What can go wrong with any HTTP server. */
export const transportFaults: Record<TransportFault, Responder> = {
  'http-500': () => page(500, 'Internal Server Error'),
  'http-429': ({ order }) => ({
    ...page(429, 'Too Many Requests'),
    headers: { 'Content-Type': 'text/html', 'Retry-After': String(order.retryAfter ?? 60) },
  }),
  hang: () => undefined,
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  truncated: ({ answer }) => {
    const reply = answer();
    const body = reply.body.toString();
    return { ...reply, body: body.slice(0, body.length / 2) };
  },
  oversize: ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'text/html;charset=UTF-8' });
    pourBlanks(response, OVERSIZE_MEGABYTES);
    return undefined;
  },
  'gzip-bomb': () => {
    const member = gzipSync(MEGABYTE_OF_BLANKS);
    return {
      headers: { 'Content-Type': 'text/html;charset=UTF-8', 'Content-Encoding': 'gzip' },
      body: Buffer.concat(Array.from({ length: OVERSIZE_MEGABYTES }, () => member)),
    };
  },
  redirect: ({ order }) => ({ status: 302, headers: { Location: order.location ?? '/login' }, body: '' }),
  'empty-body': () => ({ body: '' }),
};

/** Writes blanks as fast as the other side takes them, until it closes the connection or all are written. */
function pourBlanks(response: ServerResponse, megabytes: number): void {
  if (response.destroyed) return;
  if (megabytes === 0) response.end();
  else response.write(MEGABYTE_OF_BLANKS, () => pourBlanks(response, megabytes - 1));
}

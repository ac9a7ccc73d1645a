import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a simulator answers; status 200 unless given. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: string | Buffer;
}

export interface RunningServer {
  /** `http://host:port` */
  url: string;
  /** `host:port`, as a client on this machine connects to it. */
  address: string;
  /** Ends open connections too, so that a hanging request does not keep it waiting. */
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Listens on a host and port (0: a free one); rejects with the system's error when that is not possible. */
export async function listen(host: string, port: number, handler: Handler): Promise<RunningServer> {
  const server = createServer((request, response) => {
    handler(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  // All interfaces are no address to connect to.
  const hostname = bound.address === '::' ? 'localhost' : bound.address;
  const address = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound.port}`;
  return {
    url: `http://${address}`,
    address,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a reply whole, with its Content-Length. */
export function send(response: ServerResponse, { status = 200, headers = {}, body }: Reply): void {
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

const BODY_LIMIT = 1_000_000;

/** Reads a request's body as text; rejects beyond 1 MB. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error('request body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** The latest of a stream of records, at most `limit` of them. */
export function boundedLog<T>(limit: number): { entries: readonly T[]; add(entry: T): void } {
  const entries: T[] = [];
  return {
    entries,
    add(entry) {
      if (entries.length >= limit) entries.splice(0, Math.ceil(limit / 10));
      entries.push(entry);
    },
  };
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, systemClock } from '../base/clock.ts';
import { stackOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { ListenAddress } from '../settings/addresses.ts';
import { listenError } from './listen-error.ts';
import { type Answer, plainText, send } from './response.ts';
import { createRouter, type Surface } from './routes.ts';
import type { Admission, Gate } from './web/gate.ts';
import { secure } from './web/tls-front.ts';

/** Limits for each client; times are milliseconds. */
export interface ServerLimits {
  readonly headersTimeout: number;
  readonly keepAliveTimeout: number;
  /** A connection on which nothing is read or written for so long is closed. */
  readonly silenceTimeout: number;
  readonly headerBytes: number;
  readonly connections: number;
}

/** Well above what Prometheus and a few browsers need. */
export const defaultLimits: ServerLimits = {
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  silenceTimeout: 30_000,
  headerBytes: 8 * 1024,
  connections: 100,
};

export interface ServerOptions {
  readonly listen: ListenAddress;
  readonly surface: Surface;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'now'>;
  readonly limits?: ServerLimits;
  /** TLS, passwords and the like; undefined: none. It is closed with the server. */
  readonly gate?: Gate | undefined;
}

export interface RunningServer {
  readonly address: { readonly host: string; readonly port: number };
  /** Without a trailing slash; `localhost` when it listens on all interfaces. */
  readonly url: string;
  /** Stops accepting, lets running requests finish for `graceMs`, then cuts them off. */
  close(graceMs: number): Promise<void>;
}

/** Serves the surface over HTTP. @throws Error with a message for the user when it cannot listen */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { listen, surface, log, clock = systemClock, limits = defaultLimits, gate } = options;
  const route = createRouter(surface, log, clock);
  const server = createLimitedServer(limits);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A body is never read, so a next request on such a connection could not be parsed.
    if (hasBody(request)) response.setHeader('Connection', 'close');
    try {
      const { headers, refusal } = (await gate?.admit(request, response)) ?? OPEN;
      await send(request, response, refusal ?? (await answerOf(request)), headers);
    } catch (error) {
      log.error('Internal error, please report it: sending an HTTP answer failed', { stack: stackOf(error) });
      response.destroy();
    }
  }

  async function answerOf(request: IncomingMessage): Promise<Answer> {
    try {
      return await route(request);
    } catch (error) {
      log.error('Internal error, please report it: an HTTP request failed', { stack: stackOf(error) });
      return plainText(500, 'Internal error. See the log.\n');
    }
  }

  const close = closer(server, limits, gate);
  server.on('request', respond);
  // Without a listener Node would answer 100, and the client would send the body.
  server.on('checkContinue', respond);
  server.listen(listen.port, listen.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(listen, error);
  }
  server.on('error', (error) => log.warn(`Accepting an HTTP connection failed (${error.message})`));

  const { address, port } = server.address() as AddressInfo;
  return {
    address: { host: address, port },
    url: `${gate?.tls ? 'https' : 'http'}://${urlHost(address)}:${port}`,
    close,
  };
}

/** What holds where there is no gate. */
const OPEN: Admission = { headers: {} };

function createLimitedServer(limits: ServerLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    maxHeaderSize: limits.headerBytes,
    // By default Node checks for slow clients only every 30 s.
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeout),
  });
  server.maxConnections = limits.connections;
  server.timeout = limits.silenceTimeout;
  return server;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Tracks which connections are being answered: `server.close()` alone would also wait for clients that have
 * connected without a request, and for the keep-alive time of those being answered.
 */
function closer(server: Server, limits: ServerLimits, gate: Gate | undefined): RunningServer['close'] {
  const idle = new Set<Socket>();
  const answering = new Map<Socket, ServerResponse>();
  const connected = (socket: Socket) => {
    idle.add(socket);
    socket.once('close', () => idle.delete(socket));
  };
  const front =
    gate?.tls &&
    secure(server, { setup: () => gate.tls!, handshakeTimeout: limits.headersTimeout, connected });
  if (!front) server.on('connection', connected);
  const track = ({ socket }: IncomingMessage, response: ServerResponse) => {
    idle.delete(socket);
    answering.set(socket, response);
    response.once('close', () => {
      // A pipelined request may have begun on the same connection.
      if (answering.get(socket) !== response) return;
      answering.delete(socket);
      if (!socket.destroyed) idle.add(socket);
    });
  };
  server.on('request', track);
  server.on('checkContinue', track);
  let closing: Promise<void> | undefined;

  async function close(graceMs: number): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    front?.close();
    for (const socket of idle) socket.destroy();
    for (const [socket, response] of answering) {
      if (!response.headersSent) response.setHeader('Connection', 'close');
      response.once('close', () => socket.destroySoon());
    }
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
    await gate?.close();
  }

  return (graceMs) => {
    closing ??= close(graceMs);
    return closing;
  };
}

function urlHost(address: string): string {
  if (address === '::' || address === '0.0.0.0') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}

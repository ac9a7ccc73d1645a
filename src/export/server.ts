import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../base/clock.ts';
import { stackOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { reasonOf } from '../http/reasons.ts';
import type { HttpObserver } from '../model/observer.ts';
import type { ListenAddress } from '../settings/addresses.ts';
import { Connections } from './connections.ts';
import { listenError } from './listen-error.ts';
import { AnswersAtOnce, warnOnce } from './overload.ts';
import type { Reloading } from './reload-route.ts';
import { type Answer, plainText, send } from './response.ts';
import { createRouter, isAlwaysAnswered, pathOf, type Surface } from './routes.ts';
import type { Admission, Gate } from './web/gate.ts';

/** Limits for each client; times are milliseconds. */
export interface ServerLimits {
  readonly headersTimeout: number;
  readonly keepAliveTimeout: number;
  /** A connection on which nothing is read or written for so long is closed. */
  readonly silenceTimeout: number;
  readonly headerBytes: number;
  /** Open at once, handshakes included; beyond it those that ask for nothing are closed, oldest first. */
  readonly connections: number;
  /** Scrapes and pages being answered at once; beyond it the answer is 503. Health and readiness do not count. */
  readonly answers: number;
}

/** Well above what Prometheus and a few browsers need. */
export const defaultLimits: ServerLimits = {
  headersTimeout: 5_000,
  keepAliveTimeout: 5_000,
  silenceTimeout: 30_000,
  headerBytes: 8 * 1024,
  connections: 256,
  // As node_exporter.
  answers: 40,
};

export interface ServerOptions {
  readonly listen: ListenAddress;
  readonly surface: Surface;
  readonly log: Log;
  readonly clock?: Pick<Clock, 'now'>;
  readonly limits?: ServerLimits;
  /** TLS, passwords and the like; undefined: none. It is closed with the server. */
  readonly gate?: Gate | undefined;
  readonly observer?: HttpObserver;
  /** Takes over a changed configuration on request; absent where the agent cannot. */
  readonly reloading?: Reloading;
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
  const { listen, surface, log, clock = systemClock, limits = defaultLimits, gate, observer } = options;
  const route = createRouter(surface, log, options.reloading);
  const server = createLimitedServer(limits);
  const answers = new AnswersAtOnce(limits.answers);
  const warnOfAnswers = warnOnce(
    log,
    clock,
    `More than ${limits.answers} scrapes and pages are asked for at once: answering HTTP 503 to further ones`,
  );
  const warnOfConnections = warnOnce(
    log,
    clock,
    `More than ${limits.connections} HTTP connections are open: closing those that ask for nothing, oldest first`,
  );
  const connections = new Connections({
    limit: limits.connections,
    onDropped() {
      observer?.connectionDropped();
      warnOfConnections();
    },
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A body is never read, so a next request on such a connection could not be parsed.
    if (hasBody(request)) response.setHeader('Connection', 'close');
    try {
      const { headers, refusal } = (await gate?.admit(request, response)) ?? OPEN;
      await send(request, response, refusal ?? (await answerOf(request, response)), headers);
      observer?.answered(pathOf(request), response.statusCode);
    } catch (error) {
      log.error('Internal error, please report it: sending an HTTP answer failed', { stack: stackOf(error) });
      response.destroy();
    }
  }

  async function answerOf(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    if (!isAlwaysAnswered(request) && !answers.begin(response)) {
      warnOfAnswers();
      return BUSY;
    }
    try {
      return await route(request);
    } catch (error) {
      log.error('Internal error, please report it: an HTTP request failed', { stack: stackOf(error) });
      return plainText(500, 'Internal error. See the log.\n');
    }
  }

  const close = closer(server, limits, gate, connections);
  server.on('request', respond);
  // Without a listener Node would answer 100, and the client would send the body.
  server.on('checkContinue', respond);
  server.listen(listen.port, listen.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenError(listen, error);
  }
  server.on('error', (error) => log.warn(`Accepting an HTTP connection failed (${reasonOf(error)})`));

  const { address, port } = server.address() as AddressInfo;
  return {
    address: { host: address, port },
    url: `${gate?.tls ? 'https' : 'http'}://${urlHost(address)}:${port}`,
    close,
  };
}

/** What holds where there is no gate. */
const OPEN: Admission = { headers: {} };
const BUSY = plainText(503, 'Too many requests at once, try again later.\n', { 'Retry-After': '1' });

function createLimitedServer(limits: ServerLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    maxHeaderSize: limits.headerBytes,
    // By default Node checks for slow clients only every 30 s.
    connectionsCheckingInterval: Math.min(1_000, limits.headersTimeout),
  });
  server.timeout = limits.silenceTimeout;
  return server;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Follows the connections: `server.close()` alone would also wait for clients that have connected without a request,
 * and for the keep-alive time of those being answered.
 */
function closer(
  server: Server,
  limits: ServerLimits,
  gate: Gate | undefined,
  connections: Connections,
): RunningServer['close'] {
  server.on('connection', (socket) => connections.opened(socket));
  const secured = connections.secured.bind(connections);
  gate?.secure(server, { handshakeTimeout: limits.headersTimeout, secured });
  const track = connections.asked.bind(connections);
  server.on('request', track);
  server.on('checkContinue', track);
  let closing: Promise<void> | undefined;

  async function close(graceMs: number): Promise<void> {
    const closed = once(server, 'close');
    // Those of Node include the ones whose answer has ended and not left yet: a slow reader would miss its end.
    server.closeIdleConnections = () => {};
    server.close();
    connections.closeIdle();
    for (const [socket, response] of connections.answering) {
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

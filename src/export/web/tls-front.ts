import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { NOT_TLS } from '../response.ts';
import { admits } from './client-certificate.ts';
import type { TlsSetup } from './tls-setup.ts';

export interface TlsFrontOptions {
  /** The set-up for a connection that begins now. */
  readonly setup: () => TlsSetup;
  /** Milliseconds from the connection to the end of the handshake. */
  readonly handshakeTimeout: number;
  /** Is given each connection that the HTTP server gets, and the connection that it was made of. */
  readonly secured: (raw: Socket, socket: Socket) => void;
}

/** First byte of a TLS handshake (RFC 8446, 5.1: record type 22). */
const HANDSHAKE = 22;

/**
 * Puts TLS before an HTTP server that does not listen yet: the server goes on to listen, count and close, but its
 * requests come out of TLS. Each connection keeps the set-up it began with.
 */
export function secure(http: HttpServer, { setup, handshakeTimeout, secured }: TlsFrontOptions): void {
  // The first listener is the server's own.
  const [serve, ...others] = http.listeners('connection') as ((socket: Socket) => void)[];
  http.removeAllListeners('connection');
  for (const other of others) http.on('connection', other);
  /** Connections without a finished handshake. */
  const pending = new Map<string, Socket>();
  let newest: { readonly setup: TlsSetup; readonly server: Server } | undefined;

  function tlsServer(): Server {
    const now = setup();
    if (newest?.setup === now) return newest.server;
    const server = createServer({ ...now.options, handshakeTimeout });
    // createServer does not hand on allowPartialTrustChain (Node.js 22 and 24), createSecureContext takes it.
    Object.assign(server, { _sharedCreds: now.context });
    server.on('secureConnection', (socket) => {
      const name = nameOf(socket);
      const raw = pending.get(name);
      pending.delete(name);
      if (!raw || !admits(now, socket)) return void socket.destroy();
      secured(raw, socket);
      serve?.call(http, socket);
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    newest = { setup: now, server };
    return server;
  }

  function begin(socket: Socket): void {
    const first: Buffer | null = socket.read();
    if (!first) return void socket.destroy();
    if (first[0] !== HANDSHAKE)
      return void socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${NOT_TLS}`, () => socket.destroySoon());
    socket.unshift(first);
    tlsServer().emit('connection', socket);
  }

  http.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    pending.set(name, socket);
    const timer = setTimeout(() => pending.get(name)?.destroy(), handshakeTimeout);
    socket.once('close', () => {
      clearTimeout(timer);
      pending.delete(name);
    });
    socket.on('error', () => {});
    socket.once('readable', () => begin(socket));
  });
}

/** The same for a connection and for what TLS makes of it. */
function nameOf({ remoteAddress, remotePort, localAddress }: Socket | TLSSocket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionsOptions {
  /** The most that may be open at once. */
  readonly limit: number;
  /** Called after a connection was closed to make room for another, or itself found none. */
  readonly onDropped: () => void;
}

/**
 * The open connections of an HTTP server. Beyond the limit the one that has asked for nothing for the longest time is
 * closed: one that is silent, that is between two requests, or whose handshake or headers are not complete.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  /** Oldest first. */
  readonly #idle = new Set<Socket>();
  readonly #answering = new Map<Socket, ServerResponse>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Connections that are being answered, each with its newest answer. */
  get answering(): ReadonlyMap<Socket, ServerResponse> {
    return this.#answering;
  }

  /** Takes a connection that was accepted now. */
  opened(socket: Socket): void {
    this.#add(socket);
    if (this.#idle.size + this.#answering.size <= this.#options.limit) return;
    const [oldest = socket] = this.#idle;
    this.#idle.delete(oldest);
    oldest.destroy();
    this.#options.onDropped();
  }

  /** Takes what TLS made of a connection. */
  secured(raw: Socket, socket: Socket): void {
    this.#idle.delete(raw);
    if (!raw.destroyed) this.#add(socket);
  }

  /** Takes a request; until its answer has left, its connection is not closed to make room. */
  asked({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#idle.delete(socket);
    this.#answering.set(socket, response);
    response.once('close', () => {
      // A pipelined request may have begun on the same connection.
      if (this.#answering.get(socket) !== response) return;
      this.#answering.delete(socket);
      if (!socket.destroyed) this.#idle.add(socket);
    });
  }

  /** Closes the connections that ask for nothing. */
  closeIdle(): void {
    for (const socket of this.#idle) socket.destroy();
  }

  #add(socket: Socket): void {
    this.#idle.add(socket);
    socket.once('close', () => this.#idle.delete(socket));
  }
}

import { connect as netConnect, type Socket } from 'node:net';
import { SourceError } from '../../base/errors.ts';
import { reasonOf } from '../../http/reasons.ts';
import { LONGEST_FRAME } from './frame.ts';

/** Where a gateway, or an inverter's own dongle, listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Begins to connect; passed in so that tests can watch it. */
export type Connect = (address: Address) => Socket;

export const connectTcp: Connect = ({ host, port }) => netConnect({ host, port, noDelay: true });

/** `host:port`, IPv6 in brackets. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The exchange under way: what has arrived, and who waits for the rest. */
interface Exchange {
  received: Buffer;
  readonly take: (received: Buffer) => void;
  readonly fail: (error: unknown) => void;
}

/** One TCP connection with at most one request in flight. It is closed for good by anything unexpected. */
export class Connection {
  readonly #socket: Socket;
  readonly #name: string;
  #exchange: Exchange | undefined;
  /** Why it cannot be used any more. */
  #end: SourceError | undefined;

  private constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => this.#finish('connection closed by the other side'));
    socket.on('close', () => this.#finish('connection closed by the other side'));
    socket.on('error', (error) => this.#finish(reasonOf(error)));
  }

  /** @throws SourceError `unreachable`; the signal's reason when aborted */
  static async open(connect: Connect, address: Address, signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    const socket = connect(address);
    const connection = new Connection(socket, formatAddress(address));
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        connection.close();
        reject(signal.reason);
      };
      const settle = () => {
        signal.removeEventListener('abort', abort);
        // Between requests it does not keep the program running.
        socket.unref();
        if (connection.#end) reject(connection.#end);
        else resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      socket.once('connect', settle);
      socket.once('close', settle);
    });
    return connection;
  }

  /** Whether another request can be sent. */
  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /**
   * Sends a request and waits for its answer.
   * @param decode returns what the bytes received so far say, or undefined while more are needed
   * @throws what `decode` throws; SourceError `unreachable`, `malformed`; the signal's reason when aborted.
   *   Only what `decode` throws leaves the connection open: whether it can be used again is the caller's decision.
   */
  async exchange<T>(
    request: Buffer,
    decode: (received: Buffer) => T | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.#end) throw this.#end;
    if (this.#exchange) throw new Error('Two requests at one time on one connection');
    try {
      return await new Promise<T>((resolve, reject) => {
        const abort = () => {
          this.close();
          reject(signal.reason);
        };
        const settle = (act: () => void) => {
          signal.removeEventListener('abort', abort);
          this.#exchange = undefined;
          this.#socket.unref();
          act();
        };
        const take = (received: Buffer) => {
          const answer = decode(received);
          if (answer !== undefined) settle(() => resolve(answer));
          else if (received.length >= LONGEST_FRAME)
            throw new SourceError(
              'malformed',
              `${this.#name}: the answer is longer than ${LONGEST_FRAME} bytes`,
            );
        };
        signal.addEventListener('abort', abort, { once: true });
        this.#exchange = { received: Buffer.alloc(0), take, fail: (error) => settle(() => reject(error)) };
        this.#socket.ref();
        this.#socket.write(request);
      });
    } finally {
      this.#exchange = undefined;
    }
  }

  /** Ends the connection at once, without waiting for the other side. */
  close(): void {
    this.#end ??= new SourceError('unreachable', `${this.#name}: the connection was closed`);
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const exchange = this.#exchange;
    // Bytes that nothing was asked for would be taken for the next answer.
    if (!exchange) {
      this.close();
      return;
    }
    exchange.received = Buffer.concat([exchange.received, chunk]);
    try {
      exchange.take(exchange.received);
    } catch (error) {
      exchange.fail(error);
    }
  }

  #finish(reason: string): void {
    this.#end ??= new SourceError('unreachable', `${this.#name}: ${reason}`);
    this.#socket.destroy();
    this.#exchange?.fail(this.#end);
  }
}

import type { Clock } from '../../base/clock.ts';
import { RateLimiter } from '../../policy/rate-limiter.ts';
import { type Address, type Connect, Connection, formatAddress } from './connection.ts';
import { type FramingName, framings, type Query, RefusedRead } from './frame.ts';
import { AnswerHistory } from './replay.ts';

export interface GatewayOptions extends GatewayUse {
  readonly address: Address;
  readonly connect: Connect;
  readonly clock: Clock;
}

/** How a gateway is used, which a reload of the configuration may change. */
export interface GatewayUse {
  readonly framing: FramingName;
  /** Least milliseconds between two requests. */
  readonly spacing: number;
  /** Whether the connection stays open between polls. */
  readonly keepOpen: boolean;
}

/** Judges registers that were read. @throws SourceError when they cannot be true */
export type Check = (registers: readonly number[]) => void;

/** The way to all inverters behind one host:port: they share one connection and one rate limiter. */
export class Gateway {
  /** Makes requests one after the other; every call has to pass through it. */
  readonly rateLimiter: RateLimiter;
  readonly name: string;
  #options: GatewayOptions;
  readonly #answers = new AnswerHistory();
  #connection: Connection | undefined;
  #transaction = 0;
  #users = 0;
  readonly #watched = new WeakSet<AbortSignal>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.name = formatAddress(options.address);
    this.rateLimiter = new RateLimiter(options.clock, options.spacing);
  }

  /** From the next request on. */
  configure(use: GatewayUse): void {
    this.#options = { ...this.#options, ...use };
    this.rateLimiter.spacing = use.spacing;
  }

  /**
   * One request. Anything but its own plausible answer closes the connection: known gateways go on giving earlier
   * answers on a connection on which they began to, and not on a fresh one.
   * @throws SourceError; the signal's reason when aborted
   */
  async read(query: Query, check: Check, signal: AbortSignal): Promise<readonly number[]> {
    const { connect, address, framing } = this.#options;
    const { encode, decode } = framings[framing];
    try {
      if (!this.#connection?.isOpen) this.#connection = await Connection.open(connect, address, signal);
      const transaction = this.#nextTransaction();
      const registers = await this.#connection.exchange(
        encode(query, transaction),
        (received) => decode(received, query, transaction),
        signal,
      );
      this.#answers.check(query, registers);
      check(registers);
      return registers;
    } catch (error) {
      if (!(error instanceof RefusedRead)) this.#connection?.close();
      throw error;
    }
  }

  /** Keeps the connection for a piece of work of several requests, such as a poll. */
  async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.#users++;
    this.#closeWith(signal);
    try {
      return await work();
    } finally {
      this.#users--;
      // Most gateways serve one client only; others shall have their turn between polls.
      if (signal.aborted || !this.#options.keepOpen) this.#closeUnused();
    }
  }

  #closeUnused(): void {
    if (this.#users === 0) this.#connection?.close();
  }

  /** A connection that is kept between polls ends with the last one who polls. */
  #closeWith(signal: AbortSignal): void {
    if (this.#watched.has(signal)) return;
    this.#watched.add(signal);
    signal.addEventListener('abort', () => this.#closeUnused(), { once: true });
  }

  #nextTransaction(): number {
    this.#transaction = (this.#transaction + 1) & 0xffff;
    return this.#transaction;
  }
}

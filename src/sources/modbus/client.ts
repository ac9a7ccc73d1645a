import type { CallPolicy } from '../../policy/call-policy.ts';
import type { Query } from './frame.ts';
import type { Check, Gateway } from './gateway.ts';

/** A read of one inverter: registers of one address space. */
export type Registers = Omit<Query, 'unit'>;

export interface ClientOptions {
  readonly gateway: Gateway;
  readonly unit: number;
  /** Made with the gateway's rate limiter, so that requests of all units are made one after the other. */
  readonly policy: CallPolicy;
}

const anything: Check = () => {};

/** Reads registers of one inverter. It cannot do anything else. */
export class ModbusClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * @param endpoint the name of what is read, for the agent's own metrics
   * @param check judges the registers; what it throws counts as a wrong answer and is retried
   * @throws SourceError; the signal's reason when aborted
   */
  async read(
    endpoint: string,
    registers: Registers,
    signal: AbortSignal,
    check: Check = anything,
  ): Promise<readonly number[]> {
    const { gateway, unit, policy } = this.#options;
    const query = { ...registers, unit };
    return await policy.execute(endpoint, (inner) => gateway.read(query, check, inner), signal);
  }

  /** Keeps the connection while `work` makes its requests. */
  async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    return await this.#options.gateway.use(signal, work);
  }
}

import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import type { ModbusClient } from './client.ts';
import { type FamilyBlock, type PlannedRead, planReads } from './plan.ts';
import { checkQuantities, ImplausibleAnswer, type Quantities } from './plausible.ts';
import { decode } from './register-map.ts';

export interface BlockReaderOptions {
  readonly client: ModbusClient;
  readonly clock: Clock;
  /** Registers in one read, at most. */
  readonly blockSize: number;
}

export interface BlocksRead {
  readonly quantities: Quantities;
  readonly rejections: readonly string[];
}

const MINUTE = 60_000;
/** After these times (ms) it is asked again for what was refused, or not answered when it was first asked for. */
const REFUSED_FOR = 60 * MINUTE;
const SILENT_FOR = 10 * MINUTE;
/** What fits in two registers is one quantity: it cannot be asked for in smaller parts. */
const ONE_QUANTITY = 2;

/** The main block is empty, as that of a dongle that has heard nothing of its inverter. */
export class OnlyZeros extends SourceError {
  constructor({ first, count }: FamilyBlock) {
    super('malformed', `input ${first} to ${first + count - 1}: the answer holds zeros only`);
  }
}

/** Reads the blocks of one inverter, in reads as long as its gateway allows. */
export class BlockReader {
  readonly #options: BlockReaderOptions;
  #size: number;
  /** Blocks that were answered at the present size, by their first register. */
  readonly #proven = new Set<number>();
  /** Blocks that got lost when they were first asked for. */
  readonly #lost = new Set<number>();
  /** What is not there, by block or read, and when it is asked for again. */
  readonly #absent = new Map<string, number>();

  constructor(options: BlockReaderOptions) {
    this.#options = options;
    this.#size = options.blockSize;
  }

  /** Registers in one read at present: the configured number, halved as often as the gateway refused it. */
  get size(): number {
    return this.#size;
  }

  /** Takes over a size that was found in an earlier run. */
  restore(size: number): void {
    this.#size = Math.min(size, this.#options.blockSize);
  }

  /**
   * Reads blocks; of a quantity in several of them the first is taken.
   * @param main the block without which there is nothing to say; the others may be missing
   * @throws SourceError when the main block, or another one that was read before, cannot be read
   */
  async read(blocks: readonly FamilyBlock[], main: number, signal: AbortSignal): Promise<BlocksRead> {
    const found = new Map<FamilyBlock, Quantities>();
    const rejections: string[] = [];
    // The main block first: when the inverter is silent, one read shows it.
    for (const block of blocks.toSorted((a, b) => Number(b.first === main) - Number(a.first === main))) {
      const isMain = block.first === main;
      if (!isMain && this.#isAbsent(`${block.first}`)) continue;
      try {
        const quantities = await this.#readBlock(block, signal);
        if (quantities) found.set(block, quantities);
        else if (isMain) throw new OnlyZeros(block);
      } catch (error) {
        if (isMain || !(error instanceof SourceError)) throw error;
        if (error instanceof ImplausibleAnswer) rejections.push('implausible_block');
        else if (this.#proven.has(block.first)) throw error;
        else this.#markAbsent(`${block.first}`, error);
      }
    }
    const quantities: Quantities = new Map();
    for (const block of blocks) {
      for (const [quantity, value] of found.get(block) ?? [])
        if (!quantities.has(quantity)) quantities.set(quantity, value);
    }
    return { quantities, rejections };
  }

  /** @returns undefined for a block of zeros: it is not there */
  async #readBlock(block: FamilyBlock, signal: AbortSignal): Promise<Quantities | undefined> {
    for (;;) {
      const result = await this.#tryBlock(block, signal);
      if (typeof result !== 'number') return result;
      this.#size = Math.max(1, Math.floor(Math.min(this.#size, result) / 2));
      this.#proven.clear();
    }
  }

  /** @returns as #readBlock, or how many registers were too many for one read */
  async #tryBlock(block: FamilyBlock, signal: AbortSignal): Promise<Quantities | undefined | number> {
    const quantities: Quantities = new Map();
    let isZero = true;
    for (const read of planReads(block, this.#size)) {
      const key = `${read.address}+${read.count}`;
      if (this.#isAbsent(key)) continue;
      try {
        const registers = await this.#readRegisters(block.name, read, signal);
        if (read.count > ONE_QUANTITY) this.#proven.add(block.first);
        isZero &&= registers.every((word) => word === 0);
        for (const row of read.rows) {
          if (!quantities.has(row.quantity))
            quantities.set(row.quantity, decode(row, registers, read.address));
        }
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        const isKnown = this.#proven.has(block.first) || read.count <= ONE_QUANTITY;
        if (isKnown && error.kind === 'refused') this.#markAbsent(key, error);
        else if (isKnown || error instanceof ImplausibleAnswer) throw error;
        else if (await this.#isTooLong(block, error, signal)) return read.count;
        else throw error;
      }
    }
    return isZero ? undefined : quantities;
  }

  async #readRegisters(name: string, { address, count, rows }: PlannedRead, signal: AbortSignal) {
    const check = (registers: readonly number[]) => {
      const numbers = rows.map((row) => [row.quantity, decode(row, registers, address)] as const);
      checkQuantities(new Map(numbers), `input ${address} to ${address + count - 1}`);
    };
    return await this.#options.client.read(name, { space: 'input', address, count }, signal, check);
  }

  /** A block that was never answered is too long for the gateway if it answers for a single quantity of it. */
  async #isTooLong(block: FamilyBlock, error: SourceError, signal: AbortSignal): Promise<boolean> {
    // One that got lost says little: it has to happen again.
    if (error.kind !== 'refused' && !this.#lost.has(block.first)) {
      this.#lost.add(block.first);
      return false;
    }
    const [first] = planReads(block, 1);
    if (!first) return false;
    try {
      await this.#readRegisters(block.name, first, signal);
      return true;
    } catch (reason) {
      if (reason instanceof SourceError) return false;
      throw reason;
    }
  }

  #isAbsent(key: string): boolean {
    return (this.#absent.get(key) ?? 0) > this.#options.clock.now();
  }

  #markAbsent(key: string, { kind }: SourceError): void {
    const pause = kind === 'refused' ? REFUSED_FOR : SILENT_FOR;
    this.#absent.set(key, this.#options.clock.now() + pause);
  }
}

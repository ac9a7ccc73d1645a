import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import type { ModbusClient } from './client.ts';
import { type FamilyBlock, type PlannedRead, planReads } from './plan.ts';
import { checkQuantities, ImplausibleAnswer } from './plausible.ts';
import { decode, type Row } from './register-map.ts';

export interface BlockReaderOptions {
  readonly client: ModbusClient;
  readonly clock: Clock;
  /** Registers in one read, at most. */
  readonly blockSize: number;
}

/** What rows of register maps gave; those of blocks that are not there are missing. */
export type Numbers = ReadonlyMap<Row, number>;

export interface BlocksRead {
  readonly numbers: Numbers;
  readonly rejections: readonly string[];
}

const MINUTE = 60_000;
/** After these times (ms) it is asked again for what was refused, or not answered when it was first asked for. */
const REFUSED_FOR = 60 * MINUTE;
const SILENT_FOR = 10 * MINUTE;
const TELLING_LOSSES = 2;

/** A read of a single quantity cannot be divided. */
const isIndivisible = ({ rows }: PlannedRead) => rows.length === 1;

/** The main block is empty, as that of a dongle that has heard nothing of its inverter. */
export class OnlyZeros extends SourceError {
  constructor({ first, count }: FamilyBlock) {
    super('malformed', `input ${first} to ${first + count - 1}: the answer holds zeros only`);
  }
}

const keyOf = (range: { first: number; count: number } | PlannedRead) =>
  `${'first' in range ? range.first : range.address}+${range.count}`;

/** Reads the blocks of one inverter, in reads as long as its gateway allows. */
export class BlockReader {
  readonly #options: BlockReaderOptions;
  #size: number;
  /** Blocks that were answered at the present size, and reads of single quantities. */
  readonly #proven = new Set<string>();
  /** How often blocks, and reads of single quantities, got lost before they were answered. */
  readonly #losses = new Map<string, number>();
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
   * @param main the block without which there is nothing to say; the others may be missing
   * @throws SourceError when the main block, or another one that was read before, cannot be read
   */
  async read(blocks: readonly FamilyBlock[], main: number, signal: AbortSignal): Promise<BlocksRead> {
    const numbers = new Map<Row, number>();
    const rejections: string[] = [];
    // The main block first: when the inverter is silent, one read shows it.
    for (const block of blocks.toSorted((a, b) => Number(b.first === main) - Number(a.first === main))) {
      const found =
        block.first === main
          ? await this.#readMain(block, signal)
          : await this.#readOther(block, rejections, signal);
      for (const [row, number] of found) numbers.set(row, number);
    }
    return { numbers, rejections };
  }

  /** Reads blocks of which each may be missing. @throws SourceError when one that was read before cannot be read */
  async readOptional(blocks: readonly FamilyBlock[], signal: AbortSignal): Promise<BlocksRead> {
    return await this.read(blocks, Number.NaN, signal);
  }

  async #readMain(block: FamilyBlock, signal: AbortSignal): Promise<Numbers> {
    const numbers = await this.#readBlock(block, signal);
    if (!numbers) throw new OnlyZeros(block);
    return numbers;
  }

  /** @returns nothing for a block that is not there */
  async #readOther(block: FamilyBlock, rejections: string[], signal: AbortSignal): Promise<Numbers> {
    const key = keyOf(block);
    try {
      return (!this.#isAbsent(key) && (await this.#readBlock(block, signal))) || new Map();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (error instanceof ImplausibleAnswer) rejections.push('implausible_block');
      else if (error.kind !== 'refused' && this.#mayExist(key)) throw error;
      else this.#markAbsent(key, error);
      return new Map();
    }
  }

  /** @returns undefined for a block of zeros: it is not there */
  async #readBlock(block: FamilyBlock, signal: AbortSignal): Promise<Numbers | undefined> {
    for (;;) {
      const result = await this.#tryBlock(block, signal);
      if (typeof result !== 'number') return result;
      this.#size = Math.max(1, Math.floor(Math.min(this.#size, result) / 2));
      this.#proven.clear();
    }
  }

  /** @returns as #readBlock, or how many registers were too many for one read */
  async #tryBlock(block: FamilyBlock, signal: AbortSignal): Promise<Numbers | undefined | number> {
    const numbers = new Map<Row, number>();
    let isZero = true;
    let refusal: SourceError | undefined;
    for (const read of planReads(block, this.#size)) {
      const key = keyOf(isIndivisible(read) ? read : block);
      if (this.#isAbsent(keyOf(read))) continue;
      try {
        const registers = await this.#readRegisters(block.name, read, signal);
        this.#proven.add(key);
        isZero &&= registers.every((word) => word === 0);
        for (const row of read.rows) numbers.set(row, decode(row, registers, read.address));
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        this.#count(key, error);
        const isRefused = error.kind === 'refused' && (this.#proven.has(key) || isIndivisible(read));
        // Between others that are answered, a quantity that is never answered for is not there.
        const isMissing = isIndivisible(read) && numbers.size > 0 && !this.#mayExist(key);
        if (isRefused || isMissing) {
          this.#markAbsent(keyOf(read), error);
          refusal = error;
        } else if (isIndivisible(read) || error instanceof ImplausibleAnswer) throw error;
        else if (await this.#isTooLong(block, error, signal)) return read.count;
        else throw error;
      }
    }
    if (refusal && numbers.size === 0) throw refusal;
    return isZero ? undefined : numbers;
  }

  async #readRegisters(name: string, { address, count, rows }: PlannedRead, signal: AbortSignal) {
    const check = (registers: readonly number[]) => {
      const quantities = rows.map((row) => [row.quantity, decode(row, registers, address)] as const);
      checkQuantities(new Map(quantities), `input ${address} to ${address + count - 1}`);
    };
    return await this.#options.client.read(name, { space: 'input', address, count }, signal, check);
  }

  /** A block that was never answered is too long for the gateway if it answers for a single quantity of it. */
  async #isTooLong(block: FamilyBlock, error: SourceError, signal: AbortSignal): Promise<boolean> {
    if (error.kind !== 'refused' && this.#mayExist(keyOf(block))) return false;
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

  #count(key: string, { kind }: SourceError): void {
    if (kind !== 'refused') this.#losses.set(key, (this.#losses.get(key) ?? 0) + 1);
  }

  /** One answer that got lost says little: it has to happen again. */
  #mayExist(key: string): boolean {
    return this.#proven.has(key) || (this.#losses.get(key) ?? 0) < TELLING_LOSSES;
  }

  #isAbsent(key: string): boolean {
    return (this.#absent.get(key) ?? 0) > this.#options.clock.now();
  }

  #markAbsent(key: string, { kind }: SourceError): void {
    const pause = kind === 'refused' ? REFUSED_FOR : SILENT_FOR;
    this.#absent.set(key, this.#options.clock.now() + pause);
  }
}

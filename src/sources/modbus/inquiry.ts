import { SourceError } from '../../base/errors.ts';
import type { ModbusClient, Registers } from './client.ts';
import type { Space } from './frame.ts';
import { isFrequency } from './plausible.ts';
import { decode, type RegisterMap, type Row } from './register-map.ts';

/** What the frequency that a map expects says of the map. */
export type Verdict = 'plausible' | 'zero' | 'implausible' | 'absent';

const ENDPOINT = 'identity';
/** A phase, or two of them, of any grid, V. */
const [LEAST_VOLTAGE, MOST_VOLTAGE] = [50, 1000];

/** Single questions to an inverter of which nothing is known, and what they brought to light. */
export class Inquiry {
  /** In words. */
  readonly evidence: string[] = [];
  readonly #client: ModbusClient;
  readonly #signal: AbortSignal;
  /** What was answered last, be it by a refusal. */
  #answered: Registers | undefined;
  /** How often the inverter may be silent before it has answered anything. */
  #patience: number;

  constructor(client: ModbusClient, signal: AbortSignal, patience: number) {
    this.#client = client;
    this.#signal = signal;
    this.#patience = patience;
  }

  /**
   * @returns undefined for registers that are not there
   * @throws SourceError when the inverter cannot be asked at present
   */
  async ask(space: Space, address: number, count = 1): Promise<readonly number[] | undefined> {
    const registers = { space, address, count };
    try {
      return await this.#read(registers);
    } catch (error) {
      if (!isSilence(error)) throw error;
      if (!this.#answered) {
        if (--this.#patience > 0) return undefined;
        throw error;
      }
    }
    // Some inverters do not answer at all for registers that are not there. That is certain only if they still
    // answer for others.
    await this.#read(this.#answered);
    try {
      return await this.#read(registers);
    } catch (error) {
      if (isSilence(error)) return undefined;
      throw error;
    }
  }

  /** @returns undefined for registers that are refused */
  async #read(registers: Registers): Promise<readonly number[] | undefined> {
    try {
      const words = await this.#client.read(ENDPOINT, registers, this.#signal);
      this.#answered = registers;
      return words;
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'refused') throw error;
      this.#answered = registers;
      return undefined;
    }
  }

  /** As `ask`, one register after the other where all at once are not there; undefined for each that is not. */
  async askEach(space: Space, address: number, count: number): Promise<readonly (number | undefined)[]> {
    const together = await this.ask(space, address, count);
    if (together) return together;
    const single: (number | undefined)[] = [];
    for (let at = address; at < address + count; at++) single.push((await this.ask(space, at))?.[0]);
    return single;
  }

  /**
   * Looks at frequency and voltage where a map has them. Some inverters answer for blocks that they do not have with
   * the words of their last answer: so that those are no frequency, it is asked for something else before.
   */
  async judge({ rows }: RegisterMap): Promise<Verdict> {
    const frequency = rowOf(rows, 'ac_frequency');
    const voltage = rowOf(rows, 'ac_l1_voltage');
    await this.ask('input', 0, 2);
    const first = Math.min(frequency.register, voltage.register);
    const registers = await this.askEach('input', first, 2);
    if (!isComplete(registers)) {
      this.evidence.push(`input ${first}: not there`);
      return 'absent';
    }
    const [hertz, volts] = [frequency, voltage].map((row) => decode(row, registers, first));
    this.evidence.push(`input ${frequency.register}: ${hertz} Hz, ${voltage.register}: ${volts} V`);
    if (hertz === 0) return 'zero';
    const isVoltage = volts! >= LEAST_VOLTAGE && volts! <= MOST_VOLTAGE;
    return isFrequency(hertz!) && isVoltage ? 'plausible' : 'implausible';
  }
}

const isSilence = (error: unknown) => error instanceof SourceError && error.kind === 'timeout';

/** Whether all of them are there. */
export function isComplete(registers: readonly (number | undefined)[]): registers is readonly number[] {
  return !registers.includes(undefined);
}

function rowOf(rows: readonly Row[], quantity: string): Row {
  const row = rows.find((candidate) => candidate.quantity === quantity);
  if (!row) throw new Error(`A main map has no ${quantity}`);
  return row;
}

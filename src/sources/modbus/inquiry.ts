import { SourceError } from '../../base/errors.ts';
import type { ModbusClient } from './client.ts';
import type { Space } from './frame.ts';
import { isFrequency } from './plausible.ts';
import { decode, type RegisterMap, type Row } from './register-map.ts';

/** What the frequency that a map expects says of the map. */
export type Verdict = 'plausible' | 'zero' | 'implausible' | 'absent';

const ENDPOINT = 'identity';
/** After so many requests without any answer the inverter is silent, and asking on is of no use. */
const MOST_SILENT = 2;
/** A phase, or two of them, of any grid, V. */
const [LEAST_VOLTAGE, MOST_VOLTAGE] = [50, 1000];

/** Single questions to an inverter of which nothing is known, and what they brought to light. */
export class Inquiry {
  /** In words. */
  readonly evidence: string[] = [];
  readonly #client: ModbusClient;
  readonly #signal: AbortSignal;
  #hasAnswered = false;
  #silent = 0;

  constructor(client: ModbusClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /**
   * @returns undefined for registers that are not there
   * @throws SourceError when the inverter answers to nothing
   */
  async ask(space: Space, address: number, count = 1): Promise<readonly number[] | undefined> {
    try {
      const registers = await this.#client.read(ENDPOINT, { space, address, count }, this.#signal);
      this.#hasAnswered = true;
      return registers;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (error.kind === 'refused') this.#hasAnswered = true;
      else if (!this.#hasAnswered && ++this.#silent >= MOST_SILENT) throw error;
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

/** Whether all of them are there. */
export function isComplete(registers: readonly (number | undefined)[]): registers is readonly number[] {
  return !registers.includes(undefined);
}

function rowOf(rows: readonly Row[], quantity: string): Row {
  const row = rows.find((candidate) => candidate.quantity === quantity);
  if (!row) throw new Error(`A main map has no ${quantity}`);
  return row;
}

import type { InverterMeasurement, SimulatedInverter } from '../../model/simulated-inverter.ts';
import type { RegisterBank } from './server.ts';

/** A number at a register: how many words, how many steps to the unit, and what it is. */
export type Cell = readonly [register: number, words: 1 | 2, steps: number, value: number];

/** Registers of one kind of inverter: where they are, and how it writes what it measures. */
export interface Layout {
  /** Ranges of registers that exist, both ends included. */
  readonly input: readonly (readonly [first: number, last: number])[];
  readonly holding: readonly (readonly [first: number, last: number])[];
  /** The vendor's code of the model. */
  readonly code: number;
  /** Where the serial number is, and how many characters fit. */
  readonly serial: readonly (readonly [register: number, characters: number])[];
  /** Where the rated power is, in 0.1 VA. */
  readonly rated: number;
  cells(measurement: InverterMeasurement): readonly Cell[];
}

/** The registers of an inverter at the moment of each request. */
export function inverterBank(
  layout: Layout,
  { serial, ratedPower, measure }: Pick<SimulatedInverter, 'serial' | 'ratedPower' | 'measure'>,
): RegisterBank {
  return {
    get awake() {
      return measure() !== undefined;
    },
    read(space, address, count) {
      const last = address + count - 1;
      const exists = layout[space].some(([first, end]) => address >= first && last <= end);
      const measurement = measure();
      if (!exists || !measurement) return undefined;
      const words =
        space === 'input'
          ? wordsOf(layout.cells(measurement))
          : identityOf(layout, serial, ratedPower, measurement);
      return Array.from({ length: count }, (_, i) => words.get(address + i) ?? 0);
    },
  };
}

/** High word first; below 0 two's complement. */
function wordsOf(cells: readonly Cell[]): Map<number, number> {
  const words = new Map<number, number>();
  for (const [register, count, steps, value] of cells) {
    const raw = Math.round(value * steps);
    words.set(register + count - 1, raw & 0xffff);
    if (count === 2) words.set(register, (raw >> 16) & 0xffff);
  }
  return words;
}

const CODE = 43;
const LAYOUT = 44;
const CLOCK = 45;

function identityOf(
  { code, serial: places, rated }: Layout,
  serial: string,
  ratedPower: number,
  { strings, phases, time }: InverterMeasurement,
): Map<number, number> {
  const words = wordsOf([
    [rated, 2, 10, ratedPower],
    [CODE, 1, 1, code],
    [LAYOUT, 1, 1, strings.length * 256 + phases.length],
    ...time.split(/\D/).map((part, i): Cell => [CLOCK + i, 1, 1, Number(part)]),
  ]);
  for (const [register, characters] of places) {
    const bytes = Buffer.alloc(characters);
    bytes.write(serial.length <= characters ? serial : '', 'latin1');
    for (let at = 0; at < characters; at += 2) words.set(register + at / 2, bytes.readUInt16BE(at));
  }
  return words;
}

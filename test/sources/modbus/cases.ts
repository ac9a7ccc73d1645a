import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bank, bankOf, type Ranges } from './support.ts';

/**
 * An inverter in a file: lines `holding 43 5100` or `input 3001 0 6554` give registers from an address on, `only 0 134`
 * a range of those that exist (all, unless given), and `= growatt_pv_power_watts 655.4` what a poll has to show.
 */
export interface Case {
  readonly name: string;
  bank(): Bank;
  readonly expected: Readonly<Record<string, number>>;
}

const FOLDER = join(import.meta.dirname, 'cases');

export function readCase(name: string): Case {
  const input: Record<number, number> = {};
  const holding: Record<number, number> = {};
  const ranges: [number, number][] = [];
  const expected: Record<string, number> = {};
  const lines = readFileSync(join(FOLDER, `${name}.txt`), 'utf8').split('\n');
  for (const line of lines.map((text) => text.replace(/#.*/, '').trim()).filter(Boolean)) {
    const [word = '', first = '', ...rest] = line.split(/\s+/);
    const numbers = rest.map(Number);
    if (word === '=') expected[first] = numbers[0]!;
    else if (word === 'only') ranges.push([Number(first), numbers[0]!]);
    else if (word === 'input' || word === 'holding') {
      const space = word === 'input' ? input : holding;
      for (const [i, value] of numbers.entries()) space[Number(first) + i] = value;
    } else throw new Error(`${name}: ${line}`);
  }
  const all: Ranges = ranges.length > 0 ? ranges : [[0, 0xffff]];
  return { name, expected, bank: () => bankOf(input, holding, all) };
}

/** The names of all cases. */
export const caseNames = readdirSync(FOLDER).map((file) => file.replace(/\.txt$/, ''));

import { parseNumber } from './numbers.ts';

/** An answer, read without regard to the case of its keys, which varies between families and firmware. */
export interface Answer {
  /** @param name of the key, in lower case */
  get(name: string): unknown;
}

/** The keys of answers that have the same ones. */
interface Shape {
  readonly keys: readonly string[];
  /** As they are spelled, by their names in lower case; most have one spelling. */
  readonly spellings: ReadonlyMap<string, string | readonly string[]>;
}

/** Of the last answer: the answers of a batch have the same keys. */
let newest: Shape | undefined;

/** Reads an answer without regard to case. Where two keys differ only in it, the one that is filled counts. */
export function foldCase(data: Readonly<Record<string, unknown>>): Answer {
  const keys = Object.keys(data);
  const shape = newest && hasKeys(newest, keys) ? newest : shapeOf(keys);
  newest = shape;
  return {
    get(name) {
      const spelling = shape.spellings.get(name);
      if (spelling === undefined) return undefined;
      if (typeof spelling === 'string') return data[spelling];
      const filled = spelling.find((key) => isFilled(data[key]));
      return data[filled ?? spelling.at(-1)!];
    },
  };
}

function hasKeys(shape: Shape, keys: readonly string[]): boolean {
  return shape.keys.length === keys.length && shape.keys.every((key, i) => key === keys[i]);
}

function shapeOf(keys: readonly string[]): Shape {
  const spellings = new Map<string, string | readonly string[]>();
  for (const key of keys) {
    const name = key.toLowerCase();
    const others = spellings.get(name);
    spellings.set(name, others === undefined ? key : [others, key].flat());
  }
  return { keys, spellings };
}

function isFilled(value: unknown): boolean {
  const number = parseNumber(value);
  return number === 'bad' || (number !== undefined && number !== 0);
}

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
  if (!newest || !hasKeys(newest, data)) newest = shapeOf(Object.keys(data));
  return new FoldedAnswer(data, newest);
}

class FoldedAnswer implements Answer {
  readonly #data: Readonly<Record<string, unknown>>;
  readonly #spellings: Shape['spellings'];

  constructor(data: Readonly<Record<string, unknown>>, { spellings }: Shape) {
    this.#data = data;
    this.#spellings = spellings;
  }

  get(name: string): unknown {
    const spelling = this.#spellings.get(name);
    if (spelling === undefined) return undefined;
    if (typeof spelling === 'string') return this.#data[spelling];
    const filled = spelling.find((key) => isFilled(this.#data[key]));
    return this.#data[filled ?? spelling.at(-1)!];
  }
}

/** Goes through the keys without making a list of them. */
function hasKeys({ keys }: Shape, data: Readonly<Record<string, unknown>>): boolean {
  let count = 0;
  for (const key in data) if (key !== keys[count++]) return false;
  return count === keys.length;
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

import type { Content } from '../model/capture.ts';
import { Finder, LEAST_FOUND } from './finder.ts';

/** Contents that are replaced. */
export type Masked = Exclude<Content, 'plain'>;

/** Where originals are looked for: in a key or a number, only what cannot be there by chance is one. */
type Place = 'text' | 'key or number';
/** What an original is that was found as two things: the first of these. */
const RANK: readonly Masked[] = ['secret', 'serial', 'place', 'address', 'name'];

const LEAST_UNMISTAKABLE = 6;
const LETTERS = 26;
/** So many replacements are tried for one that does not hold another original. */
const MOST_TRIES = 1000;

/** Originals and what stands for them: the same original always gets the same replacement. */
export class Replacements {
  readonly #contents = new Map<string, Masked>();
  readonly #replacements = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** The number of the latest replacement of each shape. */
  readonly #latest = new Map<string, number>();
  /** Finds originals inside of other texts; made anew after an original was added. */
  #finders = new Map<Place, Finder>();

  /** Takes note of an original. All of them are to be known before the first is replaced. */
  add(original: string, content: Masked): void {
    const key = original.toLowerCase();
    const known = this.#contents.get(key);
    if (known !== undefined && RANK.indexOf(known) <= RANK.indexOf(content)) return;
    this.#contents.set(key, content);
    this.#finders = new Map();
  }

  has(original: string): boolean {
    return this.#contents.has(original.toLowerCase());
  }

  contentOf(original: string): Masked | undefined {
    return this.#contents.get(original.toLowerCase());
  }

  /** How many originals of each content were replaced. */
  counts(): ReadonlyMap<Masked, number> {
    const counts = new Map<Masked, number>();
    for (const original of this.#replacements.keys()) {
      const content = this.contentOf(original) ?? 'name';
      counts.set(content, (counts.get(content) ?? 0) + 1);
    }
    return counts;
  }

  /** What stands for an original that was added. */
  of(original: string): string {
    const key = original.toLowerCase();
    const known = this.#replacements.get(key);
    if (known !== undefined) return this.contentOf(original) === 'serial' ? inCaseOf(original, known) : known;
    const replacement = this.#new(original, this.contentOf(original) ?? 'name');
    this.#replacements.set(key, replacement);
    this.#taken.add(replacement.toLowerCase());
    return replacement;
  }

  /** Replaces every original inside of a text, as far as it is more than a coincidence there. */
  inside(text: string, place: Place): string {
    return this.#finder(place).replace(text, (original) => this.of(original));
  }

  /** Whether an original that cannot be there by chance is inside of a text. */
  remainIn(text: string): boolean {
    return this.#finder('key or number').isIn(text);
  }

  #finder(place: Place): Finder {
    const known = this.#finders.get(place);
    if (known) return known;
    const test = place === 'text' ? isSpecific : isUnmistakable;
    const originals = [...this.#contents].filter(([original, content]) => test(original, content));
    const finder = new Finder(originals.map(([original]) => original));
    this.#finders.set(place, finder);
    return finder;
  }

  #new(original: string, content: Masked): string {
    const isShaped = content === 'serial' || content === 'place';
    const series = isShaped ? shaped(original, 0) : content;
    const first = (this.#latest.get(series) ?? 0) + 1;
    for (let n = first; ; n++) {
      const replacement = isShaped ? shaped(original, n) : `${content} ${n}`;
      const free = !this.#taken.has(replacement.toLowerCase()) && !this.has(replacement);
      if (!free || (n < first + MOST_TRIES && this.remainIn(replacement))) continue;
      this.#latest.set(series, n);
      return replacement;
    }
  }
}

/** Whether this original inside of a text is more than a word or a number that is spelled alike. */
function isSpecific(original: string, content: Masked): boolean {
  if (content === 'name' || content === 'secret')
    return original.length >= LEAST_FOUND && /\p{L}/u.test(original);
  const isAddress = content === 'address' && original.length >= LEAST_FOUND;
  return isAddress || isUnmistakable(original, content);
}

function isUnmistakable(original: string, content: Masked): boolean {
  if (content === 'name') return false;
  // Coordinates that are no measured value have four decimals or more.
  if (content === 'place') return /\.\d{4}/.test(original);
  return original.length >= LEAST_UNMISTAKABLE && /\d/.test(original);
}

/** The n-th text of the same shape: letters for letters, digits for digits, all else as it is. */
function shaped(original: string, n: number): string {
  const characters = [...original];
  const firstDigit = characters.findIndex((character) => /\d/.test(character));
  let rest = n;
  const next = (base: number) => {
    const digit = rest % base;
    rest = Math.floor(rest / base);
    return digit;
  };
  for (let i = characters.length - 1; i >= 0; i--) {
    const character = characters[i] ?? '';
    // A number does not begin with 0.
    if (i === firstDigit) characters[i] = String(1 + next(9));
    else if (/\p{N}/u.test(character)) characters[i] = String(next(10));
    else if (/\p{L}/u.test(character)) characters[i] = letter(next(LETTERS), character);
  }
  // Beyond the last text of this shape.
  return rest > 0 ? `${characters.join('')}${rest}` : characters.join('');
}

const letter = (n: number, like: string) => String.fromCharCode((/\p{Lu}/u.test(like) ? 65 : 97) + n);

/** A replacement in the case of its original as that is spelled here. */
function inCaseOf(original: string, replacement: string): string {
  if (original === original.toUpperCase()) return replacement.toUpperCase();
  return original === original.toLowerCase() ? replacement.toLowerCase() : replacement;
}

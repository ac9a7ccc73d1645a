/** Least length of what a finder finds. */
export const LEAST_FOUND = 4;

type Bounds = 'number' | 'word' | 'none';

/** Finds some texts, of four characters or more, inside of others, whatever their case; longer ones first. */
export class Finder {
  readonly #byBeginning = new Map<string, { readonly text: string; readonly bounds: Bounds }[]>();

  constructor(texts: Iterable<string>) {
    for (const each of texts) {
      const text = each.toLowerCase();
      const beginning = text.slice(0, LEAST_FOUND);
      const others = this.#byBeginning.get(beginning) ?? [];
      this.#byBeginning.set(beginning, others);
      others.push({ text, bounds: boundsOf(text) });
    }
    for (const texts of this.#byBeginning.values()) texts.sort((a, b) => b.text.length - a.text.length);
  }

  isIn(text: string): boolean {
    return this.replace(text, () => '') !== text;
  }

  /** @param replacement what stands for a text, given as it is spelled here */
  replace(text: string, replacement: (found: string) => string): string {
    if (this.#byBeginning.size === 0) return text;
    const lower = text.toLowerCase();
    // A few letters of other alphabets have a longer small letter; these are compared as they are spelled.
    const searched = lower.length === text.length ? lower : text;
    let result = '';
    let copied = 0;
    for (let at = 0; at + LEAST_FOUND <= text.length; at++) {
      const candidates = this.#byBeginning.get(searched.slice(at, at + LEAST_FOUND));
      const found = candidates?.find(
        (candidate) => searched.startsWith(candidate.text, at) && isBounded(searched, at, candidate),
      );
      if (!found) continue;
      const end = at + found.text.length;
      result += text.slice(copied, at) + replacement(text.slice(at, end));
      copied = end;
      at = end - 1;
    }
    return result + text.slice(copied);
  }
}

/** "1234567" is no part of 11234567.8, and "Home" none of HomePower. */
function boundsOf(text: string): Bounds {
  if (/^[\d.+-]+$/.test(text)) return 'number';
  return /\d/.test(text) ? 'none' : 'word';
}

function isBounded(
  searched: string,
  at: number,
  { text, bounds }: { text: string; bounds: Bounds },
): boolean {
  if (bounds === 'none') return true;
  const before = searched.slice(Math.max(0, at - 2), at);
  const after = searched.slice(at + text.length, at + text.length + 2);
  return bounds === 'number'
    ? !/[\d.]$/.test(before) && !/^(\d|\.\d)/.test(after)
    : !/[\p{L}\p{N}]$/u.test(before) && !/^[\p{L}\p{N}]/u.test(after);
}

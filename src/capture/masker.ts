import type { CaptureRules, Content, Exchange } from '../model/capture.ts';
import { type JsonToken, type JsonTokens, rewriteJson, tokensOf } from './json-text.ts';
import { type Masked, Replacements } from './replacements.ts';

/** Numbers with or without a unit, times, and words that say nothing about a person. */
const HARMLESS = [
  /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?\s*([kM]?(W|Wh|Wp|VA|var|Ω|V|A|Hz|Ah)|mA|ms|s|min|h|%|°C|℃|K)?$/i,
  /^\d{4}[-/]\d{1,2}([-/]\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/,
  /^\d{1,2}:\d{2}(:\d{2})?$/,
  /^(true|false|yes|no|on|off|ok|unknown|normal)$/i,
];
/** A telephone number, or the number of a card: no measured value. Times in s or ms begin with 1. */
const LONG_NUMBER = /^(?!1\d{9}$|1\d{12}$)\d{9,}$/;
/** Absent values, which stay what they are. */
const ABSENT = /^\s*((-?0+(\.0*)?|-?\.0*|-1|null|n\/a|-+)\s*)?$/i;
const BETWEEN_SERIALS = /(\s{0,9}[,;]\s{0,9})/;
const SEPARATOR = /^[\s,;]*$/;
/**
 * Addresses wherever they stand: e-mail, URL, IPv4, IPv6, MAC. A match is one if its first group matched: without that,
 * text of the first two kinds would be gone through again from each of its characters.
 */
const ADDRESSES = [
  /[\w.+-]+(@[\w-]+(\.[\w-]+)+)?/g,
  /[a-z0-9+.-]+(:\/\/[^\s"'<>]+)?/gi,
  /(?<![\d.])\d{1,3}(\.\d{1,3}){3}(?![\d.])/g,
  /(?<![0-9a-f:])(([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|([0-9a-f]{1,4}:){1,7}(:[0-9a-f]{1,4}){1,7}|([0-9a-f]{1,4}:){1,7}:)(?![0-9a-f:])/gi,
  /(?<![0-9a-f])[0-9a-f]{2}([:-][0-9a-f]{2}){5}(?![0-9a-f])/gi,
];
const MASKED: readonly Masked[] = ['serial', 'place', 'name', 'address', 'secret'];

const MOST_KEYS_NAMED = 50;

/** Masks recorded exchanges by the rules of their kind; every other byte stays as it came. */
export class Masker {
  readonly #rules: CaptureRules;
  readonly #replacements = new Replacements();
  readonly #unknownKeys = new Set<string>();

  /** @param known originals that are not to appear anywhere, such as tokens and the device that was asked for */
  constructor(rules: CaptureRules, known: Readonly<Partial<Record<Masked, readonly string[]>>>) {
    this.#rules = rules;
    for (const content of MASKED)
      for (const original of known[content] ?? [])
        if (original !== '') this.#replacements.add(original, content);
  }

  /**
   * Masks the exchanges of a source, all together: an original gets the same replacement in each of them. An answer
   * that is no JSON ends where it stops to be JSON, and is then not complete.
   */
  mask(exchanges: readonly Exchange[]): readonly Exchange[] {
    const parsed = exchanges.map((exchange) => ({ exchange, json: tokensOf(exchange.body) }));
    for (const { exchange, json } of parsed) {
      for (const [key, value] of exchange.params) this.#learn(key, value, 'string');
      for (const { type, key, value } of json.tokens) {
        if (type !== 'key') this.#learn(key, value, type);
        else if (this.#rules.serialKeys?.test(value)) this.#replacements.add(value, 'serial');
      }
    }
    return parsed.map(({ exchange, json }) => this.#masked(exchange, json));
  }

  /** Masks a text from elsewhere, such as the serial number that was asked for. */
  text(value: string): string {
    return this.#replacements.has(value)
      ? this.#replacements.of(value)
      : this.#replacements.inside(value, 'text');
  }

  /** Whether a text holds an original that cannot be there by chance. */
  leaksIn(text: string): boolean {
    return this.#replacements.remainIn(text);
  }

  /** How many different originals of each content were replaced. */
  counts(): ReadonlyMap<Masked, number> {
    return this.#replacements.counts();
  }

  /** Keys, as far as they are plain words, under which text was masked only because no rule says what it is. */
  get unknownKeys(): readonly string[] {
    const words = [...this.#unknownKeys].filter((key) => /^\w{1,40}$/.test(key));
    return [...new Set(words.map((key) => this.#key(key)))].toSorted().slice(0, MOST_KEYS_NAMED);
  }

  #masked(exchange: Exchange, json: JsonTokens): Exchange {
    return {
      ...exchange,
      path: this.#rules.path.exec(exchange.path)?.[0] ?? '',
      params: exchange.params.map(([key, value]) => [key, this.#string(key, value)]),
      body: rewriteJson(exchange.body, json, (token) => this.#token(token)),
      complete: exchange.complete && json.end === exchange.body.length,
    };
  }

  #learn(key: string, value: string, type: 'string' | 'number'): void {
    const content = this.#contentOf(key, value, type);
    for (const original of content === 'plain' ? [] : partsOf(value, content, type)) {
      if (!ABSENT.test(original) && !SEPARATOR.test(original))
        this.#replacements.add(original.trim(), content as Masked);
    }
    for (const pattern of ADDRESSES)
      for (const [text, address] of value.matchAll(pattern))
        if (address !== undefined) this.#replacements.add(text, 'address');
  }

  #contentOf(key: string, value: string, type: 'string' | 'number'): Content {
    if (ABSENT.test(value)) return 'plain';
    const [, content] = this.#rules.contents.find(([keys]) => keys.test(key)) ?? [];
    if (content === 'serial' && this.#rules.words?.test(value)) return 'plain';
    if (type === 'number') {
      // It stays a number; what only resembles a name is a measured value.
      if (content === 'secret') return 'serial';
      return content === 'serial' || content === 'place' ? content : 'plain';
    }
    const text = value.trim();
    const isHarmless = HARMLESS.some((pattern) => pattern.test(text)) && !LONG_NUMBER.test(text);
    // What is no name and no address is a measured value under a key that only resembles theirs.
    if (content) return isHarmless && (content === 'name' || content === 'address') ? 'plain' : content;
    if (isHarmless) return 'plain';
    if (LONG_NUMBER.test(text)) return 'serial';
    this.#unknownKeys.add(key);
    return 'name';
  }

  #token({ type, key, value }: JsonToken): string | undefined {
    const masked =
      type === 'key'
        ? this.#key(value)
        : type === 'number'
          ? this.#number(key, value)
          : this.#string(key, value);
    return masked === value ? undefined : masked;
  }

  /** Answers about several devices have serial numbers as keys, short ones too. */
  #key(key: string): string {
    return this.#rules.serialKeys?.test(key) ||
      (/\d/.test(key) && this.#replacements.contentOf(key) === 'serial')
      ? this.#replacements.of(key)
      : this.#replacements.inside(key, 'key or number');
  }

  #number(key: string, value: string): string {
    const content = this.#contentOf(key, value, 'number');
    const [original] = content === 'plain' ? [] : partsOf(value, content, 'number');
    return original === undefined
      ? this.#replacements.inside(value, 'key or number')
      : this.#replacements.of(original);
  }

  #string(key: string, value: string): string {
    const content = this.#contentOf(key, value, 'string');
    if (content === 'plain') return this.#replacements.inside(value, 'text');
    return partsOf(value, content, 'string')
      .map((part) => {
        const original = part.trim();
        return this.#replacements.has(original)
          ? part.replace(original, () => this.#replacements.of(original))
          : part;
      })
      .join('');
  }
}

/** Serial numbers come in lists, which are taken apart, separators included; a number has no exponent then. */
function partsOf(value: string, content: Content, type: 'string' | 'number'): readonly string[] {
  if (type === 'number') return value.split(/e/i, 1);
  return content === 'serial' ? value.split(BETWEEN_SERIALS) : [value];
}

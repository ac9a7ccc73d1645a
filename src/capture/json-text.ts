/** A key or a value in a JSON text, with its place there. */
export interface JsonToken {
  readonly type: 'key' | 'string' | 'number';
  /** A key or a string without quotes and escapes, a number as it is spelled. */
  readonly value: string;
  /** The key that a value belongs to; that of the list for what stands in a list; empty outside of objects. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** Tokens in the order of the text, and where the text stops being JSON: its length, if it is JSON to its end. */
export interface JsonTokens {
  readonly tokens: readonly JsonToken[];
  readonly end: number;
}

/** White space, a byte-order mark and stray NUL bytes, and what stands between tokens. */
const BETWEEN = /[\s\uFEFF\0,:]+/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Words of JSON, and numbers that some devices write although JSON has none. */
const WORD = /(?:true|false|null|-?nan|-?inf(?:inity)?)\b/iy;
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const KEY_FOLLOWS = /[\s\0]*:/y;

/** Finds the tokens of a JSON text, also of one that is cut off or spelled a little wrong. */
export function tokensOf(text: string): JsonTokens {
  const tokens: JsonToken[] = [];
  /** For each open bracket: the key of a list, or the latest key of an object. */
  const open: string[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const add = (type: JsonToken['type'], value: string, spelled: string) => {
    const start = at;
    at += spelled.length;
    tokens.push({ type, value, key: open.at(-1) ?? '', start, end: at });
  };
  while (at < text.length) {
    const between = match(BETWEEN);
    if (between !== undefined) {
      at += between.length;
      continue;
    }
    const character = text[at] ?? '';
    if ('{['.includes(character)) {
      open.push(open.at(-1) ?? '');
      at++;
      continue;
    }
    if ('}]'.includes(character)) {
      open.pop();
      at++;
      continue;
    }
    const string = match(STRING);
    if (string !== undefined) {
      const value = unquote(string);
      const isKey = isKeyAt(text, at + string.length);
      if (isKey && open.length > 0) open[open.length - 1] = value;
      add(isKey ? 'key' : 'string', value, string);
      continue;
    }
    const number = match(NUMBER);
    if (number !== undefined) {
      add('number', number, number);
      continue;
    }
    const word = match(WORD);
    if (word === undefined) break;
    at += word.length;
  }
  return { tokens, end: at };
}

function isKeyAt(text: string, end: number): boolean {
  KEY_FOLLOWS.lastIndex = end;
  return KEY_FOLLOWS.test(text);
}

function unquote(string: string): string {
  try {
    return JSON.parse(string) as string;
  } catch {
    // A wrong escape or a bare control character.
    return string.slice(1, -1);
  }
}

/**
 * Replaces tokens and leaves every other character as it is; what is no JSON any more is left out.
 * @param replace undefined keeps a token as it is spelled
 */
export function rewriteJson(
  text: string,
  { tokens, end }: JsonTokens,
  replace: (token: JsonToken) => string | undefined,
): string {
  let result = '';
  let at = 0;
  for (const token of tokens) {
    const replacement = replace(token);
    if (replacement === undefined) continue;
    result += text.slice(at, token.start);
    result += token.type === 'number' ? replacement : JSON.stringify(replacement);
    at = token.end;
  }
  return result + text.slice(at, end);
}

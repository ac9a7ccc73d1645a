import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
} from 'yaml';

/** A mistake in a web configuration file. The message names the key and what is allowed, and holds no secret. */
export class WebConfigError extends Error {
  override readonly name = 'WebConfigError';

  constructor(key: string, message: string) {
    // Names of users and of keys are the file's.
    super((key === '' ? message : `${key}: ${message}`).replace(/\p{Cc}/gu, ' '));
  }
}

/** A part of the file, and its key, such as `tls_server_config.cert_file`; empty for the whole. */
export interface Part {
  readonly key: string;
  readonly node: unknown;
  readonly document: Document;
}

/** Reads one part; a part left empty never gets here. @throws WebConfigError */
export type Decoder<T> = (part: Part) => T;

/** The values of the keys that are there and not empty. */
export type Decoded<F extends Readonly<Record<string, Decoder<unknown>>>> = {
  readonly [K in keyof F]?: ReturnType<F[K]>;
};

/** Reads a YAML text as go-yaml does with strict decoding; undefined when it holds nothing. @throws WebConfigError */
export function decodeYaml<T>(text: string, decoder: Decoder<T>): T | undefined {
  const lines = new LineCounter();
  // The parser's own messages quote the line at fault, which may hold a key.
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    const what = mistake.code === 'DUPLICATE_KEY' ? 'gives a key twice' : 'is not valid YAML';
    throw new WebConfigError('', `${what} (line ${line}, column ${col})`);
  }
  return unlessEmpty({ key: '', node: document.contents, document }, decoder);
}

/** A mapping with these keys and no other. */
export function struct<F extends Readonly<Record<string, Decoder<unknown>>>>(fields: F): Decoder<Decoded<F>> {
  return (part) => {
    const decoded: Record<string, unknown> = {};
    for (const [name, value] of entriesOf(part)) {
      const decoder = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!decoder) {
        throw new WebConfigError(
          value.key,
          `is not a setting; here are possible: ${Object.keys(fields).join(', ')}`,
        );
      }
      const content = unlessEmpty(value, decoder);
      if (content !== undefined) decoded[name] = content;
    }
    return decoded as Decoded<F>;
  };
}

/** A mapping from any name to a text; an empty value is the empty text. */
export const texts: Decoder<ReadonlyMap<string, string>> = (part) =>
  new Map([...entriesOf(part)].map(([name, value]) => [name, unlessEmpty(value, text) ?? '']));

/** A list of such items. */
export function listOf<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return ({ key, node, document }) => {
    if (!isSeq(node)) throw new WebConfigError(key, 'must be a list');
    return node.items.map((each, index) =>
      item({ key: `${key}[${index}]`, node: resolved(each, document), document }),
    );
  };
}

/** Any scalar, as it was written. */
export const text: Decoder<string> = ({ key, node }) => {
  if (!isScalar(node)) throw new WebConfigError(key, 'must be a text');
  return String(node.value ?? '');
};

/** One of the names of a table: what the table has for it. */
export function oneOf<T>(table: Readonly<Record<string, T>>): Decoder<T> {
  return (part) => {
    const name = text(part);
    const value = Object.hasOwn(table, name) ? table[name] : undefined;
    if (value === undefined) throw invalid(part.key, `must be ${alternatives(Object.keys(table))}`, name);
    return value;
  };
}

/** A boolean as in YAML 1.1, which go-yaml reads: also `yes`, `on` and the like, without quotes. */
export const flag: Decoder<boolean> = (part) => {
  const word = text(part);
  if (!isQuoted(part.node) && /^(y|Y|(yes|true|on)|(Yes|True|On)|(YES|TRUE|ON))$/.test(word)) return true;
  if (!isQuoted(part.node) && /^(n|N|(no|false|off)|(No|False|Off)|(NO|FALSE|OFF))$/.test(word)) return false;
  throw invalid(part.key, 'must be true or false', word);
};

/** A whole number, without quotes. */
export const integer: Decoder<number> = (part) => {
  const word = text(part);
  if (isQuoted(part.node) || !/^[-+]?\d{1,15}$/.test(word)) {
    throw invalid(part.key, 'must be a whole number', word);
  }
  return Number(word);
};

/** The error for a value that is not allowed and may be shown. */
export function invalid(key: string, message: string, value: string): WebConfigError {
  const shown = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
  return new WebConfigError(key, `${message}, not ${JSON.stringify(shown)}`);
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(names: readonly string[]): string {
  const [last = '', ...others] = names.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`;
}

const LONGEST_VALUE = 60;

/** Whether it was written in quotes, or as a block. */
export const isQuoted = (node: unknown): boolean => isScalar(node) && node.type !== 'PLAIN';

function unlessEmpty<T>(part: Part, decoder: Decoder<T>): T | undefined {
  const { node } = part;
  if (node === null || node === undefined) return undefined;
  if (isScalar(node) && !isQuoted(node) && EMPTY.has(String((node as Scalar).value ?? ''))) return undefined;
  return decoder(part);
}

const EMPTY: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

function* entriesOf({ key, node, document }: Part): Iterable<[name: string, Part]> {
  if (!isMap(node)) throw new WebConfigError(key, 'must hold settings such as `key: value`');
  for (const pair of node.items) {
    const name = text({ key, node: resolved(pair.key, document), document });
    const path = key === '' ? name : `${key}.${name}`;
    yield [name, { key: path, node: resolved(pair.value, document), document }];
  }
}

function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

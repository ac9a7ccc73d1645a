/** Objects in objects that are divided: a state, and its entities. */
const DEPTH = 2;
/** Characters; it takes about a millisecond to make so many. */
const PIECE = 32 * 1024;

/** The JSON text of a value in pieces, so that making a long one does not keep other work waiting. */
export function* jsonPieces(value: unknown): Generator<string> {
  let piece = '';
  for (const part of parts(value, DEPTH)) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

function* parts(value: unknown, depth: number): Generator<string> {
  if (typeof value !== 'object' || value === null || depth === 0) {
    yield JSON.stringify(value ?? null);
  } else if (Array.isArray(value)) {
    yield* enclosed(
      '[',
      ']',
      value.values().map((item) => parts(item, depth - 1)),
    );
  } else {
    const known = Object.keys(value).filter((key) => (value as Record<string, unknown>)[key] !== undefined);
    const member = function* (key: string) {
      yield `${JSON.stringify(key)}:`;
      yield* parts((value as Record<string, unknown>)[key], depth - 1);
    };
    yield* enclosed('{', '}', known.values().map(member));
  }
}

function* enclosed(open: string, close: string, items: Iterable<Iterable<string>>): Generator<string> {
  let before = open;
  for (const item of items) {
    yield before;
    yield* item;
    before = ',';
  }
  yield before === open ? open + close : close;
}

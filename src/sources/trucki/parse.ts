/** What a key of a stick's answer holds: a number, or a word in its place. */
export type NumberOrWord =
  | { readonly number: number; readonly word?: undefined }
  | { readonly word: string; readonly number?: undefined };

const QUANTITY = /^(-?\d+(?:\.\d+)?)(?:\s*(?:W|V|A|ms|s|kWh|%|°C))?$/;
const WORD = /^[A-Za-z(][A-Za-z0-9 _.()-]{0,40}$/;

/**
 * Reads a value that may be a JSON number, a number in a string, with or without a unit (`"880.10 W"`, `" 0"`),
 * or a word (`"not found"`).
 * @returns undefined for a missing, null or empty value; `'bad'` for anything else
 */
export function parseValue(value: unknown): NumberOrWord | 'bad' | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? { number: value } : 'bad';
  if (typeof value !== 'string') return 'bad';
  const text = value.trim();
  if (text === '') return undefined;
  const quantity = QUANTITY.exec(text);
  if (quantity) {
    const number = Number(quantity[1]);
    return Number.isFinite(number) ? { number } : 'bad';
  }
  return WORD.test(text) && !/^(nan|inf)/i.test(text) ? { word: text } : 'bad';
}

/** Seconds of an uptime such as `03d 14:07:58`. */
export function parseUptime(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^\s*(\d{1,5})d (\d\d):(\d\d):(\d\d)\s*$/.exec(value) : null;
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = match.slice(1).map(Number) as [number, number, number, number];
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

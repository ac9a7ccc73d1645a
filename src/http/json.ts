import { SourceError } from '../base/errors.ts';

/**
 * Parses an answer that should be a JSON object, whatever its content type says: Growatt sends JSON as
 * text/html. A byte-order mark and stray NUL bytes are tolerated.
 * @throws SourceError `malformed`; the message says what came instead
 */
export function parseJsonObject(text: string, what: string): Record<string, unknown> {
  const body = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
    .trim();
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new SourceError('malformed', `${what}: ${describe(body)}`);
  }
  if (!isRecord(value)) throw new SourceError('malformed', `${what}: the answer is not a JSON object`);
  return value;
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(body: string): string {
  if (body === '') return 'the answer is empty';
  if (body.startsWith('<')) return 'a web page came instead of data';
  return 'the answer is not valid JSON (cut off?)';
}

import { type FileNode, isMapping } from './file.ts';
import type { Place } from './known-part.ts';
import type { Problem } from './problems.ts';
import type { Schema, Setting } from './setting.ts';
import { type Origin, problemOf, type Read, readSettings } from './settings.ts';
import { substitute } from './substitute.ts';

/** Resolves the items of a list, each by the list's own schema; a plain text is what the list's `fromText` says. */
export function readItems<T>(
  schema: Schema<T>,
  { fromText }: Setting,
  nodes: readonly FileNode[],
  { key, from }: Origin,
  place: Place,
): Read<T>[] {
  return nodes.flatMap((node, index) => {
    const path = from === 'file' ? `${key}[${index}]` : key;
    const source = { ...place, path: `${path}.`, env: {}, flags: {} };
    if (typeof node === 'string' && fromText) {
      const text = from === 'file' ? substitute(node, path, place) : node;
      if (text === undefined) return [];
      return [readSettings(schema, { ...source, node: fromText(text), text: { key: path, given: node } })];
    }
    if (isMapping(node)) return [readSettings(schema, { ...source, node })];
    place.problems.push({ key: path, message: `must hold ${Object.keys(schema).join(', ')}` });
    return [];
  });
}

/** Reports every name that was used before, saying what it must be; an absent one has been reported already. */
export function rejectDuplicates(
  named: Iterable<readonly [name: string | undefined, origin: Origin]>,
  what: string,
  problems: Problem[],
): void {
  const seen = new Set<string>();
  for (const [name, origin] of named) {
    if (!name) continue;
    if (seen.has(name)) problems.push(problemOf(origin, `must be ${what}`));
    seen.add(name);
  }
}

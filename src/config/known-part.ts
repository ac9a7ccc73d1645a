import { type FileMapping, type FileNode, isMapping } from './file.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problems.ts';
import { isSetting, type Section, type Setting, settingsOf } from './setting.ts';
import { type Environment, substitute } from './substitute.ts';

/** Where a part of the file stands, and what is needed to read it. */
export interface Place {
  /** Prefix of the keys in errors: empty, or such as `accounts[0].`. */
  readonly path: string;
  /** Variables for `${VAR}`. */
  readonly variables: Environment;
  readonly problems: Problem[];
}

/**
 * The part of a mapping that a schema knows and that `isWanted` by its path, variables put in, ready for convict.
 * Unknown keys and values of the wrong shape become problems.
 */
export function knownPart(
  schema: Section,
  node: FileMapping,
  place: Place,
  isWanted: (path: string) => boolean,
): FileMapping {
  const part = (section: Section, mapping: FileMapping, prefix: string): FileMapping => {
    const known: Record<string, FileNode> = {};
    for (const [key, value] of Object.entries(mapping)) {
      const name = place.path + prefix + key;
      const child = Object.hasOwn(section, key) ? section[key] : undefined;
      if (!child) {
        place.problems.push({ key: name, message: unknownKey(key, section, prefix, schema, place) });
      } else if (isSetting(child)) {
        const kept = isWanted(prefix + key) ? settingValue(child, value, name, place) : undefined;
        if (kept !== undefined) known[key] = kept;
      } else if (isMapping(value)) {
        known[key] = part(child, value, `${prefix}${key}.`);
      } else {
        place.problems.push({ key: name, message: `must hold ${Object.keys(child).join(', ')}` });
      }
    }
    return known;
  };
  return part(schema, node, '');
}

function settingValue(setting: Setting, value: FileNode, key: string, place: Place): FileNode | undefined {
  if (typeof value === 'string') return substitute(value, key, place, setting.hint);
  if (setting.pairs && isMapping(value)) {
    return Object.entries(value).map(([name, given]) =>
      typeof given === 'string' ? `${name}=${given}` : given,
    );
  }
  if (setting.items && !isMapping(value)) return value;
  place.problems.push({
    key,
    message: setting.items ? 'must be a list' : 'must be a single value',
  });
  return undefined;
}

function unknownKey(key: string, section: Section, prefix: string, schema: Section, place: Place): string {
  const near = nearest(key, Object.keys(section));
  const elsewhere = settingsOf(schema).find(([path]) => path.split('.').at(-1) === key)?.[0];
  const suggestion = near === undefined ? elsewhere : prefix + near;
  if (suggestion !== undefined) return `is not a known setting; did you mean ${place.path}${suggestion}?`;
  return `is not a known setting; known here: ${Object.keys(section).join(', ')}`;
}

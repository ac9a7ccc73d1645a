import convict from 'convict';
import type { Environment } from './file-values.ts';
import { type Format, Invalid } from './format.ts';
import { type Section, type Setting, settingsOf } from './setting.ts';

/** All settings of some sections, by path. @throws Error for one that is stated twice */
export function together(sections: readonly Section[]): ReadonlyMap<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const [path, setting] of sections.flatMap((section) => [...settingsOf(section)])) {
    if (settings.has(path)) throw new Error(`${path} is stated twice`);
    settings.set(path, setting);
  }
  return settings;
}

/** Values by dotted path as nested objects. */
export function nest(entries: Iterable<readonly [path: string, value: unknown]>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of entries) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = root;
    for (const key of keys) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return root;
}

/** Settings in convict's hands: it knows their defaults and variables, and gives each text its value. */
export function convictOf(
  settings: ReadonlyMap<string, Setting>,
  env: Environment,
): convict.Config<Record<string, unknown>> {
  const nodes = [...settings].map(([path, setting]) => {
    const { doc, fallback, list } = setting;
    const node = { doc, format: formatName(setting.format), default: list ? [] : fallback };
    return [path, { ...node, env: variableOf(setting, env) }] as const;
  });
  return convict(nest(nodes) as convict.Schema<Record<string, unknown>>, { env, args: [] });
}

const formatNames = new Map<Format<unknown>, string>();

/** convict has formats by name, in one table for the whole process. */
function formatName(format: Format<unknown>): string {
  const known = formatNames.get(format);
  if (known !== undefined) return known;
  const name = `${format.allowed} (${formatNames.size})`;
  // A mistake becomes a value, to be found by whoever gets it; convict itself would end at the first.
  const coerce = (text: string) => format.parse(text) ?? new Invalid(`must be ${format.allowed}`);
  convict.addFormat({ name, coerce, validate() {} });
  formatNames.set(format, name);
  return name;
}

/** The variable that gives a setting; where several could, the first that is set. */
export function variableOf({ env = [] }: Pick<Setting, 'env'>, environment: Environment): string | undefined {
  const names = [env].flat();
  return names.find((name) => environment[name] !== undefined) ?? names[0];
}

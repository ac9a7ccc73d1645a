import { camel, isSetting, type Section, type Setting } from './setting.ts';

/** Values of a section by their keys in camel case; an absent one is not shown. */
export type Values = Readonly<Record<string, unknown>>;

/** The values of a section as they may stand in the file, each with its path; secrets are replaced. */
export function* describe(
  section: Section,
  values: Values,
): Generator<readonly [path: string, shown: unknown]> {
  for (const [path, setting, value] of leavesOf(section, values)) {
    const { list, format } = setting;
    const items = list?.spread(value).map((item) => Object.fromEntries(describe(list.items, item as Values)));
    if (!items) yield [path, format.show ? format.show(value) : value];
    else if (items.length > 0) yield [path, items];
  }
}

/** Every secret among the values of a section, in the forms in which it may appear. */
export function* secretsIn(section: Section, values: Values): Generator<string> {
  for (const [, { list, format }, value] of leavesOf(section, values)) {
    if (format.secretsIn) yield* format.secretsIn(value);
    for (const item of list?.spread(value) ?? []) yield* secretsIn(list?.items ?? {}, item as Values);
  }
}

function* leavesOf(
  section: Section,
  values: Values,
  prefix = '',
): Generator<readonly [path: string, setting: Setting, value: unknown]> {
  for (const [key, node] of Object.entries(section)) {
    const value = values[camel(key)];
    if (value === undefined) continue;
    if (isSetting(node)) yield [prefix + key, node, value];
    else yield* leavesOf(node, value as Values, `${prefix}${key}.`);
  }
}

import type { Problem } from './problems.ts';

/** Variables that are set to something. */
export type Environment = Readonly<Record<string, string>>;

/** The variables that are not empty, trimmed: an empty one counts as unset. */
export function withoutEmptyVariables(env: Readonly<Record<string, string | undefined>>): Environment {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim() ?? ''] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
}

/** Replaces each `${VAR}` of a text of the file; undefined, with a problem for `key` and the hint, when one is unset. */
export function substitute(
  text: string,
  key: string,
  { variables, problems }: { readonly variables: Environment; readonly problems: Problem[] },
  hint?: string,
): string | undefined {
  const missing = new Set<string>();
  const result = text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) missing.add(whole);
    return value ?? '';
  });
  for (const whole of missing) {
    const isName = /^\$\{\w+\}$/.test(whole);
    const message = isName
      ? `names the environment variable ${whole.slice(2, -1)}, which is not set`
      : `holds ${whole}, but only \${NAME} with the name of an environment variable is understood`;
    problems.push({ key, message: hint === undefined ? message : `${message}; ${hint}` });
  }
  return missing.size === 0 ? result : undefined;
}

import assert from 'node:assert/strict';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import type { Flags } from '../../src/settings/read.ts';

/** Loads a configuration from texts: the YAML file, the variables, the flags and any other files by path. */
export function load(
  yaml: string | undefined,
  env: Readonly<Record<string, string>> = {},
  flags: Flags = {},
  files: Readonly<Record<string, string>> = {},
): Config {
  const readFile = (path: string): string => {
    const content = path === '/etc/agent/agent.yaml' ? yaml : files[path];
    if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
    return content;
  };
  const file = yaml === undefined ? undefined : '/etc/agent/agent.yaml';
  return loadConfig({ file, env, flags, isTerminal: true, readFile });
}

/** The message of the ConfigError that a load ends with. */
export function messageOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
  return assert.fail('no error');
}

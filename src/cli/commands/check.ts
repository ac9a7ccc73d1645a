import { describeConfig } from '../../config/config.ts';
import { loadWebConfig } from '../../export/web/watched-file.ts';
import type { Configured } from '../flags.ts';
import { DONE, type Program } from '../program.ts';
import { configOf } from './run.ts';

/** Prints the configuration as resolved, without secrets; the web configuration is only checked. @throws ConfigError */
export async function check(invocation: Configured, program: Program): Promise<number> {
  const config = configOf(invocation, program);
  const { webConfigFile } = config.exporter;
  const warnings = webConfigFile === undefined ? [] : loadWebConfig(webConfigFile).warnings;
  for (const warning of warnings) program.err(`Warning: ${warning}\n`);
  await program.out(describeConfig(config));
  return DONE;
}

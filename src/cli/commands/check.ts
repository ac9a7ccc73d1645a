import { systemClock } from '../../base/clock.ts';
import { type Config, describeConfig } from '../../config/config.ts';
import { createSources, sharedObjects, sourceNames } from '../../config/sources.ts';
import { unknownVariables } from '../../config/unknown-variables.ts';
import { loadWebConfig } from '../../export/web/watched-file.ts';
import { nodeFetch } from '../../http/node-fetch.ts';
import type { Configured } from '../flags.ts';
import { DONE, type Program } from '../program.ts';
import { configOf } from './run.ts';

/**
 * Prints the configuration as resolved, without secrets, and which sources this shard polls; the web configuration is
 * only checked.
 * @throws ConfigError
 */
export async function check(invocation: Configured, program: Program): Promise<number> {
  const config = configOf(invocation, program);
  const { webConfigFile } = config.exporter;
  const warnings = [
    ...unknownVariables({ file: invocation.configFile, env: program.env }),
    ...(webConfigFile === undefined ? [] : loadWebConfig(webConfigFile).warnings),
  ];
  for (const warning of warnings) program.err(`Warning: ${warning}\n`);
  await program.out(describeConfig(config) + describeShard(config));
  return DONE;
}

/** As comments, so that the output stays a configuration file. */
function describeShard(config: Config): string {
  const { shard } = config;
  if (!shard) return '';
  const tools = { clock: systemClock, fetch: nodeFetch };
  const observer = () => ({ attempted() {}, retried() {} });
  const names = sourceNames(config, tools);
  const own = createSources(config, { ...tools, observer, shared: sharedObjects() });
  const polled = own.map(({ name }) => name);
  const others = names.filter((name) => !polled.includes(name));
  const lines = [
    `Shard ${shard.index}/${shard.count} polls ${polled.length} of ${names.length} sources${polled.length > 0 ? ':' : '.'}`,
    ...polled.map((name) => `  ${name}`),
    ...(others.length > 0 ? ['Other shards poll:', ...others.map((name) => `  ${name}`)] : []),
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}

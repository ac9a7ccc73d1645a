import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unknownVariables } from '../../config/unknown-variables.ts';
import { keptInstanceId } from '../../state/instance-id.ts';
import { keepingCompiledCode } from '../compiled-code.ts';
import type { Configured } from '../flags.ts';
import { logFor, type Program } from '../program.ts';
import { withStateFolder } from '../state-folder.ts';
import { push } from './push.ts';
import { serve } from './serve.ts';

/**
 * Loads the configuration that a command line and an environment name. Where it cannot be used, warns of variables that
 * are not known: they may be why.
 * @throws ConfigError
 */
export function configOf({ configFile: file, flags }: Configured, { env, isTerminal, err }: Program): Config {
  try {
    return loadConfig({ file, env, flags, isTerminal });
  } catch (error) {
    for (const warning of unknownVariables({ file, env })) err(`Warning: ${warning}\n`);
    throw error;
  }
}

/** The id that the folder of the state keeps, for what leaves by OTLP. */
export async function instanceIdOf({ otlp, stateDir }: Config, log: Log): Promise<string | undefined> {
  return otlp && stateDir !== undefined ? await keptInstanceId(stateDir, log) : undefined;
}

/** The agent: in http mode until a signal, in push mode once. */
export async function run(invocation: Configured, program: Program): Promise<number> {
  const config = configOf(invocation, program);
  const log = logFor(program, config);
  for (const warning of unknownVariables({ file: invocation.configFile, env: program.env }))
    log.warn(warning.replace(/^t/, 'T'));
  return await withStateFolder(config, { command: 'run', log }, async () => {
    const options = { config, log, instanceId: await instanceIdOf(config, log) };
    return await keepingCompiledCode(async () => {
      if (config.exporter.mode === 'push') return await push(options, program.signal);
      return await serve({ ...options, load: () => configOf(invocation, program) }, program);
    });
  });
}

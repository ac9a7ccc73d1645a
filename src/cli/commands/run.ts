import { loadConfig } from '../../config/load.ts';
import type { Configured } from '../flags.ts';
import { logFor, type Program } from '../program.ts';
import { push } from './push.ts';
import { serve } from './serve.ts';

/** Loads the configuration that a command line and an environment name. @throws ConfigError */
export function configOf({ configFile, flags }: Configured, { env, isTerminal }: Program) {
  return loadConfig({ ...(configFile !== undefined && { file: configFile }), env, flags, isTerminal });
}

/** The agent: in http mode until a signal, in push mode once. */
export async function run(invocation: Configured, program: Program): Promise<number> {
  const config = configOf(invocation, program);
  const options = { config, log: logFor(program, config) };
  return await (config.exporter.mode === 'push' ? push : serve)(options, program.signal);
}

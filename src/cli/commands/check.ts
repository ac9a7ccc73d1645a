import { describeConfig } from '../../config/config.ts';
import type { Configured } from '../flags.ts';
import { DONE, type Program } from '../program.ts';
import { configOf } from './run.ts';

/** Prints the configuration as resolved, without secrets. */
export async function check(invocation: Configured, program: Program): Promise<number> {
  await program.out(describeConfig(configOf(invocation, program)));
  return DONE;
}

import { describeConfig } from '../../config/redact.ts';
import { DONE, type Program } from '../program.ts';
import { type Configured, configOf } from './run.ts';

/** Prints the configuration as resolved, without secrets. */
export async function check(invocation: Configured, program: Program): Promise<number> {
  program.out(describeConfig(configOf(invocation, program)));
  return DONE;
}

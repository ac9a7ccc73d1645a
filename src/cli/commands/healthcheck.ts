import { loadExporter } from '../../config/load.ts';
import { probeHealth } from '../../export/health-probe.ts';
import type { ListenAddress } from '../../settings/addresses.ts';
import { ConfigError } from '../../settings/problems.ts';
import type { Configured } from '../flags.ts';
import { DONE, FAILED, type Program } from '../program.ts';

/** Below the five seconds that container probes usually wait. */
const TIMEOUT_MS = 4000;

/** Asks the agent that runs with the same configuration whether it works. @returns 0 or 1 */
export async function healthcheck(invocation: Configured, program: Program): Promise<number> {
  const listen = listenAddressOf(invocation, program);
  if (typeof listen === 'string') return unhealthy(program, listen);
  const { healthy, message } = await probeHealth({ ...listen, timeout: TIMEOUT_MS });
  if (!healthy) return unhealthy(program, message);
  await program.out(`healthy: ${message}\n`);
  return DONE;
}

/** Where the agent listens, or why that cannot be said. */
function listenAddressOf(
  { configFile, flags }: Configured,
  { env, isTerminal }: Program,
): ListenAddress | string {
  try {
    const { mode, listenAddr } = loadExporter({ file: configFile, env, flags, isTerminal });
    if (mode === 'push') return 'in push mode the agent serves nothing.';
    return listenAddr.port === 0
      ? 'EXPORTER_LISTEN_ADDR must name a port; with 0 only the log knows it.'
      : listenAddr;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n', 1)[0] ?? '';
  }
}

function unhealthy(program: Program, why: string): number {
  program.err(`unhealthy: ${why}\n`);
  return FAILED;
}

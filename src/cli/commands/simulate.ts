import { once } from 'node:events';
import { parts } from '../../kinds.ts';
import { listenAddress } from '../../settings/addresses.ts';
import type { SimulatedInvocation } from '../flags.ts';
import { DONE, type Program } from '../program.ts';
import { startSimulators } from '../simulators.ts';

const DEFAULT_LISTEN = { host: '127.0.0.1', port: 9121 };

/** Only the simulators, on one port and the next, for building dashboards and testing other clients. */
export async function simulate(
  { flags, plants = 1 }: SimulatedInvocation,
  program: Program,
): Promise<number> {
  const { host = '::', port } = listenAddress.parse(flags['-p'] ?? '') ?? DEFAULT_LISTEN;
  const simulators = await startSimulators({ parts, host, port, demo: false, plants });
  try {
    await program.out([...simulators.lines, 'All of it is simulated; Ctrl-C stops it.', ''].join('\n'));
    if (!program.signal.aborted) await once(program.signal, 'abort');
  } finally {
    await simulators.close();
  }
  return DONE;
}

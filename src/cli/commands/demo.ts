import { type Flags, loadConfig } from '../../config/load.ts';
import { kinds } from '../../kinds.ts';
import { logFor, type Program } from '../program.ts';
import { startSimulators } from '../simulators.ts';
import { serve } from './serve.ts';

/** What would change the demo's sources; where it listens, logs and exports to is the user's. */
const PREFIXES = [...Object.keys(kinds), 'collect', 'history'].map((word) => `${word.toUpperCase()}_`);
const NAMES = ['EXPORTER_MODE', 'STATE_DIR', 'SHARD'];
const isForeign = (name: string) =>
  NAMES.includes(name) || PREFIXES.some((prefix) => name.startsWith(prefix));

/** The agent over its own simulators: no account, no hardware, no network. */
export async function demo({ flags }: { readonly flags: Flags }, program: Program): Promise<number> {
  const simulators = await startSimulators({ kinds, host: '127.0.0.1', port: 0, demo: true });
  try {
    const own = Object.fromEntries(Object.entries(program.env).filter(([name]) => !isForeign(name)));
    const config = loadConfig({ env: { ...own, ...simulators.env }, flags, isTerminal: program.isTerminal });
    const log = logFor(program, config);
    log.info('This is a demo: every number is simulated');
    return await serve({ config, log, simulated: true }, program.signal);
  } finally {
    await simulators.close();
  }
}

import { loadConfig } from '../../config/load.ts';
import { agentSettings } from '../../config/settings.ts';
import { parts } from '../../kinds.ts';
import type { Part } from '../../model/kind.ts';
import { settingsOf } from '../../settings/setting.ts';
import type { SimulatedInvocation } from '../flags.ts';
import { logFor, type Program } from '../program.ts';
import { startSimulators } from '../simulators.ts';
import { serve } from './serve.ts';

const { exporter, state_dir, shard } = agentSettings;
/** The variables that would change the demo's sources; where it listens, logs and exports to is the user's. */
const IGNORED = new Set(
  [...Object.values<Part>(parts).map(({ settings }) => settings), { mode: exporter.mode, state_dir, shard }]
    .flatMap((section) => [...settingsOf(section)])
    .flatMap(([, { env }]) => env ?? []),
);

/** The agent over its own simulators: no account, no hardware, no network. */
export async function demo({ flags, plants = 1 }: SimulatedInvocation, program: Program): Promise<number> {
  const simulators = await startSimulators({ parts, host: '127.0.0.1', port: 0, demo: true, plants });
  try {
    const own = Object.fromEntries(Object.entries(program.env).filter(([name]) => !IGNORED.has(name)));
    const env = { ...own, ...simulators.env };
    const load = () => loadConfig({ env, flags, isTerminal: program.isTerminal });
    const config = load();
    const log = logFor(program, config);
    log.info('This is a demo: every number is simulated');
    const past = simulators.past ?? [];
    return await serve({ config, log, load, simulated: true, past }, program);
  } finally {
    await simulators.close();
  }
}

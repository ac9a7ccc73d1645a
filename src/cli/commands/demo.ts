import { type Flags, loadConfig } from '../../config/load.ts';
import { startGrowattCloud } from '../../simulators/growatt/cloud.ts';
import { demoPlants } from '../../simulators/growatt/plants.ts';
import { startTruckiStick } from '../../simulators/trucki/stick.ts';
import { logFor, type Program } from '../program.ts';
import { serve } from './serve.ts';

/** How often the demo's inverters report: often enough to watch. */
const UPLOAD_EVERY_MS = 10_000;
const TOKEN = 'demo-token';

/** The agent over its own simulators: no account, no hardware, no network. */
export async function demo({ flags }: { readonly flags: Flags }, program: Program): Promise<number> {
  const [cloud, stick] = await Promise.all([
    startGrowattCloud({
      token: TOKEN,
      plants: demoPlants(Date.now()),
      uploadEvery: UPLOAD_EVERY_MS,
      limits: false,
    }),
    startTruckiStick({ firmware: 'jsonlive', remotes: 2, meter: true }),
  ]);
  try {
    // Where it listens, logs and exports to is the user's; the sources are the demo's.
    const foreign = /^(GROWATT_|TRUCKI_|EXPORTER_MODE$|COLLECT_|HISTORY_|STATE_DIR$|SHARD$)/;
    const own = Object.fromEntries(Object.entries(program.env).filter(([name]) => !foreign.test(name)));
    const env = {
      ...own,
      GROWATT_TOKEN: TOKEN,
      GROWATT_BASE_URL: cloud.url,
      GROWATT_CALL_SPACING: '200ms',
      GROWATT_PLANT_INTERVAL: '30s',
      COLLECT_HISTORY: 'true',
      COLLECT_INTERVAL: `${UPLOAD_EVERY_MS}ms`,
      TRUCKI_TARGETS: `demo=${stick.address}`,
      TRUCKI_INTERVAL: '2s',
    };
    const config = loadConfig({ env, flags, isTerminal: program.isTerminal });
    const log = logFor(program, config);
    log.info('This is a demo: every number is simulated');
    return await serve({ config, log, simulated: true }, program.signal);
  } finally {
    await Promise.all([cloud.close(), stick.close()]);
  }
}

import type { StartSimulator } from '../../model/simulator.ts';
import { startGrowattCloud } from './cloud.ts';
import { demoPlants } from './plants.ts';

const TOKEN = 'simulated-token';
/** Time between two uploads of the demo's inverters: short enough to watch. */
const DEMO_UPLOAD_EVERY_MS = 10_000;

/** A cloud with one home in the sun. */
export const startSimulator: StartSimulator = async ({ host, port, demo }) => {
  const cloud = await startGrowattCloud({
    host,
    port,
    token: TOKEN,
    plants: demoPlants(Date.now()),
    ...(demo && { uploadEvery: DEMO_UPLOAD_EVERY_MS, limits: false }),
  });
  return {
    env: {
      GROWATT_BASE_URL: cloud.url,
      GROWATT_TOKEN: TOKEN,
      ...(demo && {
        GROWATT_CALL_SPACING: '200ms',
        GROWATT_PLANT_INTERVAL: '30s',
        COLLECT_HISTORY: 'true',
        COLLECT_INTERVAL: `${DEMO_UPLOAD_EVERY_MS}ms`,
      }),
    },
    lines: [`Growatt cloud: GROWATT_BASE_URL=${cloud.url} GROWATT_TOKEN=${TOKEN}`],
    inverters: cloud.inverters(),
    close: cloud.close,
  };
};

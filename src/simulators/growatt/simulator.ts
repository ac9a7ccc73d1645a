import type { StartSimulator } from '../../model/simulator.ts';
import { startGrowattCloud } from './cloud.ts';
import { demoPlants, demoTrouble } from './demo-plants.ts';

const TOKEN = 'simulated-token';
/** Time between two uploads of the demo's inverters: short enough to watch. */
const DEMO_UPLOAD_EVERY_MS = 10_000;

/** A cloud with one home in the sun, or a fleet. */
export const startSimulator: StartSimulator = async ({ host, port, demo, plants: count = 1 }) => {
  const now = Date.now();
  const plants = demoPlants(now, count);
  const cloud = await startGrowattCloud({
    host,
    port,
    token: TOKEN,
    plants,
    ...(demo && { uploadEvery: DEMO_UPLOAD_EVERY_MS, limits: false }),
  });
  for (const [serial, trouble] of demoTrouble(plants, now)) cloud.disturb(serial, trouble);
  const atHome = new Set(plants[0]?.devices.map(({ sn }) => sn));
  return {
    env: {
      GROWATT_BASE_URL: cloud.url,
      GROWATT_TOKEN: TOKEN,
      ...(demo && {
        GROWATT_CALL_SPACING: count > 1 ? '10ms' : '200ms',
        GROWATT_PLANT_INTERVAL: count > 1 ? '10m' : '30s',
        COLLECT_HISTORY: 'true',
        COLLECT_INTERVAL: `${DEMO_UPLOAD_EVERY_MS}ms`,
      }),
    },
    lines: [`Growatt cloud: GROWATT_BASE_URL=${cloud.url} GROWATT_TOKEN=${TOKEN}`],
    inverters: cloud.inverters().filter(({ serial }) => atHome.has(serial)),
    sky: cloud.sky,
    plantIds: plants.map(({ id }) => String(id)),
    ...(demo && { past: cloud.past() }),
    close: cloud.close,
  };
};

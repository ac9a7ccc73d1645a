import type { TestContext } from 'node:test';
import { everyFamily, fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import type { FamilyName } from '../../../src/simulators/growatt/specs.ts';
import {
  berlinHome,
  DAY,
  MIDNIGHT,
  MINUTE,
  NOON,
  startWorld,
  type WorldOptions,
} from '../../sources/growatt/world.ts';
import type { CallFigures, FirstValues } from '../results.ts';

/** At the equator the sun is up for twelve hours on every day of the year. */
const EQUATOR = { latitude: 0, longitude: 15, zone: 60 } as const;
const STEP = 1000;
const FLEET_MINUTES = 60;

/** What a day is simulated of, with the default intervals. */
const DAYS: Readonly<Record<string, WorldOptions>> = {
  'a home with one inverter, twelve sunny hours': { plants: [berlinHome(EQUATOR)] },
  'the same with daily history': { plants: [berlinHome(EQUATOR)], history: { enabled: true } },
  'the same in Berlin in June': { plants: [berlinHome()] },
  'the same with GROWATT_IDLE_INTERVAL=0, twelve sunny hours': {
    plants: [berlinHome(EQUATOR)],
    settings: { idleInterval: 0 },
  },
  'a home with inverters of three families, twelve sunny hours': homeOf(['min', 'max', 'inverter']),
  'the same with a hybrid, which never sleeps': homeOf(['min', 'sph', 'max']),
};

function homeOf(families: readonly FamilyName[]): WorldOptions {
  const devices = everyFamily().filter(({ family }) => families.includes(family));
  return { plants: [berlinHome({ ...EQUATOR, devices })] };
}

/** Calls to the cloud on the second day of agents on a clock that is wound forward: the first begins with the agent. */
export async function countCalls(): Promise<readonly CallFigures[]> {
  const figures: CallFigures[] = [];
  for (const [what, options] of Object.entries(DAYS)) {
    const counts = await inWorld({ start: MIDNIGHT, ...options }, async (world) => {
      world.run();
      await world.until(MIDNIGHT + 2 * DAY);
      return world.callCounts(MIDNIGHT + DAY, MIDNIGHT + 2 * DAY);
    });
    const isLive = (name: string) => /last|tlxs_data/.test(name);
    const sum = (entries: readonly (readonly [string, number])[]) =>
      entries.reduce((total, [, count]) => total + count, 0);
    const all = Object.entries(counts);
    figures.push({ what, calls: sum(all), live: sum(all.filter(([name]) => isLive(name))) });
  }
  return figures;
}

/** When the first values of a home and of 1 000 inverters are there, on the same clock. */
export async function timeFirstValues(): Promise<FirstValues> {
  const home = await inWorld({}, async (world) => {
    const agent = world.run();
    let now = NOON;
    while (agent.value('growatt_current_power_watts') === undefined) {
      now += STEP;
      await world.until(now);
    }
    return { calls: world.cloud.calls.length, seconds: (now - NOON) / 1000 };
  });
  const plants = fleetPlants(NOON, 500);
  const fleet = await inWorld({ plants }, async (world) => {
    const agent = world.run();
    const shown = () =>
      agent.store.samples().filter(({ metric }) => metric === 'growatt_current_power_watts').length;
    let first: number | undefined;
    for (let minute = 1; minute <= FLEET_MINUTES; minute++) {
      await world.until(NOON + minute * MINUTE);
      const count = shown();
      if (count > 0) first ??= minute;
      if (count < 2 * plants.length) continue;
      const from = world.clock.now();
      await world.until(from + 10 * MINUTE);
      const live = world.callCounts(from)['tlx/tlxs_data'] ?? 0;
      return { firstMinutes: first ?? minute, allMinutes: minute, callsOfCycle: live / 2 };
    }
    throw new Error('not all inverters were found');
  });
  return { home, fleet };
}

type World = Awaited<ReturnType<typeof startWorld>>;

async function inWorld<T>(options: WorldOptions, work: (world: World) => Promise<T>): Promise<T> {
  const ends: (() => unknown)[] = [];
  const after = ((end: () => unknown) => void ends.push(end)) as TestContext['after'];
  const world = await startWorld({ after }, options);
  try {
    return await work(world);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

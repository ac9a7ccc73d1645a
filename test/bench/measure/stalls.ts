import { fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import type { StallFigures } from '../results.ts';
import { median } from '../statistics.ts';
import { startAgent } from './agent.ts';
import { Fleet } from './fleet.ts';
import { get } from './http.ts';
import type { Programs } from './programs.ts';

/** Of 30 000 series of devices. */
const PLANTS = 405;
/** The state file is written 10 s after a change. */
const CYCLES_OF_A_SAVE = 12;

/** What keeps the event loop of an agent with 30 000 series and daily history from coming round, and for how long. */
export async function measureStalls(programs: Programs, rounds: number): Promise<StallFigures> {
  const cycles = rounds * (4 + CYCLES_OF_A_SAVE);
  const fleet = await Fleet.start({ plants: (now) => fleetPlants(now, PLANTS), cycles });
  const agent = startAgent(programs, { ...fleet.env, COLLECT_HISTORY: 'true', HISTORY_DAYS: '1' });
  const url = await agent.url();
  const discovery = await agent.measure('stall', () => fleet.discovered({ quiet: true }));
  const stages = {
    'a scrape': () => get(`${url}/metrics`),
    'a scrape with gzip': () => get(`${url}/metrics`, 'gzip'),
    'the status page': () => get(`${url}/`),
    'the status as JSON': () => get(`${url}/api/v1/status`),
  };
  const stalls = new Map<string, number[]>();
  const note = (what: string, stall: number) => stalls.set(what, [...(stalls.get(what) ?? []), stall]);
  for (let round = 0; round < rounds; round++) {
    for (const [what, work] of Object.entries(stages)) {
      note('a poll cycle', await agent.measure('stall', () => fleet.cycle()));
      note(what, await agent.measure('stall', work));
    }
    const save = async () => {
      for (let cycle = 0; cycle < CYCLES_OF_A_SAVE; cycle++) await fleet.cycle();
    };
    note('poll cycles with a write of the state file', await agent.measure('stall', save));
  }
  await agent.stop();
  await fleet.stop();
  const steady = [...stalls].map(([what, times]) => [what, median(times)] as const);
  return { 'the first reading of devices and history': discovery, ...Object.fromEntries(steady) };
}

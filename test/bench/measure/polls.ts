import { fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import type { Results } from '../results.ts';
import { median } from '../statistics.ts';
import { startAgent, startNode } from './agent.ts';
import { Fleet } from './fleet.ts';
import { post } from './http.ts';
import type { Programs } from './programs.ts';

const PLANTS = 500;
const WARM_UP = 10;

/** Poll cycles of 1 000 inverters, and what bare Node takes to parse the same answers. */
export async function measurePolls(programs: Programs, cycles: number): Promise<Results['polls']> {
  const plants = (now: number) => fleetPlants(now, PLANTS);
  const fleet = await Fleet.start({ plants, cycles: WARM_UP + cycles });
  const agent = startAgent(programs, fleet.env);
  const bareNode = startNode(programs, programs.bareNode);
  const yardstick = `${await bareNode.url()}/parse`;
  await fleet.discovered({ quiet: true });
  const times: number[] = [];
  const parseTimes: number[] = [];
  let size = 0;
  for (let cycle = -WARM_UP; cycle < cycles; cycle++) {
    const time = await agent.measure('busy', () => fleet.cycle());
    const answers = fleet.answers.join('\n');
    const parse = Number((await post(yardstick, answers)).body.toString());
    if (cycle < 0) continue;
    times.push(time);
    parseTimes.push(parse);
    size = Buffer.byteLength(answers);
  }
  await agent.stop();
  await bareNode.stop();
  await fleet.stop();
  return { inverters: 2 * PLANTS, size, cycle: median(times), parse: median(parseTimes) };
}

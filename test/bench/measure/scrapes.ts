import { gunzipSync } from 'node:zlib';
import { fleetPlants } from '../../../src/simulators/growatt/plants.ts';
import { changedPart, readExposition } from '../exposition.ts';
import { ENGINES, type Engine, type ScrapeFigures, type SizeFigures } from '../results.ts';
import { median } from '../statistics.ts';
import { startAgent, startNode } from './agent.ts';
import { Child } from './child.ts';
import { Fleet } from './fleet.ts';
import { type Answer, type Encoding, get, post } from './http.ts';
import type { Programs } from './programs.ts';

/** Of a plant with MIN inverters, and of each of these. */
const SERIES_OF_PLANT = 8;
const SERIES_OF_INVERTER = 33;
/** Beyond so many series, plants have more inverters: what is called for each plant would take most of the time. */
const MANY_SERIES = 50_000;
const INVERTERS_OF_PLANT = { few: 2, many: 50 };
/** Cycles after which the agent polls in the same order each time. */
const SETTLING = 3;
/** Rounds before anything is measured, while the programs are compiled and their heaps grow. */
const WARM_UP = 4;
/** Rounds in which something else than time is measured. */
const OTHER_ROUNDS = 4;

interface Running {
  readonly engine: Engine;
  readonly child: Child;
  readonly url: string;
  readonly times: Record<'cold' | 'warm' | 'coldGzip' | 'warmGzip' | 'allocated' | 'stall', number[]>;
  plainSize: number;
  gzipSize: number | undefined;
}

/** Scrapes all programs with about so many series, in turn in each round, so that all share what disturbs them. */
export async function measureScrapes(
  programs: Programs,
  wanted: number,
  rounds: number,
): Promise<SizeFigures> {
  const perPlant = wanted > MANY_SERIES ? INVERTERS_OF_PLANT.many : INVERTERS_OF_PLANT.few;
  const plants = Math.round(wanted / (SERIES_OF_PLANT + perPlant * SERIES_OF_INVERTER));
  const cycles = SETTLING + WARM_UP + 2 * rounds + 2 * OTHER_ROUNDS;
  const fleet = await Fleet.start({ plants: (now) => fleetPlants(now, plants, perPlant), cycles });
  const agent = startAgent(programs, fleet.env);
  const running = [await attach(ENGINES[0], agent)];
  await fleet.discovered({ quiet: true });
  for (let cycle = 0; cycle < SETTLING; cycle++) await fleet.cycle();
  const first = readExposition((await get(`${running[0]!.url}/metrics`)).body.toString());
  for (const [engine, start] of peers(programs)) {
    const peer = await attach(engine, start());
    await post(`${peer.url}/series`, JSON.stringify(first.metrics));
    running.push(peer);
  }
  const changes: number[] = [];
  let values = first.values;
  for (const round of plan(rounds)) {
    await fleet.cycle();
    for (const engine of running) {
      const { body } = await round(engine);
      if (engine !== running[0]) continue;
      const scraped = readExposition(plain(body).toString());
      if (scraped.values.length !== values.length)
        throw new Error(`${scraped.values.length} series in place of ${values.length}`);
      changes.push(changedPart(values, scraped.values));
      values = scraped.values;
      for (const peer of running.slice(1)) await post(`${peer.url}/values`, JSON.stringify(values));
    }
  }
  const engines = running.map(figuresOf);
  for (const { child } of running) await child.stop();
  await fleet.stop();
  return { series: values.length, changed: median(changes), engines };
}

function peers(programs: Programs): [Engine, () => Child][] {
  const { stockExporter, promClient, clientGolang } = programs;
  const node = (program: string) => () => startNode(programs, program);
  const go = (way: string) => () => new Child({ command: clientGolang, args: [way] });
  return [
    [ENGINES[1], node(stockExporter)],
    [ENGINES[2], node(promClient)],
    [ENGINES[3], go('const')],
    [ENGINES[4], go('vectors')],
  ];
}

async function attach(engine: Engine, child: Child): Promise<Running> {
  const times = { cold: [], warm: [], coldGzip: [], warmGzip: [], allocated: [], stall: [] };
  return { engine, child, url: await child.url(), times, plainSize: 0, gzipSize: undefined };
}

type Round = (engine: Running) => Promise<Answer>;

/** What is done with each program in each round, after new readings. */
function plan(rounds: number): Round[] {
  const repeat = (count: number, ...some: Round[]) => Array.from({ length: count }, () => some).flat();
  return [
    ...repeat(WARM_UP / 2, scrape('identity'), scrape('gzip')),
    ...repeat(rounds, timed('identity'), timed('gzip')),
    ...repeat(OTHER_ROUNDS, allocation, stall),
  ];
}

const scrape = (encoding: Encoding) => (engine: Running) => get(`${engine.url}/metrics`, encoding);

const timed = (encoding: Encoding) => async (engine: Running) => {
  const cold = await scrape(encoding)(engine);
  const warm = await scrape(encoding)(engine);
  const { times } = engine;
  times[encoding === 'gzip' ? 'coldGzip' : 'cold'].push(cold.time);
  times[encoding === 'gzip' ? 'warmGzip' : 'warm'].push(warm.time);
  if (encoding === 'identity') engine.plainSize = cold.body.length;
  else if (cold.encoding === 'gzip') engine.gzipSize = cold.body.length;
  return cold;
};

async function allocation(engine: Running): Promise<Answer> {
  let answer: Answer | undefined;
  const work = async () => {
    answer = await scrape('identity')(engine);
  };
  if (isGo(engine)) {
    const before = await allocatedBy(engine);
    await work();
    engine.times.allocated.push((await allocatedBy(engine)) - before);
  } else {
    engine.times.allocated.push(await engine.child.measure('allocated', work));
  }
  return answer!;
}

async function stall(engine: Running): Promise<Answer> {
  if (isGo(engine)) return await scrape('identity')(engine);
  let answer: Answer | undefined;
  const longest = await engine.child.measure('stall', async () => {
    answer = await scrape('identity')(engine);
  });
  engine.times.stall.push(longest);
  return answer!;
}

const isGo = ({ engine }: Running) => engine.startsWith('client_golang');

const allocatedBy = async ({ url }: Running) => Number((await get(`${url}/allocated`)).body.toString());

function figuresOf({ engine, child, times, plainSize, gzipSize }: Running): ScrapeFigures {
  const { stall: stalls, ...others } = times;
  const { cold, warm, coldGzip, warmGzip, allocated } = others;
  return {
    engine,
    cold: median(cold),
    warm: median(warm),
    coldGzip: median(coldGzip),
    warmGzip: median(warmGzip),
    allocated: median(allocated),
    stall: stalls.length > 0 ? median(stalls) : undefined,
    rss: child.rss,
    plainSize,
    gzipSize,
  };
}

/** A body as it is without compression. */
const plain = (body: Buffer) => (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body);

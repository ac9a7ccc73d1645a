import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type GrowattCloud, startGrowattCloud } from '../../../src/simulators/growatt/cloud.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';

export interface FleetOptions {
  /** Makes the plants, of MIN inverters, as they are at a moment, milliseconds since the epoch, mid-morning there. */
  readonly plants: (now: number) => readonly PlantSpec[];
  /** How many cycles there will be at most: the last readings are of the present. */
  readonly cycles: number;
}

/** From one cycle to the next each inverter sends a new reading. */
const STEP_MS = 4 * 60_000;
const TOKEN = 'bench-token';
/** The live calls of MIN inverters. */
const LIVE = /\/tlxs_data$/;
const PLANT_DATA = /\/plant\/data\?.*\bplant_id=(\d+)/;
/** Where an answer lists the inverters that it is about. */
const LISTED = /"tlxs":\[([^\]]+)\]/;
/** The simulator closes connections that are idle for some seconds, perhaps just when they are used again. */
const CONNECTIONS = new Agent({ keepAlive: false });
const CYCLE_DEADLINE_MS = 60_000;
const DISCOVERY_DEADLINE_MS = 900_000;
const QUIET_MS = 3000;
const CHECK_MS = 200;

/**
 * The simulated Growatt cloud behind a gate. Its clock moves from cycle to cycle only, and the next cycle of the agent
 * waits at the gate: while it is scraped, the agent has all readings of one moment and nothing else to do.
 */
export class Fleet {
  readonly #server = createServer((incoming, response) => {
    this.#pass(incoming, response).catch(() => response.destroy());
  });
  readonly #clock: { now: number };
  readonly #cloud: GrowattCloud;
  readonly #inverters: number;
  readonly #plants: number;
  /** Serial number of the inverter that the first call of a cycle names. */
  readonly #first: string;
  /** Serial numbers of inverters that the agent has read, in this cycle once there are cycles. */
  readonly #read = new Set<string>();
  /** Ids of plants that it has read. */
  readonly #plantsRead = new Set<string>();
  #open = true;
  /** Whether the gate closes before the next cycle. */
  #closing = false;
  /** Whether it closes behind the last live call of a cycle. */
  #counting = false;
  #held: (() => void)[] = [];
  #arrived = Promise.withResolvers<void>();
  /** Answers to live calls by what was asked, until there are cycles: the clock stands still. */
  readonly #known = new Map<string, string>();
  /** Answers to the live calls of this cycle. */
  #answers: string[] = [];
  #backgroundAt = performance.now();

  private constructor(cloud: GrowattCloud, clock: { now: number }, plants: readonly PlantSpec[]) {
    this.#cloud = cloud;
    this.#clock = clock;
    this.#plants = plants.length;
    const inverters = plants.flatMap(({ devices }) => devices);
    this.#inverters = inverters.length;
    this.#first = inverters[0]?.sn ?? '';
  }

  static async start({ plants: makePlants, cycles }: FleetOptions): Promise<Fleet> {
    const clock = { now: Date.now() - (cycles + 1) * STEP_MS };
    const plants = makePlants(clock.now);
    const cloud = await startGrowattCloud({
      token: TOKEN,
      plants,
      now: () => clock.now,
      uploadEvery: STEP_MS,
      limits: false,
    });
    const fleet = new Fleet(cloud, clock, plants);
    fleet.#server.keepAliveTimeout = DISCOVERY_DEADLINE_MS;
    await once(fleet.#server.listen(0, '127.0.0.1'), 'listening');
    return fleet;
  }

  /** The environment of an agent that polls this fleet as often as it can. */
  get env(): Readonly<Record<string, string>> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      GROWATT_BASE_URL: `http://127.0.0.1:${port}`,
      GROWATT_TOKEN: TOKEN,
      GROWATT_CALL_SPACING: '0',
      COLLECT_INTERVAL: '1s',
    };
  }

  /** The answers to the live calls of the last cycle. */
  get answers(): readonly string[] {
    return this.#answers;
  }

  /**
   * Waits until the agent has read all inverters, then closes the gate.
   * @param quiet whether to wait until it has read the plants, too, and no call but the live ones is due
   */
  async discovered({ quiet }: { readonly quiet: boolean }): Promise<void> {
    const until = performance.now() + DISCOVERY_DEADLINE_MS;
    const isQuiet = () =>
      this.#plantsRead.size === this.#plants && performance.now() - this.#backgroundAt > QUIET_MS;
    while (this.#read.size < this.#inverters || (quiet && !isQuiet())) {
      if (performance.now() > until) throw new Error('the agent did not find all devices in time');
      await delay(CHECK_MS);
    }
    await this.#close();
  }

  /** One cycle with new readings of all devices. Resolves when the agent has them and begins the next one. */
  async cycle(): Promise<void> {
    this.#clock.now += STEP_MS;
    this.#answers = [];
    this.#read.clear();
    this.#arrived = Promise.withResolvers();
    this.#counting = true;
    this.#known.clear();
    this.#open = true;
    for (const pass of this.#held.splice(0)) pass();
    await within(CYCLE_DEADLINE_MS, this.#arrived.promise);
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#cloud.close();
  }

  async #close(): Promise<void> {
    this.#arrived = Promise.withResolvers();
    this.#closing = true;
    await within(CYCLE_DEADLINE_MS, this.#arrived.promise);
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const isLive = LIVE.test(incoming.url ?? '');
    if (!isLive) this.#backgroundAt = performance.now();
    const form = await text(incoming);
    if (this.#closing && isLive && form.includes(this.#first)) this.#closing = this.#open = false;
    if (!this.#open) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#held.push(resolve);
      this.#arrived.resolve();
      await promise;
    }
    const known = isLive && !this.#counting ? this.#known.get(form) : undefined;
    const body = known ?? (await this.#forward(incoming, form));
    if (isLive && !this.#counting) this.#known.set(form, body);
    response.end(body);
    const [, plant] = PLANT_DATA.exec(incoming.url ?? '') ?? [];
    if (plant !== undefined) this.#plantsRead.add(plant);
    if (!isLive) return;
    const [, listed = ''] = LISTED.exec(body) ?? [];
    for (const sn of listed.split(',')) this.#read.add(sn);
    if (!this.#counting) return;
    this.#answers.push(body);
    if (this.#read.size >= this.#inverters) this.#open = false;
  }

  async #forward({ method, url = '/', headers }: IncomingMessage, form: string): Promise<string> {
    const outgoing = request(new URL(url, this.#cloud.url), {
      method,
      agent: CONNECTIONS,
      headers: { token: headers.token, 'content-type': headers['content-type'] ?? '' },
    });
    outgoing.end(form);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return await text(answer);
  }
}

/** @throws Error when the promise is not resolved in time */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = delay(ms, undefined, { signal: stop.signal }).then(() => {
    throw new Error('the agent did not finish its cycle in time');
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
    late.catch(() => {});
  }
}

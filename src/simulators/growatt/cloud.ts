import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PastPower } from '../../model/overview.ts';
import type { SimulatedInverter } from '../../model/simulated-inverter.ts';
import type { SimulatedSky } from '../../model/simulator.ts';
import { createFaults, type Faults, page } from '../faults.ts';
import { boundedLog, listen, type Reply, readBody, send } from '../server.ts';
import { type ApiCall, ApiError, type Endpoint, type Endpoints, envelopeOf, json, refuse } from './api.ts';
import { type GrowattFault, growattFaults, loginPage } from './cloud-faults.ts';
import { SLOT_MS } from './day.ts';
import { deviceEndpoints } from './device-endpoints.ts';
import { familyEndpoints } from './family-endpoints.ts';
import { simulatedInverters } from './inverters.ts';
import { createLimiter, type Limit } from './limits.ts';
import { pastPower } from './past.ts';
import { plantEndpoints } from './plant-endpoints.ts';
import { skyOver } from './sky.ts';
import type { PlantSpec } from './specs.ts';
import { v4Endpoints } from './v4-endpoints.ts';
import { createWorld, type World } from './world.ts';

export interface GrowattCloudOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** The only token the cloud accepts, in the header `token`. */
  token: string;
  plants: readonly PlantSpec[];
  /** Epoch ms; default the system clock. */
  now?: () => number;
  /** ms between two uploads of a datalogger; default 5 minutes. */
  uploadEvery?: number;
  /** Of the weather and all variations; default 1. */
  seed?: number;
  /** Whether equal calls are limited as documented; default true. */
  limits?: boolean;
}

export interface RecordedCall {
  at: number;
  method: string;
  path: string;
  params: Record<string, string>;
}

type Mutation = 'addPlant' | 'removePlant' | 'addDevice' | 'removeDevice' | 'disturb';

/** A running simulated Growatt cloud. */
export interface GrowattCloud extends Pick<World, Mutation> {
  /** `http://host:port`, without a version prefix. */
  url: string;
  /** The last 10 000 calls, the oldest first. */
  calls: readonly RecordedCall[];
  faults: Faults<GrowattFault>;
  /** Changes the accepted token; undefined refuses every one. */
  setToken(token: string | undefined): void;
  /** Its devices as they are at each moment, not as they were last uploaded. */
  inverters(): readonly SimulatedInverter[];
  /** The weather over the plant that is nearest to a place. */
  sky: SimulatedSky;
  /** Power of each plant since yesterday's midnight. */
  past(): Iterable<PastPower>;
  close(): Promise<void>;
}

const ENDPOINTS: Endpoints = { ...plantEndpoints, ...deviceEndpoints, ...familyEndpoints, ...v4Endpoints };
const CALLS_KEPT = 10_000;

/** Starts a simulated Growatt cloud; rejects when it cannot listen. */
export async function startGrowattCloud(options: GrowattCloudOptions): Promise<GrowattCloud> {
  const { now = Date.now, uploadEvery = SLOT_MS, seed = 1, limits = true } = options;
  const world = createWorld(options.plants, { now, uploadEvery, seed });
  const { faults, take } = createFaults(growattFaults);
  const calls = boundedLog<RecordedCall>(CALLS_KEPT);
  const allowed = createLimiter();
  let token: string | undefined = options.token;

  function answer(path: string, method: string, given: unknown, params: Record<string, string>): Reply {
    if (path === '/login') return loginPage();
    const [, version, name = ''] = /^\/(v1|v4)\/(.+)$/.exec(path) ?? [];
    const endpoint = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined;
    if (!version || !endpoint) return page(404, 'Not Found');
    if (method !== endpoint.method) return page(405, 'Method Not Allowed');
    if (token === undefined || given !== token) return refuse(path, 'denied');
    const call: ApiCall = { world, now: now(), param: (key) => params[key]?.trim() ?? '' };
    if (limits && !allowed(equalCallKey(name, params), limitOf(endpoint, call), call.now)) {
      return refuse(path, 'frequent');
    }
    return answerCall(path, endpoint, call);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET' } = request;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cloud');
    const query = Object.fromEntries(searchParams);
    const form = formOf(request, await readBody(request));
    calls.add({ at: now(), method, path: pathname, params: { ...query, ...form } });
    const params = method === 'GET' ? query : pathname.includes('/new-api/') ? { ...query, ...form } : form;
    const reply = () => answer(pathname, method, request.headers.token, params);
    const fault = take(pathname);
    const sent = fault ? fault({ request, response, answer: reply }) : reply();
    if (sent) send(response, sent);
  }

  const server = await listen(options.host ?? '127.0.0.1', options.port ?? 0, handle);
  const { addPlant, removePlant, addDevice, removeDevice, disturb } = world;
  return {
    url: server.url,
    calls: calls.entries,
    faults,
    setToken: (accepted) => {
      token = accepted;
    },
    addPlant,
    removePlant,
    addDevice,
    removeDevice,
    disturb,
    inverters: () => simulatedInverters(world),
    sky: skyOver(world),
    past: () => pastPower(world),
    close: server.close,
  };
}

/** The body's parameters; none for a body that is no form. */
function formOf({ headers }: IncomingMessage, body: string): Record<string, string> {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm ? Object.fromEntries(new URLSearchParams(body)) : {};
}

function equalCallKey(name: string, params: Record<string, string>): string {
  return JSON.stringify([name, Object.entries(params).sort()]);
}

function limitOf({ every, perDay = 0 }: Endpoint, call: ApiCall): Limit {
  return { every: typeof every === 'number' ? every : every(call), perDay };
}

function answerCall(path: string, endpoint: Endpoint, call: ApiCall): Reply {
  const envelope = envelopeOf(path);
  try {
    return json(envelope.success(endpoint.answer(call)));
  } catch (error) {
    if (error instanceof ApiError) return json(envelope.failure(error.code, error.message));
    throw error;
  }
}

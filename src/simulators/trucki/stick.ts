import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFaults, type Faults, page } from '../faults.ts';
import { boundedLog, listen, type Reply, send } from '../server.ts';
import { chargerPage, type Firmware, livePage, type Page, type PageInput } from './live.ts';
import { createStickModel } from './model.ts';
import { oncePage, v112Page } from './settings.ts';
import { type StickFault, stickFaults } from './stick-faults.ts';

export interface TruckiStickOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** Epoch ms; default the system clock. */
  now?: () => number;
  firmware: Firmware;
  /** Further inverters linked to this stick; default 0. */
  remotes?: 0 | 1 | 2;
  /** Of the user `admin`; default none: no login. */
  password?: string;
  /** Default 1. */
  seed?: number;
  /** Whether a house meter is configured; default true. */
  meter?: boolean;
  /** IANA zone or offset in minutes, for the stick's calendar day; default UTC. */
  zone?: string | number;
}

export interface StickRequest {
  at: number;
  method: string;
  path: string;
  query: string;
  /** Whether it came while another request was being served; a stick serves one at a time. */
  overlapping: boolean;
}

/** A running simulated stick. */
export interface TruckiStickServer {
  url: string;
  /** `host:port` */
  address: string;
  /** The last 10 000 requests, the oldest first. */
  requests: readonly StickRequest[];
  faults: Faults<StickFault>;
  /** How many requests changed settings or state; a reader must never cause one. */
  readonly settingsChanged: number;
  /** Boots the stick: its uptime begins anew, its energies stay. */
  restart(): void;
  close(): Promise<void>;
}

type Routes = Record<string, (input: PageInput, password: string) => Page>;

const ROUTES: Record<Firmware, Routes> = {
  jsonlive: { '/jsonlive': livePage, '/jsononce': (_, password) => oncePage(password, false) },
  t2mg: { '/jsonlive': chargerPage, '/jsononce': (_, password) => oncePage(password, true) },
  'v1.12': { '/json': v112Page },
};

const WRITING_PATHS = ['/reboot', '/logout', '/search'];
const CHALLENGE = 'Digest realm="asyncesp", qop="auth", nonce="b5a1c2d3e4f5", opaque="f5e4d3c2b1a0"';
const REQUESTS_KEPT = 10_000;

/** Starts a simulated stick; rejects when it cannot listen. */
export async function startTruckiStick(options: TruckiStickOptions): Promise<TruckiStickServer> {
  const { firmware, now = Date.now, remotes = 0, password = '', seed = 1, meter = true, zone = 0 } = options;
  const model = createStickModel({ now, zone, seed, remotes, charger: firmware === 't2mg' });
  const { faults, take } = createFaults(stickFaults);
  const requests = boundedLog<StickRequest>(REQUESTS_KEPT);
  let booted = now();
  let settingsChanged = 0;
  let busy = Promise.resolve();
  let pending = 0;

  function answer({ method, headers }: IncomingMessage, path: string): Reply {
    const route = Object.hasOwn(ROUTES[firmware], path) ? ROUTES[firmware][path] : undefined;
    if (method !== 'GET') return { status: 404, headers: TEXT, body: 'Not found' };
    if (password && headers.authorization !== `Basic ${btoa(`admin:${password}`)}`) {
      return { status: 401, headers: { ...TEXT, 'WWW-Authenticate': CHALLENGE }, body: '' };
    }
    if (path === '/' || WRITING_PATHS.includes(path)) return page(200, 'Trucki2Shelly');
    if (!route) return { status: 404, headers: TEXT, body: 'Not found' };
    const input = { state: model(), uptimeMs: Math.max(0, now() - booted), meter };
    return { headers: JSON_HEADERS, body: JSON.stringify(route(input, password)) };
  }

  function serve(request: IncomingMessage, response: ServerResponse, path: string): void {
    const fault = take(path);
    const reply = () => answer(request, path);
    const sent = fault ? fault({ request, response, answer: reply }) : reply();
    if (sent) send(response, sent);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://stick');
    const { method = 'GET' } = request;
    requests.add({ at: now(), method, path: pathname, query: search.slice(1), overlapping: pending > 0 });
    if (method === 'GET' && (search !== '' || WRITING_PATHS.includes(pathname))) settingsChanged += 1;
    const turn = busy;
    const done = new Promise<void>((resolve) => response.once('close', resolve));
    busy = turn.then(() => done);
    pending += 1;
    await turn;
    if (!response.destroyed) serve(request, response, pathname);
    await done;
    pending -= 1;
  }

  const { url, address, close } = await listen(options.host ?? '127.0.0.1', options.port ?? 0, handle);
  return {
    url,
    address,
    requests: requests.entries,
    faults,
    get settingsChanged() {
      return settingsChanged;
    },
    restart: () => {
      booted = now();
    },
    close,
  };
}

const TEXT = { 'Content-Type': 'text/plain', Connection: 'close' };
const JSON_HEADERS = { 'Content-Type': 'application/json', 'Accept-Ranges': 'none', Connection: 'close' };

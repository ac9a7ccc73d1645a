import type { TruckiStick } from '../../config/config.ts';
import { SourceError } from '../../errors.ts';
import { fetchText } from '../../http/fetch-text.ts';
import { parseJsonObject } from '../../http/json.ts';
import type { Source, Step, Turn } from '../source.ts';
import { readAnswer } from './readings.ts';

export interface TruckiOptions {
  readonly stick: TruckiStick;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly legacyNames: boolean;
  readonly fetch: typeof globalThis.fetch;
}

/** Newer firmware serves the first, 1.08 to 1.12 only the second, which also holds settings and passwords. */
const LIVE_PATHS = ['/jsonlive', '/json'] as const;
const MAX_BYTES = 64 * 1024;
const ENTITY = 'stick';

/**
 * One Trucki stick. Asks for nothing but the live path, without a query: on a stick a GET with a query
 * changes settings. An answer is never logged, since `/json` holds passwords.
 */
export function createTruckiSource({ stick, interval, legacyNames, fetch }: TruckiOptions): Source {
  const headers = {
    // The stick has about five sockets; a kept connection would take one from its owner's browser.
    connection: 'close',
    ...(stick.password !== undefined && {
      authorization: `Basic ${Buffer.from(`admin:${stick.password}`).toString('base64')}`,
    }),
  };
  /** The path that answered last comes first; after a firmware update the other one may be the right one. */
  let paths: readonly string[] = LIVE_PATHS;

  async function live(turn: Turn): Promise<Record<string, unknown>> {
    for (const path of paths) {
      try {
        const answer = await ask(path, turn);
        paths = [path, ...LIVE_PATHS.filter((other) => other !== path)];
        return answer;
      } catch (error) {
        if (!(error instanceof SourceError && error.kind === 'missing')) throw error;
      }
    }
    throw new SourceError(
      'refused',
      `${stick.address} serves neither /jsonlive nor /json (HTTP 404): is it a Trucki stick with firmware 1.08 or newer?`,
    );
  }

  async function ask(path: string, turn: Turn): Promise<Record<string, unknown>> {
    return await turn.request(path.slice(1), async (signal) => {
      const what = `GET ${path}`;
      const url = new URL(path, `http://${stick.address}`);
      const { status, text } = await fetchText(fetch, url, { headers, signal, maxBytes: MAX_BYTES, what });
      if (status === 404) throw new SourceError('missing', `${what}: ${url.host} answered HTTP 404`);
      if (status === 401 || status === 403) throw new SourceError('unauthorized', passwordHelp(stick));
      if (status >= 500) throw new SourceError('server', `${what}: ${url.host} answered HTTP ${status}`);
      if (status !== 200) throw new SourceError('refused', `${what}: ${url.host} answered HTTP ${status}`);
      return parseJsonObject(text, what);
    });
  }

  return {
    name: `trucki/${stick.name}`,
    // A stick answers within a fraction of a second or not at all; the next poll is never far.
    patience: { timeout: 3000, retries: 2, firstDelay: Math.min(500, interval / 10) },
    entities: [{ id: ENTITY, labels: { stick: stick.name }, up: 'trucki_up' }],
    interval: () => interval,
    async *read(turn): AsyncGenerator<Step> {
      yield { reading: readAnswer(ENTITY, await live(turn), legacyNames) };
    },
    async survey(turn) {
      await live(turn);
      const model = paths[0] === '/json' ? 'firmware 1.08 to 1.12' : '';
      const lastUpdate = 'now';
      return [{ plant: '', device: stick.address, family: 'trucki', model, lastUpdate, supported: true }];
    },
  };
}

function passwordHelp(stick: TruckiStick): string {
  return stick.password === undefined
    ? `${stick.address} asks for a password: set TRUCKI_PASSWORD or the target's password`
    : `${stick.address} does not accept the password: check TRUCKI_PASSWORD or the target's password`;
}

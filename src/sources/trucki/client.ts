import { SourceError } from '../../base/errors.ts';
import type { Fetch } from '../../http/fetch.ts';
import { fetchText } from '../../http/fetch-text.ts';
import { parseJsonObject } from '../../http/json.ts';
import type { CallPolicy } from '../../policy/call-policy.ts';

export interface TruckiClientOptions {
  /** `host` or `host:port`. */
  readonly address: string;
  readonly password: string | undefined;
  readonly fetch: Fetch;
  readonly policy: CallPolicy;
}

/** Newer firmware serves the first, 1.08 to 1.12 only the second, which also holds settings and passwords. */
const LIVE_PATHS = ['/jsonlive', '/json'] as const;
const MAX_BYTES = 64 * 1024;

/**
 * Reads the live page of one stick, and nothing else, without a query: on a stick a GET with a query changes
 * settings. An answer is never logged, since `/json` holds passwords.
 */
export class TruckiClient {
  readonly #options: TruckiClientOptions;
  readonly #headers: Readonly<Record<string, string>>;
  /** The path that answered last comes first; after a firmware update the other one may be the right one. */
  #paths: readonly string[] = LIVE_PATHS;

  constructor(options: TruckiClientOptions) {
    this.#options = options;
    const { password } = options;
    const basic = Buffer.from(`admin:${password}`).toString('base64');
    this.#headers = {
      // The stick has about five sockets; a kept connection would take one from its owner's browser.
      connection: 'close',
      ...(password !== undefined && { authorization: `Basic ${basic}` }),
    };
  }

  /** True once an answer came from `/json`, which only firmware 1.08 to 1.12 needs. */
  get isOldFirmware(): boolean {
    return this.#paths[0] === '/json';
  }

  /** @throws SourceError */
  async live(signal: AbortSignal): Promise<Record<string, unknown>> {
    const { address, policy } = this.#options;
    for (const path of this.#paths) {
      try {
        const answer = await policy.execute(path.slice(1), (inner) => this.#get(path, inner), signal);
        this.#paths = [path, ...LIVE_PATHS.filter((other) => other !== path)];
        return answer;
      } catch (error) {
        if (!(error instanceof SourceError && error.kind === 'missing')) throw error;
      }
    }
    throw new SourceError(
      'refused',
      `${address} serves neither /jsonlive nor /json (HTTP 404): is it a Trucki stick with firmware 1.08 or newer?`,
    );
  }

  async #get(path: string, signal: AbortSignal): Promise<Record<string, unknown>> {
    const { address, fetch } = this.#options;
    const what = `GET ${path}`;
    const url = new URL(path, `http://${address}`);
    const headers = this.#headers;
    const { status, text } = await fetchText(fetch, url, { headers, signal, maxBytes: MAX_BYTES, what });
    const answered = `${what}: ${url.host} answered HTTP ${status}`;
    if (status === 404) throw new SourceError('missing', answered);
    if (status === 401 || status === 403) throw new SourceError('unauthorized', this.#passwordHelp());
    if (status >= 500) throw new SourceError('server', answered);
    if (status !== 200) throw new SourceError('refused', answered);
    return parseJsonObject(text, what);
  }

  #passwordHelp(): string {
    const { address, password } = this.#options;
    return password === undefined
      ? `${address} asks for a password: set TRUCKI_PASSWORD or the target's password`
      : `${address} does not accept the password: check TRUCKI_PASSWORD or the target's password`;
  }
}

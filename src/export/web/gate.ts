import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { stackOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type Answer, plainText } from '../response.ts';
import { basicCredentials } from './basic-auth.ts';
import { bcryptThread, type Comparer } from './bcrypt-thread.ts';
import type { WebConfig } from './file.ts';
import { type LoginVerdict, Passwords } from './passwords.ts';
import { type RateLimit, tokenBucket } from './rate-limit.ts';
import { secure, type TlsFrontOptions } from './tls-front.ts';
import type { TlsSetup } from './tls-setup.ts';
import { WebConfigFile } from './watched-file.ts';

/** What the web configuration says of one request. */
export interface Admission {
  /** To be sent with the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer, when the request goes no further. */
  readonly refusal?: Answer;
}

export interface GateOptions {
  /** The web configuration file. */
  readonly path: string;
  readonly log: Log;
  readonly comparer?: Comparer;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

const NO_HEADERS = {};

/** Stands before all paths of the HTTP server and applies the web configuration, in exporter-toolkit's order. */
export class Gate {
  readonly #file: WebConfigFile;
  readonly #comparer: Comparer;
  readonly #passwords: Passwords;
  readonly #now: () => number;
  #limit: RateLimit | undefined;
  #allows: () => boolean = () => true;

  /** @throws ConfigError */
  constructor({ path, log, comparer = bcryptThread(), now = () => performance.now() }: GateOptions) {
    this.#file = new WebConfigFile(path, log);
    this.#comparer = comparer;
    this.#now = now;
    this.#passwords = new Passwords(comparer, (error) => {
      log.error('Internal error, please report it: checking a password failed', { stack: stackOf(error) });
    });
  }

  /** How a connection that begins now is secured; undefined for plain HTTP, which stays so until a restart. */
  get tls(): TlsSetup | undefined {
    return this.#file.current().tls;
  }

  /** Puts TLS before a server that does not listen yet, where the file asks for it. */
  secure(server: Server, options: Omit<TlsFrontOptions, 'setup'>): void {
    if (this.tls) secure(server, { ...options, setup: () => this.tls! });
  }

  /**
   * Reads the file anew.
   * @returns what takes it over
   * @throws ConfigError when it cannot be used
   */
  prepare(): () => void {
    return this.#file.prepare();
  }

  async admit(request: IncomingMessage, response: ServerResponse): Promise<Admission> {
    const { headers, users, rateLimit } = this.#file.current();
    if (!this.#withinRate(rateLimit)) return { headers: NO_HEADERS, refusal: TOO_MANY };
    if (users.size === 0) return { headers };
    const verdict = await this.#login(request, response, users);
    return verdict === 'accepted' ? { headers } : { headers, refusal: REFUSALS[verdict] };
  }

  async close(): Promise<void> {
    await this.#comparer.close();
  }

  #withinRate(limit: RateLimit | undefined): boolean {
    if (limit?.interval !== this.#limit?.interval || limit?.burst !== this.#limit?.burst) {
      this.#limit = limit;
      this.#allows = limit ? tokenBucket(limit, this.#now) : () => true;
    }
    return this.#allows();
  }

  async #login(
    { headers, socket }: IncomingMessage,
    response: ServerResponse,
    users: WebConfig['users'],
  ): Promise<LoginVerdict> {
    const credentials = basicCredentials(headers.authorization);
    if (!credentials) return 'refused';
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const client = socket.remoteAddress ?? '';
    return await this.#passwords.check({ ...credentials, client }, users, gone.signal);
  }
}

const TOO_MANY = plainText(429, 'Too Many Requests\n');
const BUSY = plainText(503, 'Too many logins at once.\n', { 'Retry-After': '1' });
const REFUSALS: Readonly<Record<Exclude<LoginVerdict, 'accepted'>, Answer>> = {
  refused: plainText(401, 'Unauthorized\n', { 'WWW-Authenticate': 'Basic' }),
  overloaded: BUSY,
  failed: plainText(503, 'Passwords cannot be checked. See the log.\n'),
};

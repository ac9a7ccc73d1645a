import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../settings/problems.ts';
import { costOf } from './bcrypt.ts';
import type { ReadNamed } from './certificates.ts';
import { checkedHeaders } from './headers.ts';
import { goDuration, type RateLimit } from './rate-limit.ts';
import { type TlsSetup, tlsSettings, tlsSetup } from './tls-setup.ts';
import { decodeYaml, flag, integer, struct, texts, WebConfigError } from './yaml.ts';

/** A web configuration file as it is used. */
export interface WebConfig {
  /** Undefined: plain HTTP. */
  readonly tls: TlsSetup | undefined;
  /** Sent with every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user; none: no password is asked for. */
  readonly users: ReadonlyMap<string, string>;
  /** Undefined: no limit. */
  readonly rateLimit: RateLimit | undefined;
  /** The file holds nothing. */
  readonly empty: boolean;
  /** What is allowed, but hardly meant. */
  readonly warnings: readonly string[];
}

const fileFormat = struct({
  tls_server_config: tlsSettings,
  http_server_config: struct({ http2: flag, headers: texts }),
  basic_auth_users: texts,
  rate_limit: struct({ interval: goDuration, burst: integer }),
});

type WebFile = ReturnType<typeof fileFormat>;

/**
 * Reads a file in the format of Prometheus' exporter-toolkit (its docs/web-configuration.md).
 * @param read gives the text of a file; it may throw WebConfigError naming the key
 * @throws ConfigError that names the file, the key and what is allowed
 */
export function readWebConfig(path: string, read: ReadNamed): WebConfig {
  try {
    const file = decodeYaml(read('', path), fileFormat);
    const { tls_server_config: tls = {}, http_server_config: http = {}, rate_limit: limit = {} } = file ?? {};
    const users = file?.basic_auth_users ?? new Map<string, string>();
    for (const [user, hash] of users) checkHash(user, hash);
    const { interval = 0, burst = 0 } = limit;
    return {
      tls: tlsSetup(tls, http.http2 ?? true, (key, name) => read(key, resolve(dirname(path), name))),
      headers: checkedHeaders(http.headers ?? new Map()),
      users,
      rateLimit: interval > 0 ? { interval, burst } : undefined,
      empty: file === undefined,
      warnings: [...warningsOf(file ?? {})].map((warning) => `${path}: ${warning}`),
    };
  } catch (error) {
    if (!(error instanceof WebConfigError)) throw error;
    throw new ConfigError([{ key: path, message: error.message }]);
  }
}

function checkHash(user: string, hash: string): void {
  if (costOf(hash) !== undefined) return;
  throw new WebConfigError(
    `basic_auth_users.${user}`,
    'must be a bcrypt hash with a cost from 4 to 31, as `htpasswd -nBC 10 USER` prints behind the colon',
  );
}

/** Above this a check keeps other logins waiting for more than a second. */
const LARGEST_COST = 13;

function* warningsOf({
  tls_server_config,
  rate_limit,
  basic_auth_users = new Map(),
}: WebFile): Iterable<string> {
  const least = tls_server_config?.min_version;
  if (least === 'TLS10' || least === 'TLS11') {
    yield `tls_server_config.min_version: ${least} is not supported, TLS12 is used`;
  }
  if (rate_limit?.interval && (rate_limit.burst ?? 0) < 1) {
    yield 'rate_limit.burst: below 1, so every request is answered 429';
  }
  for (const [user, hash] of basic_auth_users) {
    const cost = costOf(hash) ?? 0;
    const seconds = Math.round(0.08 * 2 ** (cost - 10));
    if (cost > LARGEST_COST) {
      yield `basic_auth_users.${user}: at cost ${cost} checking a password takes about ${seconds} s; 10 to 12 is usual`;
    }
  }
}

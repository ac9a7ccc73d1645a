import { isIPv6 } from 'node:net';
import { REDACTED } from '../base/redacted.ts';
import { trimEndOf } from '../base/trim.ts';
import { attempt, type Format, text } from './format.ts';

/** Where a server listens. */
export interface ListenAddress {
  /** undefined: all interfaces. */
  readonly host: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

/** `:9120`, `127.0.0.1:9120` or `[::1]:9120`. */
export const listenAddress = {
  allowed: 'host:port such as :9120, 127.0.0.1:9120 or [::1]:9120, port 0 to 65535',
  parse(given: string): ListenAddress | undefined {
    const [, host, port] = /^(\[[^\]]+\]|[A-Za-z0-9._-]*):(\d{1,5})$/.exec(given) ?? [];
    if (host === undefined || Number(port) > 65_535) return undefined;
    const bare = host.replace(/^\[(.*)\]$/, '$1');
    if (bare !== host && !isIPv6(bare)) return undefined;
    return { host: bare === '' ? undefined : bare, port: Number(port) };
  },
  show: ({ host = '', port }: ListenAddress) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
} satisfies Format<ListenAddress>;

/** `host` or `host:port` and nothing more. */
export const hostAddress = text('host or host:port, without scheme, path or query', (given) => {
  const match = /^(?:\[([^\]]+)\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(given);
  if (!match) return false;
  const [, ipv6, port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  return ipv6 === undefined ? URL.canParse(`http://${given}`) : isIPv6(ipv6);
});

/** An http or https URL without credentials; `advice` follows what is allowed. */
export function plainUrl(advice = '', normalize = (url: URL) => url.href): Format<string> {
  return {
    allowed: `an http:// or https:// URL without credentials and query${advice}`,
    parse(given) {
      const url = parseHttpUrl(given);
      return url && !url.username && !url.password ? normalize(url) : undefined;
    },
  };
}

/** An http or https URL without trailing slash, which may carry `user:password@`. */
export const urlWithCredentials: Format<string> = {
  allowed: 'an http:// or https:// URL without query',
  parse(given) {
    const url = parseHttpUrl(given);
    return url && trimEndOf(url.href, '/');
  },
  show: (value) => value.replace(/^([a-z]+:\/\/[^/@:]*):[^/@]+@/, `$1:${REDACTED}@`),
  secretsIn(value) {
    const { password = '', basic = '' } = credentialsOf(value) ?? {};
    return [password, encodeURIComponent(password), new URL(value).password, basic];
  },
};

/**
 * The password that a URL carries, percent-encoding undone, and how it travels in Basic authorization with its
 * user; undefined when the URL carries neither.
 */
export function credentialsOf(address: string): { password: string; basic: string } | undefined {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return undefined;
  const password = decodeLeniently(url.password);
  const basic = Buffer.from(`${decodeLeniently(url.username)}:${password}`).toString('base64');
  return { password, basic };
}

/** Undoes percent-encoding; a text that is not encoded properly stays as it is. */
export function decodeLeniently(encoded: string): string {
  return attempt(() => decodeURIComponent(encoded)) ?? encoded;
}

function parseHttpUrl(given: string): URL | undefined {
  if (!/^https?:\/\/[^?#\s]+$/i.test(given)) return undefined;
  return URL.parse(given) ?? undefined;
}

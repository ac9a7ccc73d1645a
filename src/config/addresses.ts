import { isIPv6 } from 'node:net';
import type { ListenAddress } from './config.ts';

/** Growatt's public API servers; a token works on the one of its region only. */
export const REGION_SERVERS: Readonly<Record<string, string>> = {
  eu: 'https://openapi.growatt.com',
  us: 'https://openapi-us.growatt.com',
  au: 'https://openapi-au.growatt.com',
  cn: 'https://openapi-cn.growatt.com',
};

const LISTEN = /^(\[[^\]]+\]|[A-Za-z0-9._-]*):(\d{1,5})$/;
const HOST_AND_PORT = /^(?:\[([^\]]+)\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;

/** `:9120`, `127.0.0.1:9120` or `[::1]:9120`, port 0 to 65535; undefined for anything else. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, host, port] = LISTEN.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) return undefined;
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (bare !== host && !isIPv6(bare)) return undefined;
  return { host: bare === '' ? undefined : bare, port: Number(port) };
}

/** The text form of a listen address, as `parseListenAddress` reads it. */
export function formatListenAddress({ host = '', port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether a text is `host` or `host:port` and nothing more: no scheme, no path, no query. */
export function isHostAddress(text: string): boolean {
  const match = HOST_AND_PORT.exec(text);
  if (!match) return false;
  const [, ipv6, port] = match;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  return ipv6 === undefined ? URL.canParse(`http://${text}`) : isIPv6(ipv6);
}

/** A server's root without `/v1` and trailing slash; undefined unless it is plain http or https. */
export function parseBaseUrl(text: string): string | undefined {
  const url = parseHttpUrl(text);
  if (!url || url.username || url.password) return undefined;
  return url.origin + url.pathname.replace(/(?:\/v1)?\/*$/, '').replace(/\/+$/, '');
}

/** The address of an OTLP receiver, its path as it stands; undefined unless it is plain http or https. */
export function parseEndpoint(text: string): string | undefined {
  const url = parseHttpUrl(text);
  return url && !url.username && !url.password ? url.href : undefined;
}

/** A Pushgateway's address without trailing slash; may carry `user:password@`. */
export function parsePushgatewayUrl(text: string): string | undefined {
  return parseHttpUrl(text)?.href.replace(/\/+$/, '');
}

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
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function parseHttpUrl(text: string): URL | undefined {
  if (!/^https?:\/\/[^?#\s]+$/i.test(text)) return undefined;
  return URL.parse(text) ?? undefined;
}

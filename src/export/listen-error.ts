import type { ListenAddress } from '../settings/addresses.ts';

/** Why a server cannot listen and what to do, by the system's error code; `key` is the setting. */
const problems: Readonly<Record<string, (port: number, where: string, key: string) => string>> = {
  EADDRINUSE: (port, where, key) =>
    `Port ${port} on ${where} is already in use. Stop the program that uses it, or set ${key} to another port.`,
  EACCES: (port, where, key) =>
    `No permission to listen on port ${port} of ${where}. Set ${key} to a port above 1023, such as :9120.`,
  EADDRNOTAVAIL: (port, where, key) =>
    `Cannot listen on port ${port} of ${where}: this machine has no such address. Set ${key} to one it has, or to :${port} for all.`,
  ENOTFOUND: (port, where, key) =>
    `Cannot listen on port ${port} of ${where}: unknown host name. Set ${key} to an address of this machine, or to :${port} for all.`,
};

/**
 * The error to show when listening failed; the system's own is its `cause`.
 * @param key the setting that gave the address
 */
export function listenError(
  { host, port }: ListenAddress,
  cause: unknown,
  key = 'EXPORTER_LISTEN_ADDR',
): Error {
  const where = host ?? 'all interfaces';
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  const describe = problems[code];
  const message = describe
    ? describe(port, where, key)
    : `Cannot listen on port ${port} of ${where} (${code}). Check ${key}.`;
  return new Error(message, { cause });
}

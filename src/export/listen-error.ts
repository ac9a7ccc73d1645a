import type { ListenAddress } from '../config/config.ts';

const KEY = 'EXPORTER_LISTEN_ADDR';

/** What goes wrong when a server is to listen, by the system's code, in words for people. */
const problems: Readonly<Record<string, (port: number, where: string) => string>> = {
  EADDRINUSE: (port, where) =>
    `Port ${port} on ${where} is already in use. Stop the program that uses it, or set ${KEY} to another port.`,
  EACCES: (port, where) =>
    `Port ${port} on ${where} may not be used by this user. Set ${KEY} to a port above 1023, such as :9120.`,
  EADDRNOTAVAIL: (port, where) =>
    `Cannot listen on port ${port} of ${where}: this machine has no such address. Set ${KEY} to one it has, or to :${port} for all.`,
  ENOTFOUND: (port, where) =>
    `Cannot listen on port ${port} of ${where}: this name is unknown. Set ${KEY} to an address of this machine, or to :${port} for all.`,
};

/** The error for people when listening failed; the system's own is its `cause`. */
export function listenError({ host, port }: ListenAddress, cause: unknown): Error {
  const where = host ?? 'all interfaces';
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  const describe = problems[code];
  const message = describe
    ? describe(port, where)
    : `Cannot listen on port ${port} of ${where} (${code}). Check ${KEY}.`;
  return new Error(message, { cause });
}

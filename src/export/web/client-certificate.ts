import type { TLSSocket } from 'node:tls';
import type { TlsSetup } from './tls-setup.ts';

/** Whether a client may go on after the handshake: what OpenSSL has not refused by itself. */
export function admits({ clients, allowedSans }: TlsSetup, socket: TLSSocket): boolean {
  if (!clients.requested) return true;
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) return !clients.required && allowedSans === undefined;
  if (clients.verified && !socket.authorized) return false;
  return (
    allowedSans === undefined ||
    alternativeNames(certificate.subjectAltName).some((name) => allowedSans.includes(name))
  );
}

/** `DNS:a, IP Address:127.0.0.1, URI:"with, a comma"`: as Node writes the extension. */
const NAME = /([^:,]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?:, |$)/y;

/** The values of a certificate's extension Subject Alternative Name, written as Go writes them. */
export function alternativeNames(extension = ''): string[] {
  const names: string[] = [];
  NAME.lastIndex = 0;
  while (NAME.lastIndex < extension.length) {
    const [, kind = '', quoted, plain = ''] = NAME.exec(extension) ?? [];
    if (kind === '') break;
    const name = quoted === undefined ? plain : unquoted(quoted);
    if (name === undefined) continue;
    if (kind === 'IP Address') names.push(shortAddress(name));
    else if (kind === 'DNS' || kind === 'email' || kind === 'URI') names.push(name);
  }
  return names;
}

function unquoted(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    // The certificate is the client's: it may hold anything.
    return undefined;
  }
}

/** `0:0:0:0:0:0:0:1` as `::1`. */
function shortAddress(address: string): string {
  const { hostname } = URL.parse(address.includes(':') ? `http://[${address}]` : '') ?? {};
  return hostname?.slice(1, -1) ?? address;
}

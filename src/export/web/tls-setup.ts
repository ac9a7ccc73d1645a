import type { SecureContext, TlsOptions } from 'node:tls';
import { checkedContext, loadClientCas, loadKeyPair, type ReadNamed } from './certificates.ts';
import {
  CIPHERS,
  CLIENT_AUTH,
  type ClientAuth,
  CURVES,
  GREATEST_VERSIONS,
  HTTP2_CIPHERS,
  LEAST_VERSIONS,
} from './tls-names.ts';
import {
  alternatives,
  type Decoded,
  flag,
  invalid,
  listOf,
  oneOf,
  struct,
  text,
  WebConfigError,
} from './yaml.ts';

/** How connections are secured. */
export interface TlsSetup {
  readonly options: TlsOptions;
  /** Made of them. */
  readonly context: SecureContext;
  readonly clients: ClientAuth;
  /** A client's certificate must carry one of these names; undefined: any. */
  readonly allowedSans: readonly string[] | undefined;
}

const fields = {
  cert: text,
  key: text,
  client_ca: text,
  cert_file: text,
  key_file: text,
  client_ca_file: text,
  client_auth_type: text,
  min_version: oneOf(named(LEAST_VERSIONS)),
  max_version: oneOf(named(GREATEST_VERSIONS)),
  cipher_suites: listOf(oneOf(named(CIPHERS))),
  curve_preferences: listOf(oneOf(CURVES)),
  prefer_server_cipher_suites: flag,
  client_allowed_sans: listOf(text),
};

/** The section `tls_server_config`. */
export const tlsSettings = struct(fields);

export type TlsSettings = Decoded<typeof fields>;

/** What turns TLS on; an empty text counts as absent. */
const ENABLING = [
  'cert',
  'key',
  'client_ca',
  'cert_file',
  'key_file',
  'client_ca_file',
  'client_auth_type',
] as const;

/** What the section asks for; undefined for plain HTTP. @throws WebConfigError */
export function tlsSetup(settings: TlsSettings, http2: boolean, read: ReadNamed): TlsSetup | undefined {
  if (!ENABLING.some((name) => settings[name])) return undefined;
  const pair = loadKeyPair(settings, read);
  const clients = clientAuthOf(settings.client_auth_type || 'NoClientCert');
  const cas = loadClientCas(settings, clients, read);
  const [least, greatest] = [settings.min_version ?? 'TLS12', settings.max_version ?? 'TLS13'];
  if (least === 'TLS13' && greatest === 'TLS12') {
    throw new WebConfigError('tls_server_config.max_version', 'must not be below min_version');
  }
  const suites = settings.cipher_suites?.length ? settings.cipher_suites : Object.keys(CIPHERS);
  if (http2 && least !== 'TLS13' && !HTTP2_CIPHERS.some((name) => suites.includes(name))) {
    throw new WebConfigError(
      'tls_server_config.cipher_suites',
      `must include ${alternatives(HTTP2_CIPHERS)}, unless http_server_config.http2 is false`,
    );
  }
  const curves = settings.curve_preferences ?? [];
  const options: TlsOptions = {
    ...pair,
    ...cas,
    minVersion: LEAST_VERSIONS[least]!,
    maxVersion: GREATEST_VERSIONS[greatest]!,
    ciphers: [...new Set([...ALWAYS, ...suites])].map((name) => CIPHERS[name]).join(':'),
    honorCipherOrder: settings.prefer_server_cipher_suites ?? true,
    ...(curves.length > 0 && { ecdhCurve: [...new Set(curves)].join(':') }),
    requestCert: clients.requested,
    // What OpenSSL cannot refuse by itself is looked at after the handshake.
    rejectUnauthorized: clients.required && clients.verified,
    // Go takes every certificate of the CA file as a root, be it issued by another.
    allowPartialTrustChain: true,
    ALPNProtocols: ['http/1.1'],
  };
  // Random ticket keys: a session is resumed under the set-up it began with, or not at all.
  const context = checkedContext({ sessionIdContext: 'agent', ...options }, 'tls_server_config');
  return { options, context, clients, allowedSans: settings.client_allowed_sans };
}

/** TLS 1.3 has these, whatever is chosen for TLS 1.2. */
const ALWAYS = Object.keys(CIPHERS).filter((name) => CIPHERS[name] === name);

function clientAuthOf(name: string): ClientAuth {
  const found = Object.hasOwn(CLIENT_AUTH, name) ? CLIENT_AUTH[name] : undefined;
  if (found) return found;
  throw invalid(
    'tls_server_config.client_auth_type',
    `must be ${alternatives(Object.keys(CLIENT_AUTH))}`,
    name,
  );
}

/** A table in which each name stands for itself. */
function named(table: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.keys(table).map((name) => [name, name]));
}

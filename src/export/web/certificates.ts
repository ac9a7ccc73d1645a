import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
  type TlsOptions,
} from 'node:tls';
import { CLIENT_AUTH, type ClientAuth } from './tls-names.ts';
import { WebConfigError } from './yaml.ts';

/** What a file's key says where it holds PEM, and the PEM itself. */
interface Pem {
  readonly key: string;
  readonly text: string;
}

/** Where certificates and keys are, as the file gives them; a path beats what is inline. */
export interface CertificateSettings {
  readonly cert?: string;
  readonly key?: string;
  readonly client_ca?: string;
  readonly cert_file?: string;
  readonly key_file?: string;
  readonly client_ca_file?: string;
}

/** Reads a file that a setting names. @throws WebConfigError naming the key */
export type ReadNamed = (key: string, path: string) => string;

const key = (name: string) => `tls_server_config.${name}`;

/** The server's certificate chain and private key, as PEM. @throws WebConfigError when they cannot serve */
export function loadKeyPair(
  settings: CertificateSettings,
  read: ReadNamed,
): Pick<TlsOptions, 'cert' | 'key'> {
  const cert = load(settings, 'cert', read);
  const privateKey = load(settings, 'key', read);
  if (!cert) throw new WebConfigError(key('cert_file'), 'must be set, or cert, where TLS is used');
  if (!privateKey) throw new WebConfigError(key('key_file'), 'must be set, or key, where TLS is used');
  const certificate = parse(cert, 'a certificate in PEM format', (pem) => new X509Certificate(pem));
  const secret = parse(privateKey, 'a private key in PEM format, without a passphrase', (pem) =>
    createPrivateKey(pem),
  );
  if (!belongs(certificate, secret)) {
    throw new WebConfigError(privateKey.key, `must be the private key of the certificate in ${cert.key}`);
  }
  const pair = { cert: cert.text, key: privateKey.text };
  checkedContext(pair, cert.key);
  return pair;
}

/** What TLS is spoken with. @throws WebConfigError naming the key, when OpenSSL refuses it */
export function checkedContext(options: SecureContextOptions, key: string): SecureContext {
  try {
    return createSecureContext(options);
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : 'refused';
    throw new WebConfigError(key, `must be what the OpenSSL of this Node.js accepts (${reason})`);
  }
}

/** The CAs that may issue clients' certificates; the system's where none is given, as in Go. @throws WebConfigError */
export function loadClientCas(
  settings: CertificateSettings,
  { requested, verified }: ClientAuth,
  read: ReadNamed,
): Pick<TlsOptions, 'ca'> {
  const given = load(settings, 'client_ca', read);
  if (!given) return verified ? { ca: getCACertificates('system') } : {};
  if (!requested) {
    const others = Object.keys(CLIENT_AUTH).filter((name) => name !== 'NoClientCert');
    throw new WebConfigError(
      key('client_auth_type'),
      `must ask for client certificates where ${given.key} is set: ${others.join(', ')}`,
    );
  }
  parse(given, 'a certificate in PEM format', (pem) => new X509Certificate(pem));
  return { ca: given.text };
}

function load(
  settings: CertificateSettings,
  name: 'cert' | 'key' | 'client_ca',
  read: ReadNamed,
): Pem | undefined {
  const path = settings[`${name}_file`];
  if (path) return { key: key(`${name}_file`), text: read(key(`${name}_file`), path) };
  const text = settings[name];
  return text ? { key: key(name), text } : undefined;
}

function parse<T>({ key, text }: Pem, what: string, parser: (pem: string) => T): T {
  try {
    return parser(text);
  } catch {
    throw new WebConfigError(key, `must hold ${what}`);
  }
}

function belongs(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

import type { SecureVersion } from 'node:tls';

/** What a client's certificate is for, by `client_auth_type`. */
export interface ClientAuth {
  readonly requested: boolean;
  readonly required: boolean;
  /** It must have been issued by one of the client CAs. */
  readonly verified: boolean;
}

/** Go's `tls.ClientAuthType`; `RequireClientCert` is exporter-toolkit's older name of `RequireAnyClientCert`. */
export const CLIENT_AUTH: Readonly<Record<string, ClientAuth>> = {
  NoClientCert: { requested: false, required: false, verified: false },
  RequestClientCert: { requested: true, required: false, verified: false },
  RequireAnyClientCert: { requested: true, required: true, verified: false },
  RequireClientCert: { requested: true, required: true, verified: false },
  VerifyClientCertIfGiven: { requested: true, required: false, verified: true },
  RequireAndVerifyClientCert: { requested: true, required: true, verified: true },
};

/** `min_version`: what is below TLS 1.2 is read as TLS 1.2. */
export const LEAST_VERSIONS: Readonly<Record<string, SecureVersion>> = {
  TLS10: 'TLSv1.2',
  TLS11: 'TLSv1.2',
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/** `max_version`. */
export const GREATEST_VERSIONS: Readonly<Record<string, SecureVersion>> = {
  TLS12: 'TLSv1.2',
  TLS13: 'TLSv1.3',
};

/**
 * The suites that Go's `tls.CipherSuites()` lists, with OpenSSL's names; those of TLS 1.3 are the same in both and
 * cannot be chosen, in Go either. This order, authenticated encryption first, is the preference by default.
 */
export const CIPHERS: Readonly<Record<string, string>> = {
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
};

/** One of these must be in a list of suites where HTTP/2 is on: Go refuses to serve otherwise (RFC 9113, 9.2.2). */
export const HTTP2_CIPHERS = [
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
] as const;

/** `curve_preferences`, with OpenSSL's names. */
export const CURVES: Readonly<Record<string, string>> = {
  CurveP256: 'P-256',
  CurveP384: 'P-384',
  CurveP521: 'P-521',
  X25519: 'X25519',
};

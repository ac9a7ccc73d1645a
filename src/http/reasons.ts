/** Something came that cannot be used; the message says what, as it follows the name of the server. */
export class AnswerProblem extends Error {}

/** What a server did that answered, by the code of the error; as it follows its name. */
const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/^HPE_HEADER_OVERFLOW$/, 'sends headers that are too long'],
  // Of Node's HTTP parser.
  [/^HPE_/, 'answers something that is not HTTP'],
  // Of zlib.
  [/^Z_/, 'sends a compressed answer that is damaged'],
];

/** Why there is no connection, or no longer one, by the code of the error. */
const CONNECTIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the server',
  ECONNABORTED: 'connection closed by the server',
  EPIPE: 'connection closed by the server',
  ERR_STREAM_PREMATURE_CLOSE: 'connection closed by the server',
  UND_ERR_SOCKET: 'connection closed by the server',
  ENOTFOUND: 'no such host',
  EHOSTUNREACH: 'no route to the host',
  EHOSTDOWN: 'no route to the host',
  ENETUNREACH: 'network unreachable',
  ENETDOWN: 'network unreachable',
  EADDRNOTAVAIL: 'this machine has no address to connect from',
  EACCES: 'not permitted by this system',
  EPERM: 'not permitted by this system',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ENOBUFS: 'out of memory',
  ENOMEM: 'out of memory',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_REVOKED: 'its certificate was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  HOSTNAME_MISMATCH: 'its certificate is for another name',
  EPROTO: 'the server does not use TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not use TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not use TLS',
};

/** The same for groups of codes. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^EAI_/, 'host name lookup failed'],
  [
    /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_UNTRUSTED|CERT_REJECTED|INVALID_CA)/,
    'its certificate is not trusted',
  ],
  [/^(?:CERT_|CRL_|ERROR_IN_|PATH_LENGTH_)/, 'its certificate is not valid'],
  [/^ERR_(?:SSL|TLS)_/, 'the TLS connection failed'],
];
const OTHERWISE = 'the connection failed';

/** What a server sent that cannot be used, as it follows its name; undefined for a failure of the connection. */
export function answerProblemOf(error: unknown): string | undefined {
  for (const { code, at } of causes(error)) {
    if (at instanceof AnswerProblem) return at.message;
    const answer = wordsIn(ANSWERS, code);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** Why an exchange failed, in words: never the code of an error nor the text of a library. */
export function reasonOf(error: unknown): string {
  const answer = answerProblemOf(error);
  if (answer !== undefined) return `it ${answer}`;
  for (const { code } of causes(error)) {
    const words = CONNECTIONS[code] ?? wordsIn(KINDS, code);
    if (words !== undefined) return words;
  }
  return OTHERWISE;
}

const wordsIn = (table: readonly (readonly [RegExp, string])[], code: string) =>
  table.find(([pattern]) => pattern.test(code))?.[1];

/** fetch hides the reason in a chain of causes, and in the first of several where it tried several addresses. */
function* causes(error: unknown): Generator<{ readonly at: Error; readonly code: string }> {
  for (let at = error; at instanceof Error; at = at instanceof AggregateError ? at.errors[0] : at.cause)
    yield { at, code: 'code' in at ? String(at.code) : '' };
}

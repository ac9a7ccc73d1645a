import { type ClientRequest, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { NOT_TLS } from './response.ts';

/** Whether an agent answers, and the sentence that says so. */
export interface Health {
  readonly healthy: boolean;
  readonly message: string;
}

export interface HealthProbeOptions {
  /** Undefined: all interfaces. */
  readonly host: string | undefined;
  readonly port: number;
  /** Milliseconds for the whole probe. */
  readonly timeout: number;
}

/** What one request came to: an answer, or `refused` when a TLS handshake began and the server then ended it. */
type Outcome =
  | { readonly status: number; readonly body: string }
  | { readonly refused: true }
  | { readonly problem: string };

/** A password or patience is asked for: by a process that works. */
const ANSWERS: Readonly<Record<number, string>> = {
  200: 'answers',
  401: 'asks for a password, so it answers',
  429: 'limits requests, so it answers',
};

/**
 * Asks an agent on this machine for /healthz. It needs neither the agent's web configuration, which may have changed
 * since, nor a password, nor a client certificate: a refusal shows as well that the process works. The server's
 * certificate is not verified; nothing secret is sent.
 */
export async function probeHealth({ host, port, timeout }: HealthProbeOptions): Promise<Health> {
  const loopback = LOOPBACK[host ?? ''] ?? host;
  const to: RequestOptions = {
    host: loopback,
    port,
    path: '/healthz',
    agent: false,
    signal: AbortSignal.timeout(timeout),
  };
  const address = `${loopback?.includes(':') ? `[${loopback}]` : loopback}:${port}`;
  const plain = await outcome(request(to));
  const tls = 'status' in plain && plain.status === 400 && plain.body === NOT_TLS;
  const result = tls ? await secureOutcome(to) : plain;
  const url = `${tls ? 'https' : 'http'}://${address}/healthz`;
  if ('refused' in result)
    return { healthy: true, message: `${url} asks for a client certificate, so it answers.` };
  if ('problem' in result) return { healthy: false, message: `${url} does not answer: ${result.problem}.` };
  const answers = ANSWERS[result.status];
  return answers
    ? { healthy: true, message: `${url} ${answers} (${result.status}).` }
    : { healthy: false, message: `${url} answers ${result.status}; is it this agent?` };
}

/** As `outcome`, of an agent that has TLS: only for that TLS is loaded. */
async function secureOutcome(to: RequestOptions): Promise<Outcome> {
  const { request: secureRequest } = await import('node:https');
  return await outcome(secureRequest({ ...to, rejectUnauthorized: false }));
}

const LOOPBACK: Readonly<Record<string, string>> = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1' };

/** What a system or TLS error means. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'this name is unknown',
  EADDRNOTAVAIL: 'this machine has no such address',
  ABORT_ERR: 'it took too long',
};

function outcome(sent: ClientRequest): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let handshake = false;
  sent.on('socket', (socket) => socket.once('secureConnect', () => (handshake = true)));
  sent.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : '';
    // Up to TLS 1.2 the certificate is missed during the handshake, in TLS 1.3 after it.
    const alert = code.includes('ALERT') || error.message.includes('SSL alert number');
    const refused = alert || (handshake && code === 'ECONNRESET');
    resolve(refused ? { refused } : { problem: PROBLEMS[code] ?? 'no HTTP came back' });
  });
  sent.on('response', async (response) => {
    const body = await text(response).catch(() => '');
    resolve({ status: response.statusCode ?? 0, body });
  });
  sent.end();
  return promise;
}

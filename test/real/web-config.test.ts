import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import type { SecureContextOptions } from 'node:tls';
import { type RunningServer, startServer } from '../../src/export/server.ts';
import { Gate } from '../../src/export/web/gate.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import { surfaceOf } from '../export/fake-surface.ts';
import { memoryLog } from '../helpers/log.ts';
import { prepared } from './programs.ts';

/** Of the password `password`. */
const HASH = '$2y$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';
const TLS = 'tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n';
const auth = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

/** Further files beside those of the toolkit. */
const OWN: Readonly<Record<string, string>> = {
  'own_users.yml': `basic_auth_users: {alice: ${HASH}, "": ${HASH}}\n`,
  'own_users_tls.yml': `${TLS}basic_auth_users: {alice: ${HASH}}\n`,
  'own_rate_limit.yml': `basic_auth_users: {alice: ${HASH}}\nrate_limit: {interval: 1h, burst: 4}\n`,
  'own_rate_limit_negative.yml': 'rate_limit: {interval: -1s, burst: 0}\n',
  'own_request.yml': `${TLS}  client_auth_type: RequestClientCert\n`,
  'own_request_san.yml': `${TLS}  client_auth_type: RequestClientCert\n  client_allowed_sans: [test3]\n`,
  'own_no_san.yml': `${TLS}  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: []\n`,
  'own_no_client.yml': `${TLS}  client_auth_type: NoClientCert\n  client_allowed_sans: [other]\n`,
  'own_given.yml': `${TLS}  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: client_selfsigned.pem\n`,
  'own_require.yml': `${TLS}  client_auth_type: RequireClientCert\n`,
  'own_tls13.yml': `${TLS}  min_version: TLS13\n`,
  'own_words.yml': `${TLS}  prefer_server_cipher_suites: No\nhttp_server_config: {http2: OFF}\nrate_limit:\n`,
  'own_nulls.yml': 'tls_server_config: ~\nhttp_server_config: {headers: Null}\nbasic_auth_users: null\n',
  'own_duplicate.yml': 'rate_limit: {}\nrate_limit: {}\n',
  'own_quoted.yml': 'http_server_config: {http2: "true"}\n',
  'own_day.yml': 'rate_limit: {interval: 1d}\n',
  'own_no_hash.yml': 'basic_auth_users: {alice: }\n',
  'own_list.yml': 'tls_server_config: []\n',
};

interface Client {
  readonly tls?: SecureContextOptions;
  readonly method?: string;
  readonly path: string;
  /** One line for each. */
  readonly authorization?: string | readonly [string, string];
}

const AUTHORIZATIONS: readonly (string | readonly [string, string])[] = [
  auth('alice:password'),
  auth('alice:wrong'),
  auth('carol:carol123'),
  auth('eve:password'),
  auth(':password'),
  auth('alice'),
  'Basic',
  auth('alice:password').replace('Basic', 'bAsIc'),
  auth('alice:password').replace(' ', '  '),
  auth('alice:password').replace('Basic', 'Bearer'),
  auth('alice:password').replace(/=+$/, ''),
  [auth('alice:password'), auth('alice:wrong')],
  [auth('alice:wrong'), auth('alice:password')],
];

describe("Beside Prometheus' exporter-toolkit", () => {
  let folder: string;
  const reference = new Map<string, { readonly address?: string; readonly error?: string }>();
  let stop: () => void;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
    cpSync(prepared('exporter-toolkit-testdata'), folder, { recursive: true });
    for (const [name, text] of Object.entries(OWN)) writeFileSync(join(folder, name), text);
    const files = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    const program = spawn(prepared('exporter-toolkit'), files, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    stop = () => program.kill();
    for await (const line of createInterface(program.stdout)) {
      const { file, ...verdict } = JSON.parse(line);
      reference.set(file, verdict);
      if (reference.size === files.length) break;
    }
    assert.equal(reference.size, files.length);
  });
  after(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  it('accepts and refuses the same files', () => {
    assert.ok(reference.size > 55);
    for (const [file, { error }] of reference) {
      const own = verdictOn(join(folder, file));
      assert.equal(own === undefined, error === undefined, `${file}: ${own} and ${error}`);
    }
  });

  it('answers requests with the same status, or not at all', async () => {
    let compared = 0;
    for (const [file, { address }] of reference) {
      if (address === undefined) continue;
      await serving(join(folder, file), async ({ address: { port } }) => {
        for (const client of clientsFor(file, folder)) {
          const theirs = await outcome(Number(address.split(':')[1]), client);
          const ours = await outcome(port, client);
          const what = `${file}: ${JSON.stringify({ ...client, tls: client.tls?.minVersion ?? !!client.tls })}`;
          assert.deepEqual(ours, theirs, what);
          compared += 1;
        }
      });
    }
    assert.ok(compared > 400, String(compared));
  });
});

function verdictOn(path: string): string | undefined {
  try {
    new Gate({ path, log: memoryLog() });
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
}

async function serving(path: string, use: (server: RunningServer) => Promise<void>): Promise<void> {
  const log = memoryLog();
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    log,
    surface: surfaceOf(),
    gate: new Gate({ path, log }),
  });
  try {
    await use(server);
  } finally {
    await server.close(0);
  }
}

/** The clients that a file is tried with: all ways to connect, and what a file with users is about. */
function clientsFor(file: string, folder: string): Client[] {
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
  const certificates = ['client_selfsigned', 'client2_selfsigned'].map((name) => ({
    cert: pem(`${name}.pem`),
    key: pem(`${name}.key`),
  }));
  const secure = (['TLSv1.2', 'TLSv1.3'] as const).flatMap((version) =>
    [{}, ...certificates].map((pair) => ({ minVersion: version, maxVersion: version, ...pair })),
  );
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  const connections = [undefined, old, ...secure].map((tls) => (tls ? { tls } : {}));
  const clients: Client[] = connections.map((connection) => ({ ...connection, path: '/metrics' }));
  const connection = /^ {2}cert/m.test(readFileSync(join(folder, file), 'utf8')) ? { tls: {} } : {};
  for (const path of ['/', '/healthz', '/readyz', '/nothing']) clients.push({ ...connection, path });
  for (const method of ['HEAD', 'POST']) clients.push({ ...connection, method, path: '/metrics' });
  if (!/users/.test(file)) return clients;
  for (const authorization of AUTHORIZATIONS)
    for (const path of ['/metrics', '/healthz', '/nothing'])
      clients.push({ ...connection, path, authorization });
  return clients;
}

/** The headers that a web configuration can set, and the one that asks for a password. */
const COMPARED = [
  'x-frame-options',
  'strict-transport-security',
  'x-xss-protection',
  'content-security-policy',
  'www-authenticate',
];

/** Status and headers of the answer; undefined when there is none. */
async function outcome(port: number, { tls, authorization, ...options }: Client): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const to = { host: '127.0.0.1', port, ...options };
  const sent = tls
    ? secureRequest({ ...to, agent: false, rejectUnauthorized: false, ...tls })
    : request({ ...to, agent: new Agent() });
  if (authorization !== undefined) sent.setHeader('Authorization', authorization);
  sent.on('error', () => resolve(undefined));
  sent.on('response', (response) => {
    response.resume();
    const own = to.path === '/' ? COMPARED.filter((name) => name !== 'content-security-policy') : COMPARED;
    resolve([response.statusCode, ...own.map((name) => response.headers[name])]);
  });
  sent.end();
  return await promise;
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import {
  defaultLimits,
  type RunningServer,
  type ServerLimits,
  startServer,
} from '../../../src/export/server.ts';
import { Gate, type GateOptions } from '../../../src/export/web/gate.ts';
import { memoryLog } from '../../helpers/log.ts';
import { type SurfaceScript, surfaceOf } from '../fake-surface.ts';

const CERTIFICATES = new URL('certificates/', import.meta.url);

/** The PEM of make.sh's certificates and keys, such as `server.pem`. */
export const pem = (name: string): string => readFileSync(new URL(name, CERTIFICATES), 'utf8');

/** A folder of its own with `web.yml` and copies of the certificates; it goes with the test. */
export interface WebFolder {
  readonly path: string;
  /** `web.yml` in it. */
  readonly file: string;
  write(name: string, text: string): void;
}

/** Makes a folder with this text as `web.yml`. */
export function webFolder(t: TestContext, webConfig: string): WebFolder {
  const path = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(path, { recursive: true }));
  const write = (name: string, text: string) => writeFileSync(join(path, name), text);
  for (const name of ['ca.pem', 'intermediate.pem', 'server.pem', 'server.key', 'stranger.pem'])
    write(name, pem(name));
  write('web.yml', webConfig);
  return { path, file: join(path, 'web.yml'), write };
}

export interface GatedServer extends RunningServer {
  readonly folder: WebFolder;
  readonly lines: readonly string[];
}

/** Serves on loopback with this web configuration; it ends with the test. */
export async function gatedServer(
  t: TestContext,
  webConfig: string,
  options: Partial<GateOptions> & {
    readonly limits?: Partial<ServerLimits>;
    readonly surface?: SurfaceScript;
  } = {},
): Promise<GatedServer> {
  const folder = webFolder(t, webConfig);
  const log = memoryLog();
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    log,
    limits: { ...defaultLimits, ...options.limits },
    surface: surfaceOf(options.surface),
    gate: new Gate({ path: folder.file, log, ...options }),
  });
  t.after(() => server.close(0));
  return { ...server, folder, lines: log.lines };
}

/** Server certificate and key of the folder. */
export const TLS = 'tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n';

export interface SecureReply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request over TLS on a connection of its own, the test CA trusted. Rejects when there is no answer. */
export async function askSecurely(url: string, options: RequestOptions = {}): Promise<SecureReply> {
  const { promise, resolve, reject } = Promise.withResolvers<SecureReply>();
  const sent = request(url, { agent: false, ca: pem('ca.pem'), ...options }, async (response) => {
    const body = (await buffer(response)).toString();
    resolve({ status: response.statusCode, headers: response.headers, body });
  });
  sent.on('error', reject);
  sent.end();
  return await promise;
}

/** The value of an `Authorization` header. */
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Certificate and key of a client, as request options. */
export const clientCertificate = (name: string) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) });

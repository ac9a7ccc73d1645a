import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { decodeExport, type Exported } from './otlp-decode.ts';

export const pem = (name: string): string =>
  readFileSync(new URL(`fixtures/otlp/${name}.pem`, import.meta.url), 'utf8');

export interface Received extends Exported {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** A receiver of OTLP over HTTP that keeps what it is sent and answers as it is told. */
export interface OtlpReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers from now on like this. */
  script(respond: (response: ServerResponse) => void): void;
}

export const accept = (response: ServerResponse): void => void response.end();

/** Starts one on a free loopback port, with TLS and asking for a client certificate if so wished. */
export async function otlpReceiver(t: TestContext, { tls = false } = {}): Promise<OtlpReceiver> {
  const received: Received[] = [];
  let respond = accept;
  const listener: RequestListener = async (request, response) => {
    const { url: path, headers } = request;
    const body = await buffer(request);
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    received.push({ path, headers, ...decodeExport(plain, headers['content-type']) });
    respond(response);
  };
  const server = tls
    ? createTlsServer(
        { key: pem('receiver-key'), cert: pem('receiver'), ca: pem('ca'), requestCert: true },
        listener,
      )
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/v1/metrics`,
    received,
    script(next) {
      respond = next;
    },
  };
}

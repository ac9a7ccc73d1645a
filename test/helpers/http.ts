import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

/** A running HTTP server that answers as it is told, and remembers what it was asked. */
export interface ScriptedServer {
  readonly url: URL;
  /** `host:port` */
  readonly address: string;
  readonly requests: readonly IncomingMessage[];
  /** The most requests that were being answered at one time. */
  readonly mostAtOnce: number;
  /** Answers from now on like this. */
  script(respond: Respond): void;
}

/** Starts one on a free loopback port; it ends with the test. */
export async function scriptedServer(t: TestContext, respond: Respond): Promise<ScriptedServer> {
  let script = respond;
  const requests: IncomingMessage[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    mostAtOnce = Math.max(mostAtOnce, ++running);
    response.once('close', () => running--);
    script(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: new URL(`http://${address}/`),
    address,
    requests,
    get mostAtOnce() {
      return mostAtOnce;
    },
    script(next) {
      script = next;
    },
  };
}

/** Answers everything with this. */
export function always(
  body: string | Buffer,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Respond {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

/** `host:port` on which nobody listens. */
export async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

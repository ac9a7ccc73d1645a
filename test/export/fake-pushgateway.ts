import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';

export interface Pushed {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakePushgateway {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly url: string;
  readonly pushes: readonly Pushed[];
  close(): void;
}

/** Answers each push in turn; given the number of the push, from 0 on. */
export type Answer = (response: ServerResponse, index: number) => void;

export const answering =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** A server that records what is pushed and answers as it is told, 200 unless told. */
export async function startFakePushgateway(
  t: TestContext,
  answer: Answer = answering(200),
): Promise<FakePushgateway> {
  const pushes: Pushed[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const index = pushes.push({ method, path: url, headers, body: await text(request) }) - 1;
    answer(response, index);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  t.after(close);
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  const host = `127.0.0.1:${address.port}`;
  return { host, url: `http://${host}`, pushes, close };
}

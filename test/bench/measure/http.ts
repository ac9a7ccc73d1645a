import { Agent, request } from 'node:http';

/** How a scrape is asked for. */
export type Encoding = 'identity' | 'gzip';

export interface Answer {
  readonly body: Buffer;
  readonly encoding: string | undefined;
  /** Milliseconds from the request to the last byte. */
  readonly time: number;
}

/** Like Prometheus, one connection that is kept. */
const connections = new Agent({ keepAlive: true });

/** @throws Error for a status other than 200 */
export function get(url: string, encoding: Encoding = 'identity'): Promise<Answer> {
  return send(url, 'GET', undefined, encoding);
}

export function post(url: string, body: string): Promise<Answer> {
  return send(url, 'POST', body, 'identity');
}

function send(url: string, method: string, sent: string | undefined, wanted: Encoding): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = {
    'accept-encoding': wanted,
    accept: 'text/plain;version=0.0.4',
    ...(sent !== undefined && { 'content-length': Buffer.byteLength(sent) }),
  };
  const started = performance.now();
  const outgoing = request(url, { method, headers, agent: connections }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const time = performance.now() - started;
      const body = Buffer.concat(chunks);
      const encoding = response.headers['content-encoding'];
      if (response.statusCode === 200) resolve({ body, encoding, time });
      else
        reject(new Error(`${method} ${url}: HTTP ${response.statusCode} ${body.toString().slice(0, 500)}`));
    });
  });
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    // The server closed a connection that was idle for long, just when it was used again.
    const isStale = outgoing.reusedSocket && error.code === 'ECONNRESET';
    if (isStale) resolve(send(url, method, sent, wanted));
    else reject(error);
  });
  outgoing.end(sent);
  return promise;
}

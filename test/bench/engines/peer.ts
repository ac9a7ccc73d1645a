/**
 * What the peers in JavaScript share: a server that is given series and values over HTTP, like the program in
 * ../client-golang. It prints its address.
 */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PeerMetric } from '../exposition.ts';

/** A library that holds series and answers scrapes. */
export interface Peer {
  /** Takes one value for each series, in the order of the metrics and their labels. */
  set(values: readonly number[]): void;
  readonly scrape: RequestListener;
}

/** Serves what `makePeer` makes of the series until the process is ended. */
export function servePeer(makePeer: (metrics: readonly PeerMetric[]) => Peer): void {
  let peer: Peer | undefined;
  const server = createServer(async (request, response) => {
    if (request.url === '/metrics') {
      peer?.scrape(request, response);
      return;
    }
    const given = await bodyOf(request);
    if (request.url === '/series') peer = makePeer(given as PeerMetric[]);
    else peer?.set(given as number[]);
    response.end();
  });
  // Node closes a connection that is idle for five seconds, perhaps just when it is used again.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
}

/** The labels of each series of a metric, by name. */
export function labelSets({ labelNames, labels }: PeerMetric): Record<string, string>[] {
  return labels.map((values) => Object.fromEntries(labelNames.map((name, i) => [name, values[i] ?? ''])));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

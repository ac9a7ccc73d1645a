import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { protobufNode } from '../../export/otlp-decode.ts';

export interface WrittenSeries {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly values: readonly number[];
}

/** Takes Prometheus remote write 1.0 at a port, and keeps the series in the order in which they came. */
export async function remoteWriteReceiver(t: TestContext, port: number): Promise<readonly WrittenSeries[]> {
  const written: WrittenSeries[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => undefined);
    // The sender or the test ended before the whole request was there.
    if (!body) return;
    const message = protobufNode(unsnap(body));
    for (const series of message.messages('timeseries', 1)) {
      const pairs = series
        .messages('labels', 1)
        .map((label) => [label.text('name', 1), label.text('value', 2)]);
      const { __name__: name = '', ...labels } = Object.fromEntries(pairs) as Record<string, string>;
      const values = series.messages('samples', 2).map((sample) => sample.number('value', 1) ?? 0);
      written.push({ name, labels, values });
    }
    response.end();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return written;
}

/** Undoes Snappy's block format: literals, and copies of what was there before. */
function unsnap(packed: Buffer): Buffer {
  let at = 0;
  const number = (bytes: number) => {
    at += bytes;
    return packed.readUIntLE(at - bytes, bytes);
  };
  let length = 0;
  for (let shift = 1, byte = 128; byte >= 128; shift *= 128) {
    byte = number(1);
    length += (byte & 127) * shift;
  }
  const plain = Buffer.alloc(length);
  let end = 0;
  while (at < packed.length) {
    const tag = number(1);
    const kind = tag & 3;
    if (kind === 0) {
      const size = (tag >> 2 < 60 ? tag >> 2 : number((tag >> 2) - 59)) + 1;
      packed.copy(plain, end, at, at + size);
      at += size;
      end += size;
    } else {
      const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const back = kind === 1 ? ((tag >> 5) << 8) + number(1) : number(kind === 2 ? 2 : 4);
      // A copy may reach into what it writes itself.
      for (const stop = end + size; end < stop; end++) plain[end] = plain[end - back] ?? 0;
    }
  }
  return plain;
}

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { systemClock } from '../../src/base/clock.ts';
import { SourceError } from '../../src/base/errors.ts';
import { exportFailure } from '../../src/export/otlp-health.ts';
import { pushMetrics } from '../../src/export/pushgateway.ts';
import { fetchText } from '../../src/http/fetch-text.ts';
import { parseJsonObject } from '../../src/http/json.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';

/** A server that sends these bytes to whoever connects, and ends the connection. @returns `host:port` */
async function rawServer(t: TestContext, bytes: Buffer): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer = (head: string, body: Buffer | string = '') =>
  Buffer.concat([Buffer.from(`HTTP/1.1 ${head}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
const NO_HTTP = 'answers something that is not HTTP';
const DAMAGED = 'sends a compressed answer that is damaged';
const CLOSED = 'no answer from HOST (connection closed by the server)';
const gzipped = gzipSync('{"a":1}'.repeat(1000));

const CASES: readonly (readonly [what: string, bytes: Buffer, message: string])[] = [
  ['no HTTP', Buffer.from('hello\r\n\r\n'), NO_HTTP],
  ['a greeting of SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), NO_HTTP],
  ['an answer of MQTT', Buffer.from([0x20, 0x02, 0x00, 0x05]), NO_HTTP],
  ['an alert of TLS', Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]), NO_HTTP],
  ['frames of HTTP/2', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), NO_HTTP],
  ['another version of HTTP', Buffer.from('HTTP/9.9 200 OK\r\n\r\n'), NO_HTTP],
  ['a status of letters', answer('abc OK'), NO_HTTP],
  ['a status of four digits', answer('2000 OK\r\nContent-Length: 0'), NO_HTTP],
  [
    'a status beyond 599',
    answer('999 OK\r\nContent-Length: 0'),
    'answers with status 999, which HTTP does not have',
  ],
  ['a status of 0', answer('000 OK\r\nContent-Length: 0'), 'answers with status 0, which HTTP does not have'],
  ['a length that is no number', answer('200 OK\r\nContent-Length: ten', '{}'), NO_HTTP],
  ['two lengths', answer('200 OK\r\nContent-Length: 2\r\nContent-Length: 3', '{}'), NO_HTTP],
  ['a control character in a header', answer('200 OK\r\nX-A: a\x01b\r\nContent-Length: 2', '{}'), NO_HTTP],
  ['a chunk without a length', answer('200 OK\r\nTransfer-Encoding: chunked', 'zz\r\n{}\r\n'), CLOSED],
  ['headers without end', answer(`200 OK\r\nX-A: ${'x'.repeat(40_000)}`), 'sends headers that are too long'],
  ['no gzip under that name', answer('200 OK\r\nContent-Encoding: gzip', '{}'), DAMAGED],
  ['gzip that is cut off', answer('200 OK\r\nContent-Encoding: gzip', gzipped.subarray(0, 30)), DAMAGED],
  [
    'no deflate under that name',
    answer('200 OK\r\nContent-Encoding: deflate', `${deflateSync('{}')}x`),
    DAMAGED,
  ],
  ['nothing', Buffer.alloc(0), CLOSED],
  ['half a header', Buffer.from('HTTP/1.1 200 OK\r\nX-'), CLOSED],
  ['a body that is cut off', answer('200 OK\r\nContent-Length: 500', '{"a":'), CLOSED],
  [
    'a change of protocol',
    answer('101 Go\r\nUpgrade: x\r\nConnection: Upgrade'),
    'changes to another protocol',
  ],
];

/** What only a program calls it: codes of errors, properties, classes. */
const RAW = /[A-Z]{2,}_|\b(?:Z|E|HPE|ERR)_|init\[|\["|undefined|\w+Error\b|\n|Expected|Parse|hang up/;

for (const [what, bytes, message] of CASES) {
  test(`a server that sends ${what} is described in words`, async (t) => {
    const host = await rawServer(t, bytes);
    const request = { signal: AbortSignal.timeout(20_000), maxBytes: 1e6, what: 'plant/list' };
    await assert.rejects(fetchText(nodeFetch, new URL(`http://${host}/`), request), (error) => {
      assert.ok(error instanceof SourceError);
      const text = error.message.replaceAll(host, 'HOST');
      assert.equal(text, `plant/list: ${message.startsWith('no answer') ? '' : 'HOST '}${message}`);
      assert.doesNotMatch(text.replaceAll('HOST', ''), RAW);
      // The receiver of an export says the same.
      assert.doesNotMatch(exportFailure(error.cause as Error), RAW);
      return true;
    });
  });
}

test('a Pushgateway that is none is described in words', async (t) => {
  const clock = { ...systemClock, sleep: async () => {} };
  for (const [what, bytes] of CASES) {
    const host = await rawServer(t, bytes);
    const gateway = { url: `http://${host}`, job: 'a', grouping: {}, timeout: 20_000 };
    const signal = AbortSignal.timeout(40_000);
    await assert.rejects(pushMetrics('', { gateway, clock, fetch: nodeFetch, signal }), (error: Error) => {
      assert.doesNotMatch(error.message.replaceAll(/PUSHGATEWAY_URL|PUSHGATEWAY_TIMEOUT/g, ''), RAW, what);
      return true;
    });
  }
});

test('JSON that is none is described in words', () => {
  for (const text of ['', '{', '[1]', 'null', '<html>', '{"a":1}x', '\0\x01', 'undefined', '{"a":NaN}'])
    assert.throws(
      () => parseJsonObject(text, 'plant/list'),
      (error: Error) => {
        assert.doesNotMatch(error.message.replaceAll('JSON', ''), RAW);
        return true;
      },
    );
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { listenError } from '../../src/export/listen-error.ts';
import { defaultLimits, startServer } from '../../src/export/server.ts';
import { memoryLog } from '../helpers/log.ts';
import { someText, surfaceOf, withServer } from './fake-surface.ts';
import { ask, sendRaw } from './http-client.ts';

const impatient = { ...defaultLimits, headersTimeout: 40 };

for (const [what, bytes] of [
  ['sends nothing', ''],
  ['sends half a header', 'GET /metrics HTTP/1.1\r\nHost: a\r\nX-Slow'],
]) {
  test(`a client that ${what} is cut off`, () =>
    withServer({ limits: impatient }, async ({ address }) => {
      const before = performance.now();
      assert.match(await sendRaw(address.port, bytes ?? ''), /^HTTP\/1\.1 408 /);
      assert.ok(performance.now() - before < 10_000, 'long before Node looks for slow clients by itself');
    }));
}

test('a client that stays silent after its answer is cut off', () =>
  withServer({ limits: { ...defaultLimits, keepAliveTimeout: 1 } }, async ({ address }) => {
    const before = performance.now();
    assert.match(await sendRaw(address.port, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'), /\r\n\r\nok$/);
    assert.ok(performance.now() - before < 4000, "before Node's own limit of five seconds");
  }));

test('a client that does not read its answer is cut off', () =>
  withServer(
    {
      limits: { ...defaultLimits, silenceTimeout: 40 },
      surface: { metrics: async () => someText.repeat(20_000) },
    },
    async ({ address }) => {
      const socket = connect(address.port, '127.0.0.1').pause();
      socket.on('error', () => {});
      await once(socket, 'connect');
      const connections = () =>
        process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
      while (connections() < 2) await setImmediate();
      socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
      // The server's end of the connection goes, though the client asks for nothing of the kind.
      const deadline = performance.now() + 10_000;
      while (connections() > 1) {
        assert.ok(performance.now() < deadline, 'the server waits for the client');
        await setImmediate();
      }
      const closed = once(socket, 'close');
      socket.resume();
      await closed;
      assert.ok(socket.bytesRead < 20_000 * someText.length);
    },
  ));

const malformed = [
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['a line break in the path', 'GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['no Host', 'GET /metrics HTTP/1.1\r\n\r\n', 400],
  ['two lengths', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ['9 KiB of headers', `GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(9 * 1024)}\r\n\r\n`, 431],
] as const;

for (const [what, bytes, status] of malformed) {
  test(`a request with ${what} is ${status} and shows no stack`, () =>
    withServer({}, async ({ address }) => {
      const reply = await sendRaw(address.port, bytes);
      assert.match(reply, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.match(reply, /\r\n\r\n$/);
    }));
}

for (const [what, header] of [
  ['a length', 'Content-Length: 999999999'],
  ['chunks', 'Transfer-Encoding: chunked'],
  ['an expectation', 'Expect: 100-continue\r\nContent-Length: 999999999'],
]) {
  test(`a body announced by ${what} is not read: the answer comes at once and the connection ends`, () =>
    withServer({}, async ({ address }) => {
      const reply = await sendRaw(address.port, `POST /metrics HTTP/1.1\r\nHost: a\r\n${header}\r\n\r\n`);
      assert.match(reply, /^HTTP\/1\.1 405 .*\r\nConnection: close\r\n/s);
    }));
}

const surface = surfaceOf();

test('a port that is taken is an error that says which and what to do', () =>
  withServer({ listen: { host: undefined, port: 0 } }, async ({ address: { port } }) => {
    await assert.rejects(startServer({ listen: { host: undefined, port }, surface, log: memoryLog() }), {
      message: `Port ${port} on all interfaces is already in use. Stop the program that uses it, or set EXPORTER_LISTEN_ADDR to another port.`,
    });
  }));

test('an address that this machine does not have is an error that says so', async () => {
  await assert.rejects(
    startServer({ listen: { host: '192.0.2.1', port: 9120 }, surface, log: memoryLog() }),
    {
      message:
        'Cannot listen on port 9120 of 192.0.2.1: this machine has no such address. Set EXPORTER_LISTEN_ADDR to one it has, or to :9120 for all.',
    },
  );
});

test('a forbidden port, an unknown name and anything else are errors that say what to do', () => {
  const message = (code: string) =>
    listenError({ host: 'sun', port: 80 }, Object.assign(new Error('x'), { code })).message;
  assert.match(message('EACCES'), /^No permission to listen on port 80 of sun\./);
  assert.match(message('ENOTFOUND'), /^Cannot listen on port 80 of sun: unknown host name\./);
  assert.equal(message('EIO'), 'Cannot listen on port 80 of sun (EIO). Check EXPORTER_LISTEN_ADDR.');
});

test('all interfaces are shown as localhost, and an IPv6 address in brackets', async () => {
  await withServer({ listen: { host: undefined, port: 0 } }, async ({ url, address }) => {
    assert.equal(url, `http://localhost:${address.port}`);
    assert.equal((await ask(`http://127.0.0.1:${address.port}/healthz`)).status, 200);
  });
});

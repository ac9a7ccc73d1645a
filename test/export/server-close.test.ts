import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { someText, withServer } from './fake-surface.ts';
import { ask } from './http-client.ts';

/** A surface whose render waits until it is told to end. */
function slowSurface() {
  const begun = Promise.withResolvers<void>();
  const rendered = Promise.withResolvers<string>();
  const metrics = () => {
    begun.resolve();
    return rendered.promise;
  };
  return { metrics, begun: begun.promise, finish: () => rendered.resolve(someText) };
}

test('close lets a running scrape finish and takes no new connection', () => {
  const { metrics, begun, finish } = slowSurface();
  return withServer({ surface: { metrics } }, async ({ url, close }) => {
    const scrape = ask(`${url}/metrics`);
    await begun;
    const closed = close(60_000);
    await assert.rejects(ask(`${url}/healthz`, { agent: false }), { code: 'ECONNREFUSED' });
    finish();
    const reply = await scrape;
    assert.equal(reply.body.toString(), someText);
    assert.equal(reply.headers.connection, 'close');
    await closed;
  });
});

test('close lets a client that reads slowly have the whole of a large answer', () => {
  const large = 'x'.repeat(50_000_000);
  return withServer({ surface: { metrics: async () => large } }, async ({ address, close }) => {
    const socket = connect(address.port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'readable');
    // The whole answer has been given to the connection, which takes no more of it.
    for (let n = 0; n < 3; n++) await ask(`http://127.0.0.1:${address.port}/healthz`, { agent: false });
    const closed = close(60_000);
    const received = await text(socket);
    assert.equal(received.length - received.indexOf('\r\n\r\n') - 4, large.length);
    await closed;
  });
});

test('close cuts off what is still running when the grace is over', () => {
  const { metrics, begun } = slowSurface();
  return withServer({ surface: { metrics } }, async ({ url, close }) => {
    const scrape = assert.rejects(ask(`${url}/metrics`), { code: 'ECONNRESET' });
    await begun;
    await close(1);
    await scrape;
  });
});

test('close does not wait for clients that are silent or between two requests', () =>
  withServer({}, async ({ address, url, close }) => {
    const silent = connect(address.port, '127.0.0.1').resume();
    const half = connect(address.port, '127.0.0.1').resume();
    half.write('GET /metrics HTTP/1.1\r\nHos');
    await Promise.all([once(silent, 'connect'), once(half, 'connect')]);
    await ask(`${url}/healthz`, { headers: { connection: 'keep-alive' } });
    const ended = [once(silent, 'close'), once(half, 'close')];
    await close(60_000);
    await Promise.all(ended);
  }));

test('closing twice is closing once', () =>
  withServer({}, async ({ close }) => {
    await Promise.all([close(60_000), close(0)]);
  }));

test('close lets the second of two pipelined requests finish when the first one has ended', () => {
  const { metrics, begun, finish } = slowSurface();
  return withServer({ surface: { metrics } }, async ({ address, close }) => {
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const socket = connect(address.port, '127.0.0.1');
    socket.write(request('/healthz') + request('/metrics'));
    const received = text(socket);
    await begun;
    // Whole exchanges that begin later: by then the first answer has been taken.
    for (let n = 0; n < 3; n++) await ask(`http://127.0.0.1:${address.port}/healthz`, { agent: false });
    const closed = close(60_000);
    finish();
    await closed;
    assert.ok((await received).endsWith(someText));
  });
});

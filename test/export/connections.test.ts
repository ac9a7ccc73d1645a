import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { hashSync } from 'bcryptjs';
import { defaultLimits, type ServerLimits, startServer } from '../../src/export/server.ts';
import { Gate } from '../../src/export/web/gate.ts';
import type { HttpObserver } from '../../src/model/observer.ts';
import { memoryLog } from '../helpers/log.ts';
import { type SurfaceScript, someText, surfaceOf } from './fake-surface.ts';
import { ask } from './http-client.ts';
import { askSecurely, basic, TLS, webFolder } from './web/support.ts';

interface SetUp {
  readonly limits: Partial<ServerLimits>;
  readonly surface?: SurfaceScript;
  /** Text of a web configuration. */
  readonly web?: string;
}

/** A server with these limits, what it counts and logs, and a clock that stands still. */
async function setUp(t: TestContext, { limits, surface, web }: SetUp) {
  const log = memoryLog();
  const counts = { dropped: 0, answers: [] as string[] };
  const observer: HttpObserver = {
    answered: (path, code) => counts.answers.push(`${path} ${code}`),
    connectionDropped: () => counts.dropped++,
  };
  const time = { now: 1_000_000 };
  const gate = web === undefined ? undefined : new Gate({ path: webFolder(t, web).file, log });
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    surface: surfaceOf(surface),
    limits: { ...defaultLimits, ...limits },
    clock: { now: () => time.now },
    log,
    observer,
    gate,
  });
  t.after(() => server.close(0));
  const open = async () => {
    const socket = connect(server.address.port, '127.0.0.1');
    socket.on('error', () => {});
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { ...server, log, counts, time, open };
}

const closed = async (socket: Socket) => socket.resume().closed || (await once(socket, 'close'));
const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const quiet = { headersTimeout: 60_000, keepAliveTimeout: 60_000, silenceTimeout: 60_000 };

test('a new connection takes the place of the one that has asked for nothing for the longest time', async (t) => {
  const { open, url, counts } = await setUp(t, { limits: { ...quiet, connections: 3 } });
  const silent = await open();
  const half = await open();
  half.write('GET /metrics HTTP/1.1\r\nHos');
  const third = await open();
  assert.equal((await ask(`${url}/metrics`, { agent: false })).status, 200);
  await closed(silent);
  assert.equal((await Promise.all([open(), open()])).length, 2);
  await closed(half);
  assert.equal(counts.dropped, 2);
  third.write(request('/healthz'));
  assert.match(String((await once(third, 'data'))[0]), /^HTTP\/1\.1 200 /);
});

test('a connection that was used is younger than one that was silent meanwhile', async (t) => {
  const { open } = await setUp(t, { limits: { ...quiet, connections: 2 } });
  const used = await open();
  const silent = await open();
  used.write(request('/healthz'));
  await once(used, 'data');
  await open();
  await closed(silent);
  assert.equal(used.closed, false);
});

test('a connection that is being answered stays; where all are, the new one is closed', async (t) => {
  const rendered = Promise.withResolvers<string>();
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let scrapes = 0;
  const metrics = () => {
    begun[scrapes++]?.resolve();
    return rendered.promise;
  };
  const { open, counts } = await setUp(t, { limits: { ...quiet, connections: 2 }, surface: { metrics } });
  const scraping = [await open(), await open()];
  const answers = scraping.map((socket) => text(socket));
  for (const socket of scraping)
    socket.write(request('/metrics').replace('Host', 'Connection: close\r\nHost'));
  await Promise.all(begun.map(({ promise }) => promise));
  await closed(await open());
  assert.equal(counts.dropped, 1);
  rendered.resolve(someText);
  for (const answer of await Promise.all(answers)) assert.ok(answer.endsWith(someText));
});

test('connections that are dropped are logged once, and again after a quiet minute', async (t) => {
  const { open, log, time, counts } = await setUp(t, { limits: { ...quiet, connections: 1 } });
  const sockets: Socket[] = [];
  const dropOne = async () => {
    sockets.push(await open());
    const dropped = sockets.at(-2);
    if (dropped) await closed(dropped);
  };
  for (let n = 0; n < 5; n++) await dropOne();
  const line =
    'warn: More than 1 HTTP connections are open: closing those that ask for nothing, oldest first';
  assert.deepEqual(log.lines, [line]);
  time.now += 59_000;
  await dropOne();
  assert.deepEqual(log.lines, [line]);
  time.now += 60_000;
  await dropOne();
  assert.deepEqual(log.lines, [line, line]);
  assert.equal(counts.dropped, 6);
});

test('handshakes that are not complete are connections that ask for nothing', async (t) => {
  const { open, url, counts } = await setUp(t, { limits: { ...quiet, connections: 2 }, web: TLS });
  const silent = await open();
  const half = await open();
  // The beginning of a ClientHello.
  half.write(Buffer.from([22, 3, 1, 2, 0, 1]));
  assert.equal((await askSecurely(`${url}/metrics`)).status, 200);
  await closed(silent);
  await open();
  await open();
  await closed(half);
  assert.ok(counts.dropped >= 2, `${counts.dropped}`);
});

test('a connection over TLS that was answered is closed to make room, and each counts once', async (t) => {
  const { url, open, counts } = await setUp(t, { limits: { ...quiet, connections: 2 }, web: TLS });
  for (let n = 0; n < 5; n++) assert.equal((await askSecurely(`${url}/healthz`)).status, 200);
  assert.equal(counts.dropped, 0);
  await open();
  await open();
  assert.equal(counts.dropped, 0);
});

/** Scrapes that wait until the test lets them go on. */
function heldScrapes() {
  const rendered = Promise.withResolvers<string>();
  let waiting = 0;
  const metrics = () => {
    waiting++;
    return rendered.promise;
  };
  const until = async (count: number) => {
    while (waiting < count) await new Promise(setImmediate);
  };
  return { metrics, until, finish: () => rendered.resolve(someText) };
}

test('more scrapes and pages at once than allowed are answered 503, health and readiness always', async (t) => {
  const { metrics, until, finish } = heldScrapes();
  const { url, log, counts } = await setUp(t, { limits: { answers: 2 }, surface: { metrics } });
  const running = [ask(`${url}/metrics`), ask(`${url}/metrics`, { method: 'HEAD' })];
  await until(2);
  for (const path of ['/metrics', '/', '/api/v1/status', '/metrics']) {
    const { status, headers } = await ask(url + path);
    assert.equal(status, 503, path);
    assert.equal(headers['retry-after'], '1');
  }
  for (const path of ['/healthz', '/-/healthy', '/readyz', '/-/ready'])
    assert.equal((await ask(url + path)).status, 200, path);
  assert.deepEqual(log.lines, [
    'warn: More than 2 scrapes and pages are asked for at once: answering HTTP 503 to further ones',
  ]);
  finish();
  for (const { status } of await Promise.all(running)) assert.equal(status, 200);
  assert.equal((await ask(`${url}/`)).status, 200);
  assert.deepEqual(counts.answers.toSorted(), [
    '/ 200',
    '/ 503',
    '/-/healthy 200',
    '/-/ready 200',
    '/api/v1/status 503',
    '/healthz 200',
    '/metrics 200',
    '/metrics 200',
    '/metrics 503',
    '/metrics 503',
    '/readyz 200',
  ]);
});

test('forty scrapes at once are answered', async (t) => {
  const { metrics, until, finish } = heldScrapes();
  const { url } = await setUp(t, { limits: {}, surface: { metrics } });
  const running = Array.from({ length: 40 }, () => ask(`${url}/metrics`, { agent: false }));
  await until(40);
  assert.equal((await ask(`${url}/metrics`, { agent: false })).status, 503);
  finish();
  for (const { status } of await Promise.all(running)) assert.equal(status, 200);
});

test('a client that leaves before its answer makes room', async (t) => {
  const { metrics, until, finish } = heldScrapes();
  const { url, open } = await setUp(t, { limits: { answers: 1 }, surface: { metrics } });
  const leaving = await open();
  leaving.write(request('/metrics'));
  await until(1);
  leaving.destroy();
  const statuses: (number | undefined)[] = [];
  while (statuses.at(-1) !== 200) statuses.push((await ask(`${url}/`)).status);
  finish();
});

test('a request that the web configuration refuses does not count among those that are answered at once', async (t) => {
  const hash = hashSync('sunny', 4);
  const { metrics, until, finish } = heldScrapes();
  const { url } = await setUp(t, {
    limits: { answers: 1 },
    surface: { metrics },
    web: `basic_auth_users:\n  ann: ${hash}\n`,
  });
  const authorization = basic('ann', 'sunny');
  const running = ask(`${url}/metrics`, { headers: { authorization } });
  await until(1);
  for (let n = 0; n < 3; n++) assert.equal((await ask(`${url}/metrics`)).status, 401);
  assert.equal((await ask(`${url}/metrics`, { headers: { authorization } })).status, 503);
  finish();
  assert.equal((await running).status, 200);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { memoryLog } from '../helpers/log.ts';
import { someStatus, someText, viewOf, withServer } from './fake-surface.ts';
import { ask } from './http-client.ts';

const plain = 'text/plain; charset=utf-8';
const text004 = 'text/plain; version=0.0.4; charset=utf-8';

const rows = [
  { path: '/metrics', status: 200, type: text004, body: /^some_metric/ },
  { path: '/metrics?x=1', status: 200, type: text004, body: /^some_metric/ },
  { path: '/', status: 200, type: 'text/html; charset=utf-8', body: /<h1>solar-otel-agent<\/h1>/ },
  { path: '/api/v1/status', status: 200, type: 'application/json', body: /"version": "1\.2\.3"/ },
  { path: '/healthz', status: 200, type: plain, body: /^ok$/ },
  { path: '/-/healthy', status: 200, type: plain, body: /^ok$/ },
  { path: '/readyz', status: 200, type: plain, body: /^ready$/ },
  { path: '/-/ready', status: 200, type: plain, body: /^ready$/ },
  { path: '/nothing', status: 404, type: plain, body: /^Not found/ },
  { path: '//metrics', status: 404, type: plain, body: /^Not found/ },
  { path: '/metrics/', status: 404, type: plain, body: /^Not found/ },
  { path: '/%6detrics', status: 404, type: plain, body: /^Not found/ },
  { path: '/../metrics', status: 404, type: plain, body: /^Not found/ },
  { path: '/__proto__', status: 404, type: plain, body: /^Not found/ },
];

for (const { path, status, type, body } of rows) {
  test(`GET and HEAD ${path} answer ${status} as ${type}`, () =>
    withServer({ clock: { now: () => 1_700_000_060_000 } }, async ({ url }) => {
      const got = await ask(url, { path });
      assert.equal(got.status, status);
      assert.equal(got.headers['content-type'], type);
      assert.match(got.body.toString(), body);
      assert.equal(got.headers['content-length'], String(got.body.length));
      assert.equal(got.headers['x-content-type-options'], 'nosniff');
      assert.equal(got.headers['cache-control'], 'no-store');

      const head = await ask(url, { path, method: 'HEAD' });
      assert.equal(head.status, status);
      assert.equal(head.body.length, 0);
      assert.deepEqual({ ...head.headers, date: '' }, { ...got.headers, date: '' });
    }));
}

for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
  test(`${method} is 405 with Allow where there is something to get`, () =>
    withServer({}, async ({ url }) => {
      for (const path of ['/metrics', '/', '/api/v1/status', '/healthz', '/readyz']) {
        const reply = await ask(url, { path, method });
        assert.equal(reply.status, 405);
        assert.equal(reply.headers.allow, 'GET, HEAD');
      }
      assert.equal((await ask(url, { path: '/nothing', method })).status, 404);
    }));
}

test('metrics come in the format asked for, and say that this depends on Accept', () =>
  withServer({ surface: { metrics: async (format) => `${format}\n` } }, async ({ url }) => {
    const reply = await ask(`${url}/metrics`, { headers: { accept: 'application/openmetrics-text' } });
    assert.equal(reply.body.toString(), 'openmetrics\n');
    assert.equal(reply.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.equal(reply.headers.vary, 'Accept, Accept-Encoding');
    assert.equal((await ask(`${url}/metrics`)).body.toString(), 'text\n');
  }));

test('gzip comes when asked for and only then, with its own length, also for HEAD', () =>
  withServer({}, async ({ url }) => {
    for (const path of ['/metrics', '/', '/api/v1/status']) {
      const plainReply = await ask(url, { path });
      assert.equal(plainReply.headers['content-encoding'], undefined);
      const headers = { 'accept-encoding': 'gzip' };
      const zipped = await ask(url, { path, headers });
      assert.equal(zipped.headers['content-encoding'], 'gzip');
      assert.equal(zipped.headers['content-length'], String(zipped.body.length));
      if (path !== '/') assert.deepEqual(gunzipSync(zipped.body), plainReply.body);
      const head = await ask(url, { path, headers, method: 'HEAD' });
      assert.equal(head.headers['content-length'], zipped.headers['content-length']);
    }
    const refused = await ask(`${url}/metrics`, { headers: { 'accept-encoding': 'gzip;q=0' } });
    assert.equal(refused.body.toString(), someText);
  }));

test('a body too short to gain from it is not compressed', () =>
  withServer({}, async ({ url }) => {
    const reply = await ask(`${url}/healthz`, { headers: { 'accept-encoding': 'gzip' } });
    assert.equal(reply.headers['content-encoding'], undefined);
    assert.equal(reply.body.toString(), 'ok');
  }));

test('a new text is served at once, compressed or not', async () => {
  let text = someText;
  await withServer({ surface: { metrics: async () => text } }, async ({ url }) => {
    const headers = { 'accept-encoding': 'gzip' };
    await ask(`${url}/metrics`, { headers });
    text = someText.replaceAll('some', 'other');
    assert.equal(gunzipSync((await ask(`${url}/metrics`, { headers })).body).toString(), text);
    assert.equal((await ask(`${url}/metrics`)).body.toString(), text);
  });
});

test('a failed collection is 500, never 200, and is logged once when it begins and once when it ends', async () => {
  let broken = true;
  const metrics = async () => {
    if (broken) throw new Error('secret detail');
    return someText;
  };
  const log = memoryLog();
  await withServer({ log, surface: { metrics } }, async ({ url }) => {
    for (let scrape = 0; scrape < 3; scrape++) {
      const reply = await ask(`${url}/metrics`);
      assert.equal(reply.status, 500);
      assert.equal(reply.body.toString(), 'Collecting metrics failed. See the log.\n');
    }
    broken = false;
    assert.equal((await ask(`${url}/metrics`)).status, 200);
    assert.equal((await ask(`${url}/metrics`)).status, 200);
  });
  const [failure = '', ...others] = log.lines;
  assert.match(
    failure,
    /^error: Internal error, please report it: collecting metrics fails, \/metrics answers HTTP 500 /,
  );
  assert.match(failure, /"stack":"Error: secret detail\\n +at /);
  assert.deepEqual(others, ['info: Metrics are collected again']);
});

test('readiness is 503 and names the sources until each has been tried, while health is 200', () =>
  withServer(
    {
      surface: {
        status: () => ({
          ...someStatus,
          ready: false,
          sources: [
            { name: 'growatt/default', state: 'failing', circuit: 'closed', intervalSeconds: 300 },
            { name: 'trucki/shed', state: 'starting', circuit: 'closed', intervalSeconds: 5 },
          ],
        }),
      },
    },
    async ({ url }) => {
      for (const path of ['/readyz', '/-/ready']) {
        const reply = await ask(url, { path });
        assert.equal(reply.status, 503);
        assert.equal(reply.body.toString(), 'not ready; not tried yet: trucki/shed\n');
      }
      assert.equal((await ask(`${url}/healthz`)).status, 200);
    },
  ));

test('the status JSON is the status', () =>
  withServer({}, async ({ url }) => {
    assert.deepEqual(JSON.parse((await ask(`${url}/api/v1/status`)).body.toString()), viewOf(someStatus));
  }));

test('a route that throws is 500 without a word about why, and the log has the stack', async () => {
  const log = memoryLog();
  await withServer(
    {
      log,
      surface: {
        status: () => {
          throw new Error('secret detail');
        },
      },
    },
    async ({ url }) => {
      const reply = await ask(url);
      assert.equal(reply.status, 500);
      assert.equal(reply.body.toString(), 'Internal error. See the log.\n');
    },
  );
  assert.match(
    log.lines.join(),
    /^error: Internal error, please report it: an HTTP request failed .*"stack":"Error: secret detail\\n +at /,
  );
});

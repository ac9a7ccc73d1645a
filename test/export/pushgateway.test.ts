import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { groupUrl, pushMetrics } from '../../src/export/pushgateway.ts';
import type { Pushgateway } from '../../src/export/pushgateway-settings.ts';
import { answering, startFakePushgateway } from './fake-pushgateway.ts';

const METRICS = '# HELP some_metric Help.\n# TYPE some_metric gauge\nsome_metric{n="1"} 1\n';

const gatewayAt = (url: string, changes: Partial<Pushgateway> = {}): Pushgateway => ({
  url,
  job: 'growatt_exporter',
  grouping: {},
  timeout: 5000,
  ...changes,
});

/** Pushes with a clock that does not wait. */
const push = (gateway: Pushgateway, signal = new AbortController().signal, clock = eager) =>
  pushMetrics(METRICS, { gateway, clock, fetch, signal });
const eager = { ...systemClock, sleep: async () => {} };

const failureOf = (gateway: Pushgateway): Promise<string> =>
  push(gateway).then(
    () => assert.fail('the push went well'),
    (error: Error) => error.message,
  );

test('the metrics replace the group of the job, in the text format', async (t) => {
  const gateway = await startFakePushgateway(t);
  await push(gatewayAt(gateway.url));
  const [pushed, ...more] = gateway.pushes;
  assert.deepEqual(more, []);
  assert.equal(pushed?.method, 'PUT');
  assert.equal(pushed.path, '/metrics/job/growatt_exporter');
  assert.equal(pushed.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(pushed.headers.authorization, undefined);
  assert.equal(pushed.body, METRICS);
});

test('a path before the Pushgateway is kept, and each grouping label is a part of the path', () => {
  const gateway = gatewayAt('https://gateway.example/push', { grouping: { instance: 'home', site: 'roof' } });
  assert.equal(
    groupUrl(gateway).href,
    'https://gateway.example/push/metrics/job/growatt_exporter/instance/home/site/roof',
  );
});

const PATHS: Readonly<Record<string, string>> = {
  'a b': 'site/a%20b',
  'ü100%+?#;&': 'site/%C3%BC100%25%2B%3F%23%3B%26',
  'a\\b': 'site/a%5Cb',
  '': 'site@base64/=',
  'a/b': 'site@base64/YS9i',
  '/var/tmp': 'site@base64/L3Zhci90bXA',
  '???/>>>': 'site@base64/Pz8_Lz4-Pg',
  '.': 'site@base64/Lg',
  '..': 'site@base64/Li4',
  '...': 'site/...',
  '\ud800': 'site/%EF%BF%BD',
};

for (const [value, path] of Object.entries(PATHS)) {
  test(`the grouping value ${JSON.stringify(value)} is written as ${path}`, () => {
    const gateway = gatewayAt('http://gateway:9091', { grouping: { site: value } });
    assert.equal(groupUrl(gateway).pathname, `/metrics/job/growatt_exporter/${path}`);
  });
}

test('an odd job is written like any other label', () => {
  assert.equal(groupUrl(gatewayAt('http://gateway', { job: 'a/b' })).pathname, '/metrics/job@base64/YS9i');
});

test('user and password of the URL travel as Basic authorization only', async (t) => {
  const gateway = await startFakePushgateway(t);
  await push(gatewayAt(`http://me:pass%40w%C3%B6rd@${gateway.host}`));
  const [pushed] = gateway.pushes;
  const encoded = pushed?.headers.authorization?.replace('Basic ', '') ?? '';
  assert.equal(Buffer.from(encoded, 'base64').toString(), 'me:pass@wörd');
  assert.equal(pushed?.headers.host, gateway.host);
});

test('a Pushgateway that fails by itself is asked three times', async (t) => {
  const recovering = await startFakePushgateway(t, (response, index) =>
    response.writeHead(index < 2 ? 503 : 202).end(),
  );
  await push(gatewayAt(recovering.url));
  assert.equal(recovering.pushes.length, 3);

  const broken = await startFakePushgateway(t, answering(502, '<html><h1>Bad\nGateway</h1></html>'));
  assert.equal(
    await failureOf(gatewayAt(broken.url)),
    `Push to ${broken.host}: refused (HTTP 502): Bad Gateway; see the log of the Pushgateway, or of the proxy in front of it`,
  );
  assert.equal(broken.pushes.length, 3);
});

test('a connection that breaks is tried again', async (t) => {
  const gateway = await startFakePushgateway(t, (response, index) =>
    index === 0 ? response.destroy() : response.end(),
  );
  await push(gatewayAt(gateway.url));
  assert.equal(gateway.pushes.length, 2);
});

test('a refused connection and a time-out say where and what to check', async (t) => {
  const gone = await startFakePushgateway(t);
  gone.close();
  assert.equal(
    (await failureOf(gatewayAt(gone.url))).replaceAll(gone.host, 'HOST'),
    'Push to HOST: no answer from HOST (connection refused); check PUSHGATEWAY_URL, and that the Pushgateway runs there',
  );
  const mute = await startFakePushgateway(t, () => {});
  assert.equal(
    await failureOf(gatewayAt(mute.url, { timeout: 100 })),
    `Push to ${mute.host}: no complete answer within 0.1 s; check PUSHGATEWAY_URL, or raise PUSHGATEWAY_TIMEOUT`,
  );
  assert.equal(mute.pushes.length, 3);
});

const CONFLICT = 'pushed metrics are invalid or inconsistent with existing metrics: "x" is not a GAUGE\n';
const REFUSALS: readonly (readonly [what: string, answer: ReturnType<typeof answering>, message: string])[] =
  [
    [
      'a conflict of types names the metric',
      answering(400, CONFLICT),
      `refused (HTTP 400): ${CONFLICT.trim()}; delete the group there that holds this metric with another type`,
    ],
    [
      'control characters, markup and length of the reason are cut',
      answering(400, `<b>no\u001b[31m\r\n\u2028</b>${'!'.repeat(1000)}`),
      `refused (HTTP 400): no [31m ${'!'.repeat(392)}…`,
    ],
    ['a refusal without words', answering(413), 'refused (HTTP 413)'],
    [
      'a missing password',
      answering(401, 'Unauthorized'),
      'not allowed (HTTP 401); check user and password in PUSHGATEWAY_URL',
    ],
    [
      'a forbidden path',
      answering(403),
      'not allowed (HTTP 403); check user and password in PUSHGATEWAY_URL',
    ],
    [
      'something else at the address',
      answering(404, 'not found'),
      'no Pushgateway at this address (HTTP 404); check PUSHGATEWAY_URL, which must end before /metrics/job',
    ],
    [
      'something that takes no PUT',
      answering(405),
      'no Pushgateway at this address (HTTP 405); check PUSHGATEWAY_URL, which must end before /metrics/job',
    ],
    [
      'a redirect is not followed',
      answering(301, '', { location: '/elsewhere' }),
      'HOST answered with a redirect (HTTP 301); PUSHGATEWAY_URL must be the address of the Pushgateway itself',
    ],
    [
      'an endless answer is cut off',
      answering(200, 'x'.repeat(100_000)),
      'the answer is larger than 65536 bytes; PUSHGATEWAY_URL must be the address of the Pushgateway itself',
    ],
  ];

for (const [what, answer, message] of REFUSALS) {
  test(`asked once and explained in one line: ${what}`, async (t) => {
    const gateway = await startFakePushgateway(t, answer);
    const failure = await failureOf(gatewayAt(`http://me:hunter2@${gateway.host}`));
    assert.equal(failure.replaceAll(gateway.host, 'HOST'), `Push to HOST: ${message}`);
    assert.doesNotMatch(failure, /hunter2|\p{Cc}/u);
    assert.equal(gateway.pushes.length, 1);
  });
}

test('an answer of 60 000 opening angle brackets is explained without delay', async (t) => {
  const gateway = await startFakePushgateway(t, answering(400, '<'.repeat(60_000)));
  const before = process.cpuUsage().user;
  assert.match(await failureOf(gatewayAt(gateway.url)), /refused \(HTTP 400\): <{400}…$/);
  assert.ok(process.cpuUsage().user - before < 2e6, 'less than two seconds');
});

test('stopping ends the push and the wait before the next try at once', async (t) => {
  const stopped = new AbortController();
  const mute = await startFakePushgateway(t, () => stopped.abort(new Error('stopped')));
  await assert.rejects(push(gatewayAt(mute.url), stopped.signal), /^Error: stopped$/);

  const waiting = new AbortController();
  const failing = await startFakePushgateway(t, answering(503));
  const clock = { ...systemClock, sleep: async () => waiting.abort(new Error('stopped')) };
  await assert.rejects(push(gatewayAt(failing.url), waiting.signal, clock), /^Error: stopped$/);
  assert.equal(failing.pushes.length, 1);
});

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { type ErrorKind, SourceError } from '../../../src/base/errors.ts';
import { GrowattClient } from '../../../src/sources/growatt/client.ts';
import { plainPolicy } from '../../helpers/context.ts';
import { always, deadAddress, scriptedServer } from '../../helpers/http.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const get = { method: 'GET', path: 'plant/data' } as const;
const post = { method: 'POST', path: 'device/tlx/tlx_last_data' } as const;
const v4 = { method: 'POST', path: 'v4/new-api/queryLastData' } as const;
const good = JSON.stringify({ data: { a: 1 }, error_code: 0, error_msg: '' });
const { signal } = new AbortController();

const clientFor = (baseUrl: string) =>
  new GrowattClient({ baseUrl, token: TOKEN, fetch, policy: plainPolicy, clock: systemClock });

async function startClient(t: TestContext, ...answer: Parameters<typeof always>) {
  const server = await scriptedServer(t, always(...answer));
  return { server, client: clientFor(server.url.origin) };
}

/** How a call fails that gets this answer. */
async function failure(
  t: TestContext,
  endpoint: typeof get | typeof v4,
  ...answer: Parameters<typeof always>
) {
  const { client } = await startClient(t, ...answer);
  const error = await client.call(endpoint, {}, signal).catch((reason) => reason);
  assert.ok(error instanceof SourceError, String(error));
  assert.doesNotMatch(error.message, new RegExp(TOKEN));
  return error;
}

test('GET parameters go into the query, and the token into its header alone', async (t) => {
  const { server, client } = await startClient(t, good);
  assert.deepEqual((await client.call(get, { plant_id: 'a b&c', page: 1 }, signal)).data, { a: 1 });
  const [request] = server.requests as [IncomingMessage];
  assert.equal(request.method, 'GET');
  assert.equal(request.url, '/v1/plant/data?plant_id=a+b%26c&page=1');
  assert.equal(request.headers.token, TOKEN);
  assert.equal(request.headers.authorization, undefined);
  assert.equal(request.headers['content-length'], undefined, 'and there is no body');
});

test('POST parameters go into a form, and none into the address', async (t) => {
  let body = '';
  const server = await scriptedServer(t, async (request, response) => {
    body = await text(request);
    response.end(good);
  });
  await clientFor(server.url.origin).call(post, { tlxs: 'A1,B2', pageNum: 1 }, signal);
  const [request] = server.requests as [IncomingMessage];
  assert.equal(request.method, 'POST');
  assert.equal(request.url, '/v1/device/tlx/tlx_last_data');
  assert.match(request.headers['content-type'] ?? '', /^application\/x-www-form-urlencoded/);
  assert.equal(body, 'tlxs=A1%2CB2&pageNum=1');
  assert.equal(request.headers.token, TOKEN);
});

test('a base URL may have a path, and v4 has a prefix of its own', async (t) => {
  const { server } = await startClient(t, JSON.stringify({ code: 0, data: {} }));
  const client = clientFor(`${server.url.origin}/proxy/growatt`);
  await client.call(v4, { deviceSn: 'A' }, signal);
  assert.equal(server.requests[0]?.url, '/proxy/growatt/v4/new-api/queryLastData');
});

test('each error code of v1 has its kind', async (t) => {
  const kinds: [number | string, ErrorKind][] = [
    [-1, 'unauthorized'],
    [10001, 'server'],
    [10002, 'missing'],
    [10003, 'missing'],
    [10004, 'refused'],
    [10005, 'missing'],
    [10006, 'refused'],
    [10011, 'unauthorized'],
    ['10011', 'unauthorized'],
    [10012, 'rate-limited'],
    ['10012', 'rate-limited'],
    [10013, 'refused'],
    [4711, 'refused'],
  ];
  for (const [code, kind] of kinds) {
    const body = JSON.stringify({ error_code: code, error_msg: 'error_words', data: '' });
    const error = await failure(t, get, body);
    assert.equal(error.kind, kind, String(code));
    assert.equal(error.message, `plant/data: ${code} error_words`);
  }
});

test('each error code of v4 has its kind', async (t) => {
  const kinds: [number, ErrorKind][] = [
    [-1, 'unauthorized'],
    [1, 'server'],
    [2, 'unauthorized'],
    [3, 'unauthorized'],
    [4, 'missing'],
    [7, 'refused'],
    [11, 'refused'],
    [12, 'unauthorized'],
    [100, 'rate-limited'],
    [101, 'unauthorized'],
    [102, 'rate-limited'],
  ];
  for (const [code, kind] of kinds) {
    const error = await failure(t, v4, JSON.stringify({ code, message: 'WORDS', data: null }));
    assert.equal(error.kind, kind, String(code));
  }
});

test('10012 is a rate limit unless its text says that something does not exist', async (t) => {
  const kindOf = async (error_msg: unknown) =>
    (await failure(t, get, JSON.stringify({ error_code: 10012, error_msg }))).kind;
  assert.equal(await kindOf('error_frequently_access'), 'rate-limited');
  assert.equal(await kindOf('error_device does not exist'), 'missing');
  assert.equal(await kindOf('error_Plant not found'), 'missing');
  assert.equal(await kindOf(null), 'rate-limited');
  assert.equal(await kindOf(undefined), 'rate-limited');
});

test('an error code of 0 as text is a success, and none at all is not the API', async (t) => {
  const { client } = await startClient(t, JSON.stringify({ error_code: '0', data: {} }));
  await client.call(get, {}, signal);
  for (const body of ['{}', '{"code":0}', '{"error_code":null}', '{"error_code":"none"}']) {
    const { kind, message } = await failure(t, get, body);
    assert.equal(kind, 'malformed');
    assert.match(message, /not Growatt's API/);
  }
});

test('HTTP 429 waits as long as Retry-After says, in seconds or as a date, at most a day', async (t) => {
  const retryAfter = async (value?: string) => {
    const headers = value === undefined ? {} : { 'Retry-After': value };
    const error = await failure(t, get, '<html>', { status: 429, headers });
    assert.equal(error.kind, 'rate-limited');
    return error.retryAfter;
  };
  assert.equal(await retryAfter(), undefined);
  assert.equal(await retryAfter('120'), 120_000);
  assert.equal(await retryAfter('0'), undefined);
  assert.equal(await retryAfter('soon'), undefined);
  assert.equal(await retryAfter('-5'), undefined);
  assert.equal(await retryAfter('99999999999999999999'), 86_400_000);
  assert.equal(await retryAfter(new Date(0).toUTCString()), undefined);
  const inTenMinutes = await retryAfter(new Date(Date.now() + 600_000).toUTCString());
  assert.ok(inTenMinutes && inTenMinutes > 590_000 && inTenMinutes <= 600_000);
});

test('JSON is read whatever its content type, with a byte-order mark and stray NULs', async (t) => {
  const headers = { 'Content-Type': 'text/html;charset=UTF-8' };
  const { client } = await startClient(t, `\uFEFF${good.replace('"a"', '"a\0"')}\0`, { headers });
  assert.deepEqual((await client.call(get, {}, signal)).data, { a: 1 });
});

test('web pages, broken JSON and errors of servers say what came', async (t) => {
  const page = '<!DOCTYPE html><form data-name="login">';
  const cases: [ErrorKind, RegExp, ...Parameters<typeof always>][] = [
    ['malformed', /web page/, page],
    ['malformed', /HTTP 405: a web page/, page, { status: 405 }],
    ['malformed', /HTTP 403: a web page/, page, { status: 403 }],
    ['malformed', /empty/, ''],
    ['malformed', /cut off/, good.slice(0, 20)],
    ['malformed', /not a JSON object/, '[1]'],
    ['malformed', /redirect/, '', { status: 302, headers: { location: '/login' } }],
    ['server', /HTTP 500/, page, { status: 500 }],
    ['server', /HTTP 502/, good, { status: 502 }],
  ];
  for (const [kind, message, ...answer] of cases) {
    const error = await failure(t, get, ...answer);
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
  }
});

test('an answer of 4 MiB is read, a larger one is refused', async (t) => {
  const padded = (length: number) => good + ' '.repeat(length - good.length);
  const { client } = await startClient(t, padded(4 * 1024 * 1024));
  assert.deepEqual((await client.call(get, {}, signal)).data, { a: 1 });
  const error = await failure(t, get, padded(4 * 1024 * 1024 + 1));
  assert.equal(error.kind, 'malformed');
  assert.match(error.message, /^plant\/data: .*4/);
});

test('the message of an error is one tidy line, whatever the cloud writes into it', async (t) => {
  const error_msg = `a\n\u001b[31mb${'x'.repeat(10_000)}`;
  const { message } = await failure(t, get, JSON.stringify({ error_code: 4711, error_msg }));
  assert.match(message, /^plant\/data: 4711 a \[31mbx+$/);
  assert.ok(message.length < 300);
});

test('a cloud that does not listen is unreachable', async () => {
  const address = await deadAddress();
  const call = clientFor(`http://${address}`).call(get, {}, signal);
  await assert.rejects(call, {
    kind: 'unreachable',
    message: `plant/data: no answer from ${address} (connection refused)`,
  });
});

test('an aborted call ends with the reason of its signal', async (t) => {
  const server = await scriptedServer(t, () => {});
  const controller = new AbortController();
  const call = clientFor(server.url.origin).call(get, {}, controller.signal);
  controller.abort(new Error('stopped'));
  await assert.rejects(call, /stopped/);
});

test('a cloud that quotes the token in an error or a name brings it into no message and no answer', async (t) => {
  const quoting = JSON.stringify({ error_code: 10005, error_msg: `no access with ${TOKEN}` });
  const { client } = await startClient(t, quoting);
  await assert.rejects(client.call(get, {}, signal), (error: Error) => {
    assert.match(error.message, /no access with \[redacted\]/);
    return true;
  });
  const named = await startClient(t, JSON.stringify({ error_code: 0, data: { name: TOKEN } }));
  assert.deepEqual(await named.client.call(get, {}, signal), { error_code: 0, data: { name: '[redacted]' } });
});

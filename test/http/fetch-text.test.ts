import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { SourceError } from '../../src/base/errors.ts';
import { fetchText, type TextRequest } from '../../src/http/fetch-text.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';
import { always, deadAddress, scriptedServer } from '../helpers/http.ts';

const ask = (url: URL | string, changes: Partial<TextRequest> = {}, fetch = nodeFetch) =>
  fetchText(fetch, new URL(url), {
    signal: new AbortController().signal,
    maxBytes: 1000,
    what: 'plant/list',
    ...changes,
  });

const failsAs = (kind: string, message: string | RegExp) => (error: unknown) => {
  assert.ok(error instanceof SourceError, String(error));
  assert.equal(error.kind, kind);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  return true;
};

/** A fetch that fails the way Node's does for this reason. */
function failing(...codes: string[]): typeof globalThis.fetch {
  const causes = codes.map((code) => Object.assign(new Error(`because of ${code}`), { code }));
  const cause = causes.length > 1 ? new AggregateError(causes) : causes[0];
  return async () => {
    throw new TypeError('fetch failed', { cause });
  };
}

test('an answer is its status, its headers and its text, whatever the status', async (t) => {
  const server = await scriptedServer(t, always('{"ok":true}', { headers: { 'Retry-After': '7' } }));
  const answer = await ask(server.url);
  assert.deepEqual(
    [answer.status, answer.text, answer.headers.get('retry-after')],
    [200, '{"ok":true}', '7'],
  );
  server.script(always('gone', { status: 503 }));
  assert.deepEqual([(await ask(server.url)).status, (await ask(server.url)).text], [503, 'gone']);
});

test('a form goes out as a form, a header as a header', async (t) => {
  const bodies: string[] = [];
  const server = await scriptedServer(t, async (request, response) => {
    bodies.push(`${request.headers['content-type']?.split(';')[0]} ${request.headers.token}`);
    for await (const chunk of request) bodies.push(String(chunk));
    response.end();
  });
  await ask(server.url, {
    method: 'POST',
    headers: { token: 'abc' },
    form: new URLSearchParams({ sn: 'A&B', page: '1' }),
  });
  assert.deepEqual(bodies, ['application/x-www-form-urlencoded abc', 'sn=A%26B&page=1']);
});

test('a closed port is a refused connection', async () => {
  const address = await deadAddress();
  await assert.rejects(
    ask(`http://${address}`),
    failsAs('unreachable', `plant/list: no answer from ${address} (connection refused)`),
  );
});

test('reasons that Node hides in causes are given in words', async () => {
  const cases: [string[], string][] = [
    [['ENOTFOUND'], 'no such host'],
    [['EAI_AGAIN'], 'host name lookup failed'],
    [['ECONNREFUSED', 'ENETUNREACH'], 'connection refused'],
    [['UND_ERR_CONNECT_TIMEOUT'], 'connection timed out'],
    [['DEPTH_ZERO_SELF_SIGNED_CERT'], 'its certificate is not trusted'],
    [['CERT_HAS_EXPIRED'], 'its certificate has expired'],
    [['ERR_TLS_CERT_ALTNAME_INVALID'], 'its certificate is for another name'],
    [['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'], 'the TLS connection failed'],
    [['ERR_STREAM_PREMATURE_CLOSE'], 'connection closed by the server'],
    [['EOTHER'], 'the connection failed'],
    [['ERR_SOMETHING_NEW'], 'the connection failed'],
    [['lower-case'], 'the connection failed'],
  ];
  for (const [codes, words] of cases) {
    await assert.rejects(
      ask('https://cloud.example/v1', {}, failing(...codes)),
      failsAs('unreachable', `plant/list: no answer from cloud.example (${words})`),
    );
  }
});

test('a plain HTTP server asked for TLS is no answer, not a crash', async (t) => {
  const server = await scriptedServer(t, always('{}'));
  await assert.rejects(
    ask(`https://${server.address}`),
    failsAs('unreachable', /\(the server does not use TLS\)$/),
  );
});

test('a connection that is cut is unreachable, before the answer and in the middle of it', async (t) => {
  const server = await scriptedServer(t, (_request, response) => response.socket?.resetAndDestroy());
  const closed = /no answer from .* \(connection closed by the server\)$/;
  await assert.rejects(ask(server.url), failsAs('unreachable', closed));
  server.script((_request, response) => {
    response.writeHead(200, { 'Content-Length': '500' }).write('{"a":');
    setImmediate(() => response.destroy());
  });
  await assert.rejects(ask(server.url), failsAs('unreachable', closed));
});

test('an abort ends a hanging exchange at once, with the reason given', async (t) => {
  const hangs = [
    () => {},
    (_request: unknown, response: ServerResponse) => {
      response.writeHead(200).write('{"data":');
    },
  ];
  for (const hang of hangs) {
    const abort = new AbortController();
    const server = await scriptedServer(t, (request, response) => {
      hang(request, response);
      setImmediate(() => abort.abort(new Error('enough')));
    });
    await assert.rejects(ask(server.url, { signal: abort.signal }), { message: 'enough' });
  }
});

test('with an aborted signal nothing is asked', async (t) => {
  const server = await scriptedServer(t, always('{}'));
  await assert.rejects(ask(server.url, { signal: AbortSignal.abort(new Error('over')) }), {
    message: 'over',
  });
  assert.equal(server.requests.length, 0);
});

test('an answer may be as large as allowed, and not a byte larger', async (t) => {
  const server = await scriptedServer(t, always('x'.repeat(1000)));
  assert.equal((await ask(server.url)).text.length, 1000);
  server.script(always('x'.repeat(1001)));
  await assert.rejects(
    ask(server.url),
    failsAs('malformed', 'plant/list: the answer is larger than 1000 bytes'),
  );
});

test('an endless answer is cut off', async (t) => {
  let closed = false;
  const server = await scriptedServer(t, (_request, response) => {
    const pour = () => void (response.destroyed || response.write('x'.repeat(10_000), pour));
    response.once('close', () => {
      closed = true;
    });
    pour();
  });
  await assert.rejects(ask(server.url), failsAs('malformed', /larger than/));
  while (!closed) await new Promise(setImmediate);
});

test('what counts is the size after decompression', async (t) => {
  const headers = { 'Content-Encoding': 'gzip' };
  const server = await scriptedServer(t, always(gzipSync('x'.repeat(900)), { headers }));
  assert.equal((await ask(server.url)).text.length, 900);
  server.script(always(gzipSync(Buffer.alloc(20_000_000)), { headers }));
  await assert.rejects(ask(server.url), failsAs('malformed', /larger than/));
  server.script(always('not gzip at all', { headers }));
  await assert.rejects(ask(server.url), failsAs('malformed', /sends a compressed answer that is damaged$/));
});

test('a long compressed answer of a server that closes the connection is read to its end', async (t) => {
  const text = randomBytes(300_000).toString('hex');
  const headers = { 'Content-Encoding': 'gzip', Connection: 'close' };
  const server = await scriptedServer(t, always(gzipSync(text), { headers }));
  for (const _ of [1, 2, 3]) assert.equal((await ask(server.url, { maxBytes: 1e6 })).text, text);
  server.script(always(deflateSync(text), { headers: { ...headers, 'Content-Encoding': 'deflate' } }));
  assert.equal((await ask(server.url, { maxBytes: 1e6 })).text, text);
});

test('an answer without a body is an empty text', async (t) => {
  const server = await scriptedServer(t, always('', { status: 204 }));
  assert.deepEqual(await ask(server.url).then(({ status, text }) => [status, text]), [204, '']);
});

test('a redirect is an error wherever it leads', async (t) => {
  const elsewhere = await scriptedServer(t, always('{}'));
  for (const status of [301, 302, 303, 307, 308]) {
    const server = await scriptedServer(t, always('', { status, headers: { Location: elsewhere.url.href } }));
    for (const fetch of [nodeFetch, globalThis.fetch]) {
      await assert.rejects(
        ask(server.url, { headers: { token: 'secret' } }, fetch),
        failsAs('malformed', `plant/list: ${server.address} answered with a redirect (HTTP ${status})`),
      );
    }
  }
  assert.equal(elsewhere.requests.length, 0);
});

test('the connection of a redirect with an endless body is closed', async (t) => {
  const closed = Promise.withResolvers<void>();
  const server = await scriptedServer(t, (_request, response) => {
    response.writeHead(302, { location: '/elsewhere' }).write('moved');
    response.once('close', () => closed.resolve());
  });
  await assert.rejects(ask(server.url), failsAs('malformed', /answered with a redirect \(HTTP 302\)$/));
  await closed.promise;
});

test('text is UTF-8 also where a character is split between two chunks', async (t) => {
  const [first, second] = [Buffer.from('{"a":"é"}').subarray(0, 7), Buffer.from('{"a":"é"}').subarray(7)];
  const server = await scriptedServer(t, (_request, response) => {
    response.write(first, () => setImmediate(() => response.end(second)));
  });
  assert.equal((await ask(server.url)).text, '{"a":"é"}');
});

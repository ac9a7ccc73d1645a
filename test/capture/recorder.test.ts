import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { writeCase } from '../../src/capture/case-folder.ts';
import { Recorder } from '../../src/capture/recorder.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';
import { scriptedServer } from '../helpers/http.ts';

test('an answer is recorded as it came, and reaches its reader', async (t) => {
  const text = '\uFEFF{"name":"Süd"}\0\n';
  const server = await scriptedServer(t, (_request, response) => response.end(text));
  const recorder = new Recorder(nodeFetch);
  const form = new URLSearchParams({ tlxs: 'A,B', pageNum: '1' });
  const headers = { token: 'a-secret' };
  const posted = await recorder.fetch(new URL('/v1/x?y=1', server.url), {
    method: 'POST',
    body: form,
    headers,
  });
  assert.equal(String(await buffer(posted.body!)), text);
  assert.equal(posted.status, 200);
  assert.deepEqual(recorder.exchanges, [
    {
      method: 'POST',
      path: '/v1/x',
      params: [
        ['y', '1'],
        ['tlxs', 'A,B'],
        ['pageNum', '1'],
      ],
      status: 200,
      body: text,
      complete: true,
    },
  ]);
});

test('of a call that is repeated the last answer counts, at the place of the first', async (t) => {
  let calls = 0;
  const server = await scriptedServer(t, (_request, response) => {
    response.writeHead(++calls === 1 ? 502 : 200).end();
  });
  const recorder = new Recorder(nodeFetch);
  for (const path of ['/a', '/b', '/a'])
    await buffer((await recorder.fetch(new URL(path, server.url))).body!);
  assert.deepEqual(
    recorder.exchanges.map(({ path, status }) => [path, status]),
    [
      ['/a', 200],
      ['/b', 200],
    ],
  );
});

test('an answer that is not read to its end is not complete', async (t) => {
  const server = await scriptedServer(t, (_request, response) => {
    response.write('{"half":');
  });
  const recorder = new Recorder(nodeFetch);
  const { body } = await recorder.fetch(server.url);
  for await (const _chunk of body ?? []) break;
  const [exchange] = recorder.exchanges;
  assert.equal(exchange?.body, '{"half":');
  assert.equal(exchange?.complete, false);
});

test('a file that appeared meanwhile is not replaced', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'case.json'), 'mine');
  assert.throws(() => writeCase(folder, new Map([['case.json', '{}']])), { code: 'EEXIST' });
});

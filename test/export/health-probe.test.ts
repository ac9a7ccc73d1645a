import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { probeHealth } from '../../src/export/health-probe.ts';
import { deadAddress, scriptedServer } from '../helpers/http.ts';
import { withServer } from './fake-surface.ts';
import { gatedServer, TLS } from './web/support.ts';

const timeout = 5_000;
const HASH = '$2b$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';
const REQUIRED = '  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n';

for (const [what, webConfig, message] of [
  ['nothing', '', /^http:.* answers \(200\)\.$/],
  ['users', `basic_auth_users: {alice: ${HASH}}\n`, /^http:.* asks for a password, so it answers \(401\)\.$/],
  [
    'a rate limit that is used up',
    'rate_limit: {interval: 1h}\n',
    /limits requests, so it answers \(429\)\.$/,
  ],
  ['TLS', TLS, /^https:.* answers \(200\)\.$/],
  ['TLS and users', `${TLS}basic_auth_users: {alice: ${HASH}}\n`, /^https:.* asks for a password/],
  ['client certificates', TLS + REQUIRED, /^https:.* asks for a client certificate, so it answers\.$/],
  [
    'client certificates up to TLS 1.2',
    `${TLS}${REQUIRED}  max_version: TLS12\n`,
    /asks for a client certificate/,
  ],
  [
    'any client certificate',
    `${TLS}  client_auth_type: RequireAnyClientCert\n`,
    /asks for a client certificate/,
  ],
  ['nothing older than TLS 1.3', `${TLS}  min_version: TLS13\n`, /^https:.* answers \(200\)\.$/],
  [
    'one old suite',
    `${TLS}  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA]\n  max_version: TLS12\nhttp_server_config: {http2: no}\n`,
    /^https:.* answers \(200\)\.$/,
  ],
] as const) {
  test(`An agent with ${what} in its web configuration is healthy`, async (t) => {
    const { address } = await gatedServer(t, webConfig);
    const health = await probeHealth({ ...address, timeout });
    assert.match(health.message, message);
    assert.equal(health.healthy, true);
  });
}

for (const [host, listen] of [
  [undefined, undefined],
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['localhost', 'localhost'],
] as const) {
  test(`An agent that listens on ${listen ?? 'all interfaces'} is found`, () =>
    withServer({ listen: { host: listen, port: 0 } }, async ({ address: { port } }) => {
      assert.equal((await probeHealth({ host, port, timeout })).healthy, true);
    }));
}

test('Where nothing listens there is no healthy agent', async () => {
  const [host = '', port] = (await deadAddress()).split(':');
  assert.deepEqual(await probeHealth({ host, port: Number(port), timeout }), {
    healthy: false,
    message: `http://${host}:${port}/healthz does not answer: nothing listens there.`,
  });
});

test('A server that is not the agent is not healthy', async (t) => {
  for (const status of [204, 302, 400, 404, 500, 503]) {
    const { url } = await scriptedServer(t, (_request, response) => response.writeHead(status).end());
    const health = await probeHealth({ host: url.hostname, port: Number(url.port), timeout });
    assert.deepEqual(
      [health.healthy, health.message.replace(/.* answers/, '')],
      [false, ` ${status}; is it this agent?`],
    );
  }
});

for (const [what, script, message] of [
  ['says nothing', () => {}, /it took too long/],
  ['closes at once', (socket: { destroy(): void }) => socket.destroy(), /the connection was closed/],
  [
    'speaks something else',
    (socket: { end(text: string): void }) => socket.end('hello\r\n'),
    /no HTTP came back/,
  ],
] as const) {
  test(`A server that ${what} is not healthy`, async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      script(socket);
      t.after(() => socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as { port: number };
    const health = await probeHealth({ host: '127.0.0.1', port, timeout: 300 });
    assert.equal(health.healthy, false);
    assert.match(health.message, message);
  });
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicCredentials } from '../../../src/export/web/basic-auth.ts';
import { tokenBucket } from '../../../src/export/web/rate-limit.ts';
import { ask } from '../http-client.ts';
import { askSecurely, basic, gatedServer, TLS } from './support.ts';

/** Of the password `password`, with a cost of 4: quick. */
const HASH = '$2y$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';
const USERS = `basic_auth_users: {alice: ${HASH}}\n`;
const HEADERS =
  'http_server_config: {headers: {X-Frame-Options: deny, Content-Security-Policy: "default-src https:"}}\n';

const PATHS = ['/', '/metrics', '/api/v1/status', '/healthz', '/-/healthy', '/readyz', '/-/ready'];

test('With users each path asks for a password, also one that does not exist', async (t) => {
  const { url } = await gatedServer(t, USERS);
  for (const path of [...PATHS, '/nothing']) {
    const { status, headers, body } = await ask(url + path);
    assert.deepEqual(
      [status, headers['www-authenticate'], String(body)],
      [401, 'Basic', 'Unauthorized\n'],
      path,
    );
  }
  const headers = { authorization: basic('alice', 'password') };
  for (const path of PATHS) assert.equal((await ask(url + path, { headers })).status, 200, path);
  assert.equal((await ask(`${url}/nothing`, { headers })).status, 404);
  assert.equal((await ask(url, { method: 'POST', headers })).status, 405);
  assert.equal((await ask(url, { method: 'POST' })).status, 401);
});

test('Users work over TLS', async (t) => {
  const { url } = await gatedServer(t, TLS + USERS);
  assert.equal((await askSecurely(url)).status, 401);
  assert.equal(
    (await askSecurely(url, { headers: { authorization: basic('alice', 'password') } })).status,
    200,
  );
});

for (const [what, user, password] of [
  ['a wrong password', 'alice', 'passwort'],
  ['no password', 'alice', ''],
  ['an unknown user', 'bob', 'password'],
  ['no user', '', 'password'],
  ['a name of an object', '__proto__', 'password'],
] as const) {
  test(`A request with ${what} is refused`, async (t) => {
    const { url } = await gatedServer(t, USERS);
    const headers = { authorization: basic(user, password) };
    for (let repeat = 0; repeat < 2; repeat++) assert.equal((await ask(url, { headers })).status, 401);
  });
}

test('Credentials are read as by Go: any case of Basic, one space, whole base64, the first colon', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const alice = { user: 'alice', password: 'a:b' };
  assert.deepEqual(basicCredentials(basic('alice', 'a:b')), alice);
  assert.deepEqual(basicCredentials(`bAsIC ${encoded('alice:a:b')}`), alice);
  assert.deepEqual(basicCredentials(basic('', 'ü')), { user: '', password: 'ü' });
  for (const header of [
    undefined,
    '',
    'Basic',
    'Basic ',
    `Basic  ${encoded('alice:a:b')}`,
    `Bearer ${encoded('alice:a:b')}`,
    `Basic ${encoded('alice')}`,
    `Basic ${encoded('alice:a:bc').replace(/=+$/, '')}`,
    `Basic ${encoded('alice:a:b')} `,
    'Basic a-b_',
  ]) {
    assert.equal(basicCredentials(header), undefined, header);
  }
});

test('The headers of the file are on every answer but 429, and beat the own ones', async (t) => {
  const { url, folder } = await gatedServer(t, HEADERS);
  for (const path of ['/', '/metrics', '/nothing']) {
    const { headers } = await ask(url + path);
    assert.equal(headers['x-frame-options'], 'deny', path);
    assert.equal(headers['content-security-policy'], 'default-src https:', path);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
  }
  folder.write('web.yml', HEADERS + USERS);
  const refused = await ask(url);
  assert.deepEqual([refused.status, refused.headers['x-frame-options']], [401, 'deny']);
  folder.write('web.yml', `${HEADERS}rate_limit: {interval: 1h}\n`);
  const limited = await ask(url);
  assert.deepEqual([limited.status, limited.headers['x-frame-options']], [429, undefined]);
});

test('Requests beyond the rate limit are answered 429, on every path and before the password', async (t) => {
  let now = 0;
  const text = `${USERS}rate_limit: {interval: 1s, burst: 2}\n`;
  const { url, lines } = await gatedServer(t, text, { now: () => now });
  const statuses = async (count: number) =>
    await Promise.all(Array.from({ length: count }, async () => (await ask(`${url}/healthz`)).status));
  assert.deepEqual((await statuses(3)).toSorted(), [401, 401, 429]);
  now += 1_000;
  assert.deepEqual((await statuses(2)).toSorted(), [401, 429]);
  assert.deepEqual(lines, []);
});

test('A bucket fills while nothing is asked, up to the burst', () => {
  let now = 0;
  const allows = tokenBucket({ interval: 100, burst: 2 }, () => now);
  const asked = (count: number) => Array.from({ length: count }, allows);
  assert.deepEqual(asked(3), [true, true, false]);
  now = 150;
  assert.deepEqual(asked(2), [true, false]);
  now = 200;
  assert.deepEqual(asked(2), [true, false]);
  now = 10_000;
  assert.deepEqual(asked(3), [true, true, false]);
  const none = tokenBucket({ interval: 100, burst: 0 }, () => now);
  now = 20_000;
  assert.equal(none(), false);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { Gate } from '../../../src/export/web/gate.ts';
import { loadWebConfig } from '../../../src/export/web/watched-file.ts';
import { memoryLog } from '../../helpers/log.ts';
import { ask } from '../http-client.ts';
import { askSecurely, basic, type GatedServer, gatedServer, pem, TLS, webFolder } from './support.ts';

const HASH = '$2b$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';
const USERS = `basic_auth_users: {alice: ${HASH}}\n`;
const REFUSED = 'error: Reloading the web configuration failed, the previous one stays in use';
const READ_AGAIN = 'info: Web configuration FILE reloaded';

/** Lines of the log without what differs. */
const messages = ({ lines }: Pick<GatedServer, 'lines'>) =>
  lines.map((line) => line.replace(/(?<=in use): .*$/, '').replace(/\/\S*/, 'FILE'));

test('Users that are added, changed and removed count from the next request on', async (t) => {
  const server = await gatedServer(t, 'rate_limit:\n');
  const status = async () =>
    (await ask(server.url, { headers: { authorization: basic('alice', 'password') } })).status;
  assert.equal((await ask(server.url)).status, 200);
  server.folder.write('web.yml', USERS);
  assert.equal((await ask(server.url)).status, 401);
  assert.equal(await status(), 200);
  server.folder.write('web.yml', USERS.replace('alice', 'bob'));
  assert.equal(await status(), 401);
  server.folder.write('web.yml', 'basic_auth_users: {}\n');
  assert.equal((await ask(server.url)).status, 200);
  assert.deepEqual(messages(server), Array(3).fill(READ_AGAIN));
});

for (const [what, broken] of [
  ['is broken', 'basic_auth_users: [\n'],
  ['holds nothing, as while it is being written', ''],
  ['turns TLS on', USERS + TLS],
] as const) {
  test(`A file that ${what} is refused once, and the one before stays in use`, async (t) => {
    const server = await gatedServer(t, USERS);
    server.folder.write('web.yml', broken);
    for (let repeat = 0; repeat < 3; repeat++) assert.equal((await ask(server.url)).status, 401);
    assert.deepEqual(messages(server), [REFUSED]);
    assert.match(String(server.lines), /web\.yml: /);
    server.folder.write('web.yml', `${USERS}# repaired\n`);
    assert.equal((await ask(server.url)).status, 401);
    assert.deepEqual(messages(server), [REFUSED, READ_AGAIN]);
  });
}

test('A file that goes is refused, and read again when it comes back', async (t) => {
  const server = await gatedServer(t, USERS);
  rmSync(server.folder.file);
  assert.equal((await ask(server.url)).status, 401);
  assert.match(String(server.lines), /web\.yml: does not exist/);
  server.folder.write('web.yml', USERS);
  assert.equal((await ask(server.url)).status, 401);
  assert.deepEqual(messages(server), [REFUSED, READ_AGAIN]);
});

test('A file that is read anew because somebody asks for it is refused to them, and else used when they say so', async (t) => {
  const folder = webFolder(t, USERS);
  const log = memoryLog();
  const gate = new Gate({ path: folder.file, log });
  t.after(() => gate.close());
  folder.write('web.yml', 'basic_auth_users: [\n');
  assert.throws(() => gate.prepare(), /web\.yml: /);
  assert.equal(gate.tls, undefined);
  assert.deepEqual(log.lines, [], 'it is named to who asks, not a second time');
  folder.write('web.yml', USERS + TLS);
  assert.throws(() => gate.prepare(), /turning TLS on or off needs a restart/);
  folder.write('web.yml', `${USERS}# repaired\n`);
  gate.prepare()();
  assert.equal(gate.tls, undefined);
  assert.deepEqual(log.lines, []);
});

/** Serial number of the certificate that a new connection gets. */
async function servedSerial({ address }: GatedServer): Promise<string> {
  const socket = connect({ port: address.port, ca: pem('ca.pem') });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test('A renewed certificate is served from the next connection on, once its key is there too', async (t) => {
  const server = await gatedServer(t, TLS);
  const first = await servedSerial(server);
  const held = connect({ port: server.address.port, ca: pem('ca.pem') });
  t.after(() => held.destroy());
  await once(held, 'secureConnect');
  server.folder.write('server.pem', pem('renewed.pem'));
  assert.equal(await servedSerial(server), first);
  server.folder.write('server.key', pem('renewed.key'));
  assert.notEqual(await servedSerial(server), first);
  assert.deepEqual(messages(server), [REFUSED, READ_AGAIN]);
  held.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(String((await once(held, 'data'))[0]), /^HTTP\/1\.1 200 /);
});

test('A mistake in a certificate is repaired without touching the file that names it', async (t) => {
  const server = await gatedServer(t, TLS);
  rmSync(join(server.folder.path, 'server.pem'));
  assert.equal((await askSecurely(`${server.url}/healthz`)).status, 200);
  server.folder.write('server.pem', pem('server.pem'));
  assert.equal((await askSecurely(`${server.url}/healthz`)).status, 200);
  assert.deepEqual(messages(server), [REFUSED, READ_AGAIN]);
});

test('TLS that is to be turned off stays on', async (t) => {
  const server = await gatedServer(t, TLS);
  server.folder.write('web.yml', USERS);
  assert.equal((await askSecurely(`${server.url}/healthz`)).status, 200);
  assert.match(String(server.lines), /tls_server_config: turning TLS on or off needs a restart/);
});

test('Client certificates asked for later are asked of new connections', async (t) => {
  const server = await gatedServer(t, TLS);
  assert.equal((await askSecurely(`${server.url}/healthz`)).status, 200);
  server.folder.write('web.yml', `${TLS}  client_auth_type: RequireAnyClientCert\n`);
  await assert.rejects(askSecurely(`${server.url}/healthz`));
});

test('A file behind a link that is turned elsewhere, as Kubernetes does, is read again', (t) => {
  const { path } = webFolder(t, '');
  for (const [folder, text] of [
    ['one', USERS],
    ['two', `${USERS}  bob: ${HASH}\n`.replace(/\{(.*)\}/, '\n  $1')],
  ] as const) {
    mkdirSync(join(path, folder));
    writeFileSync(join(path, folder, 'web.yml'), text);
  }
  symlinkSync('one', join(path, 'data'));
  symlinkSync('data/web.yml', join(path, 'linked.yml'));
  const log = memoryLog();
  const gate = new Gate({ path: join(path, 'linked.yml'), log });
  symlinkSync('two', join(path, 'next'));
  renameSync(join(path, 'next'), join(path, 'data'));
  assert.equal(gate.tls, undefined);
  assert.match(String(log.lines), /reloaded/);
});

test('Looking for a change costs little', (t) => {
  const gate = new Gate({ path: webFolder(t, TLS).file, log: memoryLog() });
  const began = performance.now();
  for (let count = 0; count < 1_000; count++) assert.ok(gate.tls);
  assert.ok(performance.now() - began < 500);
});

test('A file that cannot be read by this user is an error in plain words', (t) => {
  const { path } = webFolder(t, '');
  assert.throws(() => loadWebConfig(path), { message: `${path}: is a directory` });
});

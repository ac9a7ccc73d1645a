import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { deadAddress } from '../helpers/http.ts';
import { startChild } from './child.ts';

/** An agent with a stick that does not answer, and its own folder. */
async function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    TRUCKI_TARGETS: await deadAddress(),
    TRUCKI_INTERVAL: '1h',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    STATE_DIR: folder,
  };
  const start = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    startChild(t, args, { ...env, ...more });
  return { folder, start };
}

test('a second agent on one state folder says who holds it and exits with 1; check and discover do not mind', async (t) => {
  const { start } = await setUp(t);
  const first = start([]);
  await first.says(/Serving metrics/);
  const backfill = { GROWATT_TOKEN: 'a-token', GROWATT_BASE_URL: `http://${await deadAddress()}` };
  const others = [
    start([]),
    start([], { EXPORTER_MODE: 'push', PUSHGATEWAY_URL: `http://${await deadAddress()}` }),
    start(['backfill', '--from', '2026-01-01', '--to', '2026-01-01'], backfill),
  ];
  for (const other of others) {
    assert.equal(await other.ended, 1);
    const { pid } = first.process;
    const holder = `in use by solar-otel-agent run, pid ${pid} on ${hostname()}, since 2`;
    assert.ok(other.err().includes(holder), other.err());
    assert.match(other.err(), /Stop it, or set another STATE_DIR for this one\.\n$/);
  }
  assert.equal(await start(['check']).ended, 0);
  const discover = start(['discover']);
  assert.equal(await discover.ended, 1);
  assert.doesNotMatch(discover.err(), /in use/);
  first.process.kill();
  assert.equal(await first.ended, 0);
});

test('what an agent that was killed left behind is no obstacle', async (t) => {
  const { folder, start } = await setUp(t);
  const first = start([]);
  await first.says(/Serving metrics/);
  first.process.kill('SIGKILL');
  assert.equal(await first.ended, 'SIGKILL');
  assert.equal(readdirSync(folder).filter((name) => name.endsWith('.sock')).length, 1);
  const second = start([]);
  await second.says(/Serving metrics/);
  second.process.kill();
  assert.equal(await second.ended, 0);
  assert.doesNotMatch(second.err(), /in use|\.sock/);
  assert.deepEqual(readdirSync(folder), ['state.json']);
});

test('an agent that was stopped still holds its folder', async (t) => {
  const { start } = await setUp(t);
  const first = start([]);
  await first.says(/Serving metrics/);
  first.process.kill('SIGSTOP');
  const second = start([]);
  assert.equal(await second.ended, 1);
  assert.match(second.err(), /is in use by a process that does not say which it is/);
});

test('a state folder that cannot be written ends the start at once, with exit code 2', async (t) => {
  const { start } = await setUp(t);
  const agents = ['http', 'push'].map((mode) => start([], { STATE_DIR: '/proc/x', EXPORTER_MODE: mode }));
  for (const agent of agents) {
    assert.equal(await agent.ended, 2);
    assert.match(agent.err(), /^STATE_DIR: \/proc\/x cannot be written \(it cannot be made there\): /m);
  }
});

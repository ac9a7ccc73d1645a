import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServiceManager, type ServiceManagerOptions } from '../../src/cli/service-manager.ts';
import { virtualClock } from '../helpers/clock.ts';
import { deadAddress } from '../helpers/http.ts';
import { memoryLog } from '../helpers/log.ts';
import { startChild } from './child.ts';

const SECOND = 1000;

/** A manager whose messages are kept. */
function setUp(env: Readonly<Record<string, string>>, changes: Partial<ServiceManagerOptions> = {}) {
  const sent: string[] = [];
  const clock = virtualClock();
  const log = memoryLog();
  const notify = async (...assignments: readonly string[]) => void sent.push(assignments.join(' '));
  const manager = new ServiceManager({ env, pid: 7, clock, log, notify, ...changes });
  const fed = () => sent.filter((line) => line === 'WATCHDOG=1').length;
  return { manager, sent, clock, log, fed };
}

const UNIT = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '60000000' };

test('systemd learns that the agent is ready, reloads and stops, in this order', async () => {
  const { manager, sent } = setUp({ NOTIFY_SOCKET: '/run/systemd/notify' });
  await manager.ready('Serves');
  assert.equal(await manager.whileReloading(async () => 'done'), 'done');
  await assert.rejects(
    manager.whileReloading(async () => {
      throw new Error('defect');
    }),
  );
  await manager.stopping();
  assert.equal(sent[0], 'READY=1 STATUS=Serves');
  assert.match(sent[1] ?? '', /^RELOADING=1 MONOTONIC_USEC=\d+$/);
  assert.equal(sent[2], 'READY=1');
  assert.match(sent[3] ?? '', /^RELOADING=1 /);
  assert.deepEqual(sent.slice(4), ['READY=1', 'STOPPING=1']);
});

test('the watchdog is fed twice in its time, from the start to the end', async () => {
  const { manager, clock, fed } = setUp({ ...UNIT, WATCHDOG_PID: '7' });
  await clock.pass(600 * SECOND);
  assert.equal(fed(), 0, 'not before the agent is ready');
  await manager.ready('');
  await clock.pass(305 * SECOND);
  assert.equal(fed(), 10);
  await manager.stopping();
  await clock.pass(600 * SECOND);
  assert.equal(fed(), 10);
});

for (const [what, env] of [
  ['another process is watched', { ...UNIT, WATCHDOG_PID: '8' }],
  ['nothing is watched', { NOTIFY_SOCKET: UNIT.NOTIFY_SOCKET }],
  ['the time is no number', { ...UNIT, WATCHDOG_USEC: 'soon' }],
] as const) {
  test(`the watchdog is not fed where ${what}`, async () => {
    const { manager, clock, fed } = setUp(env);
    await manager.ready('');
    await clock.pass(600 * SECOND);
    assert.equal(fed(), 0);
    await manager.stopping();
  });
}

test('where no service manager asks, nothing is sent', async () => {
  const { manager, sent, clock } = setUp({ WATCHDOG_USEC: '1000000' });
  await manager.ready('');
  await manager.whileReloading(async () => {});
  await clock.pass(600 * SECOND);
  await manager.stopping();
  assert.deepEqual(sent, []);
});

test('a program that is missing is one warning, and delays no reload', async () => {
  const { manager, log } = setUp(UNIT, {
    notify: async () => {
      throw Object.assign(new Error('spawn'), { code: 'ENOENT' });
    },
  });
  await manager.ready('');
  await manager.whileReloading(async () => {});
  await manager.stopping();
  assert.deepEqual(log.lines, [
    'warn: systemd-notify failed (ENOENT): systemd does not learn how the agent is doing, and may restart it',
  ]);
});

test('a service manager that hangs delays no reload, and the end by two seconds', async () => {
  const { manager, clock } = setUp(UNIT, { notify: () => new Promise(() => {}) });
  void manager.ready('');
  let reloaded = false;
  await manager.whileReloading(async () => {
    reloaded = true;
  });
  assert.ok(reloaded);
  const stopped = manager.stopping();
  await clock.pass(2 * SECOND);
  await stopped;
});

test('the agent runs systemd-notify, with nothing of its environment but what that needs', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$* $NOTIFY_SOCKET $TRUCKI_PASSWORD" >> '${folder}/sent'\n`);
  chmodSync(program, 0o755);
  const agent = startChild(t, [], {
    PATH: `${folder}:${process.env.PATH}`,
    NOTIFY_SOCKET: '/somewhere',
    TRUCKI_TARGETS: await deadAddress(),
    TRUCKI_PASSWORD: 'not-to-be-seen',
    TRUCKI_INTERVAL: '1h',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
  });
  await agent.says(/Serving metrics/);
  agent.process.kill('SIGHUP');
  await agent.says(/Configuration reloaded/);
  agent.process.kill();
  assert.equal(await agent.ended, 0);
  const [ready = '', reloading = '', ...rest] = readFileSync(join(folder, 'sent'), 'utf8').split('\n');
  assert.match(ready, /^READY=1 STATUS=Serves metrics at http:.* \/somewhere $/);
  assert.match(reloading, /^RELOADING=1 MONOTONIC_USEC=\d+ \/somewhere $/);
  assert.deepEqual(rest, ['READY=1 /somewhere ', 'STOPPING=1 /somewhere ', '']);
});

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { eventually } from './support.ts';

const run = promisify(execFile);

/** An agent whose state folder is a file system of its own, of 1 MB; needs root. */
async function startAgent(t: TestContext, prepare = 'true') {
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  const disk = join(folder, 'disk');
  await mkdir(disk);
  const cloud = await startGrowattCloud({ token: 'a-token', plants: [homePlant(Date.now())], limits: false });
  const script = `mount -t tmpfs -o size=1m none '${disk}' && cd '${disk}' && { ${prepare}; } && exec "$@"`;
  const agent = ['sh', '-c', script, 'sh', process.execPath, resolve('src/main.ts')];
  const child = spawn('unshare', ['--mount', ...agent], {
    env: {
      PATH: process.env.PATH,
      GROWATT_TOKEN: 'a-token',
      GROWATT_BASE_URL: cloud.url,
      GROWATT_CALL_SPACING: '10ms',
      COLLECT_INTERVAL: '1s',
      EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
      STATE_DIR: disk,
      LOG_FORMAT: 'text',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => Number(code));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
    await cloud.close();
    await rm(folder, { recursive: true });
  });
  return {
    child,
    disk,
    ended,
    err: () => err,
    says: (pattern: RegExp) => eventually(`${pattern} in:\n${err}`, () => pattern.exec(err) ?? undefined),
    /** Runs a command where the agent sees its folder. */
    inside: (...command: readonly string[]) =>
      run('nsenter', ['--mount', `--target=${child.pid}`, ...command], { cwd: '/' }),
  };
}

test('a disk that becomes full is one warning, the agent goes on, and its state is saved again when there is room', async (t) => {
  const agent = await startAgent(t);
  await agent.says(/first poll succeeded/);
  const full = `dd if=/dev/zero of=${agent.disk}/filling bs=4k 2>/dev/null; true`;
  await agent.inside('sh', '-c', full);
  await agent.says(/state\.json cannot be written \(ENOSPC\): state is not saved/);
  await agent.inside('rm', `${agent.disk}/filling`);
  await agent.says(/state is saved again/);
  assert.equal(agent.err().match(/state\.json cannot be written/g)?.length, 1);
  agent.child.kill('SIGTERM');
  assert.equal(await agent.ended, 0);
});

for (const [what, prepare, reason] of [
  ['is full', 'dd if=/dev/zero of=filling bs=4k 2>/dev/null; true', 'the disk is full'],
  ['can only be read', 'mount -o remount,ro "$PWD"', 'the file system is read-only'],
] as const) {
  test(`a state folder on a disk that ${what} ends the start with exit code 2`, async (t) => {
    const agent = await startAgent(t, prepare);
    assert.equal(await agent.ended, 2);
    assert.ok(agent.err().includes(`cannot be written (${reason})`), agent.err());
  });
}

/** An agent as in a container: it is process 1, on a host with this name. */
function startInContainer(t: TestContext, host: string, stateDir: string) {
  const namespaces = ['--pid', '--fork', '--kill-child', '--mount-proc', '--uts'];
  const agent = ['sh', '-c', `hostname ${host} && exec "$@"`, 'sh', process.execPath, resolve('src/main.ts')];
  const child = spawn('unshare', [...namespaces, ...agent], {
    env: {
      PATH: process.env.PATH,
      // Nobody listens on the discard port.
      TRUCKI_TARGETS: '127.0.0.1:9',
      EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
      STATE_DIR: stateDir,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code]) => code);
  const kill = async () => {
    child.kill('SIGKILL');
    return await ended;
  };
  t.after(kill);
  const serves = () => eventually(`it to serve:\n${err}`, () => /Serving metrics/.test(err) || undefined);
  return { serves, ended, kill, err: () => err };
}

test('of two containers that share a state folder the second says who holds it, though both are process 1', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const first = startInContainer(t, 'one', folder);
  await first.serves();
  const second = startInContainer(t, 'two', folder);
  assert.equal(await second.ended, 1);
  assert.match(second.err(), /is in use by solar-otel-agent run, pid 1 on one, since /);
  await first.kill();
  await startInContainer(t, 'three', folder).serves();
});

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';

const run = promisify(execFile);

describe('The bundle, alone in an empty folder', () => {
  let folder: string;
  let program: string;
  let licences: string;
  const agent = (...args: readonly string[]) =>
    run(process.execPath, [program, ...args], {
      cwd: join(folder, 'empty'),
      env: { GROWATT_TOKEN: 'a-token' },
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    await run(process.execPath, ['deploy/build.ts', join(folder, 'dist')]);
    licences = await readFile(join(folder, 'dist/THIRD_PARTY_LICENSES.txt'), 'utf8');
    await mkdir(join(folder, 'empty'));
    // Without its ending, as it is installed beside other programs.
    program = join(folder, 'empty/solar-otel-agent');
    await rename(join(folder, 'dist/solar-otel-agent.js'), program);
  });
  after(() => rm(folder, { recursive: true }));

  it('prints version, help and configuration', async () => {
    assert.equal((await agent('--version')).stdout, `solar-otel-agent ${version}\n`);
    assert.match((await agent('--help')).stdout, /^Usage:/);
    assert.match((await agent('check')).stdout, /region: eu/);
    assert.deepEqual(await readdir(join(folder, 'empty')), ['solar-otel-agent']);
  });

  it('serves the demo and stops by a signal', async () => {
    const child = spawn(process.execPath, [program, 'demo'], {
      cwd: join(folder, 'empty'),
      env: { EXPORTER_LISTEN_ADDR: '127.0.0.1:0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    try {
      const url = await listeningAt(child.stderr);
      const response = await fetch(`${url}/metrics`);
      assert.match(await response.text(), /^solar_agent_build_info\{/m);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
  });

  it('checks passwords in a thread of its own, and its health check needs none', async () => {
    const hash = '$2b$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';
    const web = join(folder, 'web.yml');
    await writeFile(web, `basic_auth_users: {alice: ${hash}}\n`);
    const child = spawn(process.execPath, [program, 'demo', '--web.config.file', web], {
      cwd: join(folder, 'empty'),
      env: { EXPORTER_LISTEN_ADDR: '127.0.0.1:0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    try {
      const url = await listeningAt(child.stderr);
      const status = async (login: string) => {
        const headers = { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
        return (await fetch(`${url}/metrics`, { headers })).status;
      };
      assert.equal(await status('alice:wrong'), 401);
      assert.equal(await status('alice:password'), 200);
      const { stdout } = await agent('healthcheck', '-p', new URL(url).port);
      assert.match(stdout, /^healthy: .* asks for a password, so it answers \(401\)\.\n$/);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
    await assert.rejects(agent('healthcheck', '-p', '1'), { code: 1, stdout: '' });
  });

  it('carries the licences of all it contains', async () => {
    const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
      dependencies: Readonly<Record<string, string>>;
    };
    for (const name of Object.keys(dependencies))
      assert.ok(licences.includes(`\n${name} `) || licences.startsWith(`${name} `), name);
  });
});

/** Where the agent's log says it listens; goes on reading the log afterwards. */
function listeningAt(log: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = '';
  log.on('data', (chunk) => {
    text += chunk;
    const [url] = /http:\/\/127\.0\.0\.1:\d+(?=\/metrics)/.exec(text) ?? [];
    if (url !== undefined) resolve(url);
  });
  log.on('end', () => reject(new Error(`it ended:\n${text}`)));
  return promise;
}

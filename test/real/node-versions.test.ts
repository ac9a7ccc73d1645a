import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';
import { servedUrl } from '../helpers/served-url.ts';
import { prepared } from './programs.ts';

const run = promisify(execFile);

describe('The bundle under other versions of Node', () => {
  let folder: string;
  let program: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    await run(process.execPath, ['deploy/build.ts', folder]);
    program = join(folder, 'solar-otel-agent.js');
  });
  after(() => rm(folder, { recursive: true }));

  it('says in two lines what it needs when Node is too old, and exits with 2', async () => {
    await assert.rejects(run(prepared('node-14'), [program, '--version']), {
      code: 2,
      stdout: '',
      stderr:
        'solar-otel-agent needs Node.js 22.18 or newer, and this is 14.21.3.\n' +
        'Install a newer one from https://nodejs.org/, or use the container image, which has its own.\n',
    });
  });

  it('runs on the oldest version that package.json allows', async () => {
    const node = prepared('node-floor');
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
    assert.equal((await run(node, ['--version'])).stdout, `v${engines.node.replace('>=', '')}.0\n`);
    assert.equal((await run(node, [program, '--version'])).stdout, `solar-otel-agent ${version}\n`);

    const demo = spawn(node, [program, 'demo'], {
      env: { EXPORTER_LISTEN_ADDR: '127.0.0.1:0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(demo, 'exit');
    try {
      const url = await servedUrl(demo.stderr);
      const answer = await fetch(`${url}/metrics`);
      assert.match(await answer.text(), /^solar_agent_build_info\{/m);
    } finally {
      demo.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
  });
});

import assert from 'node:assert/strict';
import { execFile, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';
import { servedUrl } from '../helpers/served-url.ts';

const run = promisify(execFile);

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
});
after(() => rm(folder, { recursive: true }));

describe('The package for npm', () => {
  let file: string;

  before(async () => {
    await run(process.execPath, ['deploy/build-npm.ts', folder]);
    file = join(folder, `solar-otel-agent-${version}.tgz`);
  });

  it('holds the program, its manifest and what is to be known of it', async () => {
    const { stdout } = await run('tar', ['-tzf', file]);
    assert.deepEqual(stdout.trim().split('\n').sort(), [
      'package/LICENSE',
      'package/README.md',
      'package/THIRD_PARTY_LICENSES.txt',
      'package/package.json',
      'package/solar-otel-agent.cdx.json',
      'package/solar-otel-agent.js',
    ]);
  });

  it('runs the demo with npx in an empty folder', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    // npx is run by the Node of this test, whatever else is installed.
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
    // Ctrl-C in a terminal reaches npx and the program; npx ends as the signal says.
    const options = { cwd: empty, env, detached: true };
    await demoWorks('npx', ['--yes', '--offline', `file:${file}`, 'demo'], options, {
      end: [null, 'SIGINT'],
    });
    assert.deepEqual(await readdir(empty), []);
  });
});

describe('The standalone binaries', () => {
  const binary = (architecture: string) => join(folder, `solar-otel-agent-linux-${architecture}`);
  const foreign = (...args: readonly string[]) =>
    ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu', binary('arm64'), ...args] as const;

  before(() => run(process.execPath, ['deploy/build-binary.ts', folder]));

  it('run the demo on x64 without Node', async () => {
    await demoWorks(binary('x64'), ['demo'], { env: {} });
  });

  it('send over OTLP, which loads what is needed for it', async () => {
    const { promise: sent, resolve } = Promise.withResolvers<string | undefined>();
    const receiver = createServer((request, response) => {
      resolve(request.url);
      response.setHeader('Content-Type', 'application/x-protobuf').end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port } = receiver.address() as AddressInfo;
    try {
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_METRIC_EXPORT_INTERVAL: '500',
      };
      await demoWorks(binary('x64'), ['demo'], { env }, { further: () => sent });
      assert.equal(await sent, '/v1/metrics');
    } finally {
      receiver.close();
    }
  });

  it('run on arm64', async () => {
    const [program, ...args] = foreign('--version');
    assert.equal((await run(program, args)).stdout, `solar-otel-agent ${version}\n`);
    const [emulator, ...demo] = foreign('demo');
    await demoWorks(emulator, demo, {});
  });
});

/** Starts the demo, scrapes it, waits for what else is to happen, stops it. */
async function demoWorks(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
  { further, end = [0, null] }: { readonly further?: () => Promise<unknown>; readonly end?: unknown[] } = {},
): Promise<void> {
  const demo = spawn(program, args, {
    ...options,
    env: { ...(options.env ?? process.env), EXPORTER_LISTEN_ADDR: '127.0.0.1:0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(demo, 'exit');
  try {
    const url = await servedUrl(demo.stderr);
    const answer = await fetch(`${url}/metrics`);
    assert.match(await answer.text(), /^solar_agent_build_info\{/m);
    await further?.();
  } finally {
    process.kill(options.detached ? -demo.pid! : demo.pid!, 'SIGINT');
  }
  assert.deepEqual(await ended, end);
}

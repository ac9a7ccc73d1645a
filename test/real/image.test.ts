import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';
import { eventually, freePort } from './support.ts';

const run = promisify(execFile);
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Volumes: Readonly<Record<string, unknown>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
}

describe('The container image', () => {
  let folder: string;
  let container: string;
  let config: ImageConfig;

  const buildah = async (...args: readonly string[]): Promise<string> => {
    const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
    const { stdout } = await run('buildah', [...storage, ...args], { maxBuffer: 1 << 24 }).catch(
      (error: Error & { stderr?: string; code?: unknown }) => {
        if (error.code === 'ENOENT') assert.fail('buildah is not installed; this test needs that package');
        return assert.fail(`buildah ${args[0]} failed:\n${error.stderr}`);
      },
    );
    return stdout.trim();
  };
  /** A command in the container, as its user; chroot isolation shares the machine's network. */
  const inside = (command: readonly string[], ...env: readonly string[]) => [
    'run',
    '--isolation=chroot',
    ...env.map((pair) => `--env=${pair}`),
    container,
    '--',
    ...command,
  ];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-image-'));
    await Promise.all([makeNodeBase(join(folder, 'node')), makeRuntimeBase(join(folder, 'runtime'))]);
    for (const base of ['node', 'runtime']) {
      await writeFile(join(folder, `${base}.Dockerfile`), 'FROM scratch\nCOPY . /\n');
      await buildah(
        'build',
        '-f',
        join(folder, `${base}.Dockerfile`),
        '-t',
        `localhost/${base}`,
        join(folder, base),
      );
    }
    await buildah(
      'build',
      '--isolation=chroot',
      '--format=docker',
      '--build-arg=NODE_IMAGE=localhost/node',
      '--build-arg=RUNTIME_IMAGE=localhost/runtime',
      '--file=deploy/docker/Dockerfile',
      '--tag=localhost/solar-otel-agent',
      '.',
    );
    const image = JSON.parse(await buildah('inspect', '--type=image', 'localhost/solar-otel-agent'));
    config = image.Docker.config;
    container = await buildah('from', '--pull-never', 'localhost/solar-otel-agent');
  });
  after(async () => {
    await buildah('rm', '--all');
    await rm(folder, { recursive: true, force: true });
  });

  it('starts the agent by its entry point', async () => {
    assert.equal(
      await buildah(...inside([...config.Entrypoint, '--version'])),
      `solar-otel-agent ${version}`,
    );
  });

  it('runs as a numeric user that is not root and may write to the state folder only', async () => {
    assert.equal(config.User, '65532:65532');
    const script = `
      const { accessSync, constants: { W_OK } } = require('node:fs');
      const writable = (path) => { try { accessSync(path, W_OK); return true; } catch { return false; } };
      console.log(JSON.stringify([process.getuid(), process.getgid(),
        ['/', '/app', '/usr/local/bin', process.env.STATE_DIR].filter(writable)]));`;
    const seen = await buildah(...inside(['/usr/local/bin/node', '-e', script]));
    assert.deepEqual(JSON.parse(seen), [65532, 65532, ['/var/lib/solar-otel-agent']]);
    assert.deepEqual(Object.keys(config.Volumes), ['/var/lib/solar-otel-agent']);
  });

  it('holds the bundle, its licences, its bill of materials and Node, and neither sources nor packages', async () => {
    const script = "console.log(require('node:fs').readdirSync('/app').join(' '))";
    const seen = await buildah(...inside(['/usr/local/bin/node', '-e', script]));
    assert.equal(seen, 'THIRD_PARTY_LICENSES.txt package.json solar-otel-agent.cdx.json solar-otel-agent.js');
  });

  it('serves a demo whose health check succeeds while it runs and fails afterwards', async () => {
    assert.deepEqual(Object.keys(config.ExposedPorts), ['9120/tcp']);
    const [kind, ...healthcheck] = config.Healthcheck.Test;
    assert.equal(kind, 'CMD', 'without a shell, which the image does not have');
    const port = await freePort();
    const listen = `EXPORTER_LISTEN_ADDR=127.0.0.1:${port}`;
    const storage = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
    const demo = spawn('buildah', [...storage, ...inside([...config.Entrypoint, 'demo'], listen)], {
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(demo, 'exit');
    try {
      const metrics = await eventually('the demo to be ready', async () => {
        const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
        if (!response?.ok) return undefined;
        return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      });
      assert.match(metrics, /^growatt_current_power_watts\{/m);
      await buildah(...inside(healthcheck, listen));
    } finally {
      if (demo.pid !== undefined) process.kill(-demo.pid);
      await ended;
    }
    await assert.rejects(buildah(...inside(healthcheck, listen)));
  });
});

/** What the image's stages use of the official Node image, taken from this machine. */
async function makeNodeBase(root: string): Promise<void> {
  await makeRuntimeBase(root);
  const [npm, registry] = await Promise.all([
    run('npm', ['root', '--global']),
    run('npm', ['config', 'get', 'registry']),
  ]);
  await copyProgram(process.execPath, root, '/usr/local/bin/node');
  await copyProgram('/usr/bin/env', root);
  await copyProgram('/bin/mkdir', root);
  await cp(join(npm.stdout.trim(), 'npm'), join(root, 'usr/local/lib/npm'), { recursive: true });
  await writeFile(
    join(root, 'usr/local/bin/npm'),
    "#!/usr/local/bin/node\nrequire('/usr/local/lib/npm/lib/cli.js')(process);\n",
    { mode: 0o755 },
  );
  await mkdir(join(root, 'usr/local/etc'), { recursive: true });
  await writeFile(
    join(root, 'usr/local/etc/npmrc'),
    `registry=${registry.stdout.trim()}\ncafile=${CERTIFICATES}\n`,
  );
  await mkdir(join(root, dirname(CERTIFICATES)), { recursive: true });
  await cp(CERTIFICATES, join(root, CERTIFICATES), { dereference: true });
}

/** Only the libraries that Node needs. */
async function makeRuntimeBase(root: string): Promise<void> {
  await mkdir(join(root, 'tmp'), { recursive: true });
  await copyLibraries(process.execPath, root);
}

async function copyProgram(from: string, root: string, to = from): Promise<void> {
  await mkdir(join(root, dirname(to)), { recursive: true });
  await cp(await realpath(from), join(root, to));
  await copyLibraries(from, root);
}

async function copyLibraries(program: string, root: string): Promise<void> {
  const { stdout } = await run('ldd', [program]);
  for (const [library] of stdout.matchAll(/\/\S+\.so\S*/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await cp(library, join(root, library), { dereference: true });
  }
}

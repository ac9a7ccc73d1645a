import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';
import { makeBases, makeBuildah } from './image-bases.ts';
import { eventually, freePort } from './support.ts';

const run = promisify(execFile);

interface ImageConfig {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Volumes: Readonly<Record<string, unknown>>;
  readonly Healthcheck: { readonly Test: readonly string[] };
  readonly Labels: Readonly<Record<string, string>>;
}

/** What is tried as a container runs on this machine's processor; the other image runs in an emulator. */
const NATIVE = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64'];

describe('The container image', () => {
  let folder: string;
  let container: string;
  let config: ImageConfig;

  /** Runs a command with a buildah whose storage is in the folder. */
  const shell = async (command: string): Promise<string> => {
    const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    const { stdout } = await run('sh', ['-c', command], { env, maxBuffer: 1 << 24 }).catch(
      (error: Error & { stderr?: string; code?: unknown }) =>
        assert.fail(`${command.slice(0, 200)} failed:\n${error.stderr}`),
    );
    return stdout.trim();
  };
  const buildah = (...args: readonly string[]) => shell(`buildah ${args.map(quoted).join(' ')}`);
  /** A command in the container, as its user; chroot isolation shares the machine's network. */
  const inside = (command: readonly string[], ...env: readonly string[]) => [
    'run',
    '--isolation=chroot',
    ...env.map((pair) => `--env=${pair}`),
    container,
    '--',
    ...command,
  ];
  /** Starts a command in the container. @returns what ends it */
  const start = (command: readonly string[], ...env: readonly string[]) => {
    const child = spawn(join(folder, 'bin/buildah'), inside(command, ...env), {
      stdio: 'ignore',
      detached: true,
    });
    const ended = once(child, 'exit');
    return async () => {
      if (child.pid !== undefined) process.kill(-child.pid);
      await ended;
    };
  };
  const configOf = async (made: string): Promise<ImageConfig> =>
    JSON.parse(await buildah('inspect', '--type=container', made)).Docker.config;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-image-'));
    await makeBuildah(folder);
    const bases = join(folder, 'bases');
    await makeBases(bases);
    for (const base of ['node', 'runtime']) {
      await writeFile(join(folder, `${base}.Dockerfile`), 'FROM scratch\nCOPY . /\n');
      for (const architecture of ['amd64', 'arm64']) {
        const manifest = [`--platform=linux/${architecture}`, `--manifest=localhost/${base}`];
        const file = `--file=${join(folder, `${base}.Dockerfile`)}`;
        await buildah('build', ...manifest, file, join(bases, architecture, base));
      }
    }
    const page = await readFile('docs/deployment.md', 'utf8');
    const [, documented = ''] = /```sh\n(buildah build [^`]*)```/.exec(page) ?? [];
    const local =
      '--isolation=chroot --build-arg=NODE_IMAGE=localhost/node --build-arg=RUNTIME_IMAGE=localhost/runtime';
    await shell(documented.replace('buildah build', `buildah build ${local}`));
    container = await buildah('from', '--pull-never', `--arch=${NATIVE}`, 'localhost/solar-otel-agent');
    config = await configOf(container);
  });
  after(async () => {
    await buildah('rm', '--all');
    await rm(folder, { recursive: true, force: true });
  });

  it('is made for both architectures by the documented command, with labels that say what it is', async () => {
    const { manifests } = JSON.parse(await buildah('manifest', 'inspect', 'localhost/solar-otel-agent')) as {
      manifests: readonly { platform: { os: string; architecture: string } }[];
    };
    assert.deepEqual(manifests.map(({ platform: { os, architecture } }) => `${os}/${architecture}`).sort(), [
      'linux/amd64',
      'linux/arm64',
    ]);
    const { license, repository } = JSON.parse(await readFile('package.json', 'utf8'));
    for (const architecture of ['amd64', 'arm64']) {
      const made = await buildah(
        'from',
        '--pull-never',
        `--arch=${architecture}`,
        'localhost/solar-otel-agent',
      );
      const { Labels, ...rest } = await configOf(made);
      const { 'org.opencontainers.image.created': created = '', ...labels } = Labels;
      const source = repository.url.replace(/^git\+(.*)\.git$/, '$1');
      assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.equal(rest.User, config.User);
      assert.deepEqual(
        Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith('org.'))),
        {
          'org.opencontainers.image.title': 'solar-otel-agent',
          'org.opencontainers.image.description':
            'Collector agent for solar inverters: Growatt and Trucki to Prometheus, OTLP and Pushgateway',
          'org.opencontainers.image.licenses': license,
          'org.opencontainers.image.source': source,
          'org.opencontainers.image.documentation': `${source}/tree/v${version}/docs`,
          'org.opencontainers.image.version': version,
          'org.opencontainers.image.revision': await shell('git rev-parse HEAD'),
        },
      );
    }
  });

  it('is pushed by the command of a release as a whole, with its health check, and the digest is known', async () => {
    const text = await readFile('.github/workflows/release.yml', 'utf8');
    const [, push = ''] = /(buildah manifest push .* )"docker:\/\/\$IMAGE:\$tag"/.exec(text) ?? [];
    const pushed = join(folder, 'pushed');
    await shell(`cd ${quoted(folder)} && ${push} dir:${quoted(pushed)}`);
    const manifest = await readFile(join(pushed, 'manifest.json'));
    const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
    assert.equal((await readFile(join(folder, 'digest'), 'utf8')).trim(), `sha256:${sha256(manifest)}`);
    const { manifests } = JSON.parse(manifest.toString()) as { manifests: readonly { digest: string }[] };
    assert.equal(manifests.length, 2);
    for (const { digest } of manifests) {
      const file = join(pushed, `${digest.replace('sha256:', '')}.manifest.json`);
      const image = JSON.parse(await readFile(file, 'utf8')) as { config: { digest: string } };
      const blob = await readFile(join(pushed, image.config.digest.replace('sha256:', '')), 'utf8');
      assert.deepEqual(JSON.parse(blob).config.Healthcheck.Test, config.Healthcheck.Test);
    }
  });

  it('holds on arm64 a Node and a program that run there', async () => {
    const made = await buildah('from', '--pull-never', '--arch=arm64', 'localhost/solar-otel-agent');
    const root = await buildah('mount', made);
    const [node = '', program = ''] = config.Entrypoint;
    const command = ['-L', root, join(root, node), join(root, program), '--version'];
    assert.equal((await run('qemu-aarch64', command)).stdout, `solar-otel-agent ${version}\n`);
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
    const stop = start([...config.Entrypoint, 'demo'], listen);
    try {
      const metrics = await eventually('the demo to be ready', async () => {
        const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
        if (!response?.ok) return undefined;
        return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      });
      assert.match(metrics, /^growatt_current_power_watts\{/m);
      await buildah(...inside(healthcheck, listen));
    } finally {
      await stop();
    }
    await assert.rejects(buildah(...inside(healthcheck, listen)));
  });

  it('runs with a stick and nothing else', async () => {
    const port = await freePort();
    // Nobody answers at this address, which the agent says of the stick.
    const stop = start(
      config.Entrypoint,
      `EXPORTER_LISTEN_ADDR=127.0.0.1:${port}`,
      `TRUCKI_TARGETS=shed=127.0.0.1:${await freePort()}`,
    );
    try {
      await eventually('the stick to be polled', async () => {
        const response = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
        return /^trucki_up\{[^}]*stick="shed"[^}]*\} 0$/m.test((await response?.text()) ?? '') || undefined;
      });
    } finally {
      await stop();
    }
  });
});

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

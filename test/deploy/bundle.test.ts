import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';
import { servedUrl } from '../helpers/served-url.ts';

const run = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity: string }>>;
}

/** Of a bill of materials in the CycloneDX format. */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly scope: string;
  readonly licenses: readonly { readonly license: { readonly id: string } }[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

interface Bom {
  readonly components: readonly Component[];
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
}

describe('The bundle, alone in an empty folder', () => {
  let folder: string;
  let program: string;
  let manifest: Manifest;
  let components: readonly Component[];
  const agent = (...args: readonly string[]) =>
    run(process.execPath, [program, ...args], {
      cwd: join(folder, 'empty'),
      env: { GROWATT_TOKEN: 'a-token' },
    });

  /** Starts it, scrapes it and stops it by a signal. */
  async function servesUntilStopped(
    command: 'run' | 'demo',
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const child = spawn(process.execPath, [program, command], {
      cwd: join(folder, 'empty'),
      env: { EXPORTER_LISTEN_ADDR: '127.0.0.1:0', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    try {
      const answer = await fetch(`${await servedUrl(child.stderr)}/metrics`);
      assert.match(await answer.text(), /^solar_agent_build_info\{/m);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    await run(process.execPath, ['deploy/build.ts', join(folder, 'dist')]);
    manifest = (await json('package.json')) as Manifest;
    ({ components } = await bom(join(folder, 'dist')));
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

  it('serves the demo and stops by a signal', () => servesUntilStopped('demo'));

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
      const url = await servedUrl(child.stderr);
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

  it('starts again from what it compiled, which it keeps in the state folder, and nowhere without one', async () => {
    const state = join(folder, 'state');
    const file = join(state, 'compiled-code');
    // Of a stick that does not answer.
    const env = { TRUCKI_TARGETS: '127.0.0.1:1' };
    const startAndStop = (options = '') =>
      servesUntilStopped('run', { ...env, STATE_DIR: state, NODE_OPTIONS: options });
    await startAndStop();
    const { mtimeNs, size, mode } = await stat(file, { bigint: true });
    assert.ok(size > 500_000n, `${size} bytes`);
    assert.equal(Number(mode) & 0o777, 0o600);
    await startAndStop();
    assert.equal((await stat(file, { bigint: true })).mtimeNs, mtimeNs, 'it was compiled again');
    // Other options for V8: what was compiled with those of before is of no use, and is replaced.
    await startAndStop('--jitless');
    assert.notEqual((await stat(file, { bigint: true })).mtimeNs, mtimeNs);
    // Rubbish is never run.
    await writeFile(file, 'rubbish', { mode: 0o600 });
    await startAndStop();
    assert.ok((await stat(file)).size > 500_000);
    assert.deepEqual((await readdir(state)).sort(), ['compiled-code', 'state.json']);
    await servesUntilStopped('run', env);
    assert.deepEqual(await readdir(join(folder, 'empty')), ['solar-otel-agent']);
  });

  it('has ASCII characters only, of which V8 keeps one byte each', async () => {
    assert.doesNotMatch(await readFile(program, 'latin1'), /[^\0-\x7f]/);
  });

  it('comes with a manifest that needs no other package', async () => {
    const built = (await json(join(folder, 'dist/package.json'))) as Record<string, unknown>;
    const { name, license, engines } = (await json('package.json')) as Record<string, unknown>;
    assert.deepEqual(
      { ...built, description: 0, homepage: 0, repository: 0, bugs: 0, keywords: 0 },
      {
        name,
        version,
        license,
        engines,
        type: 'commonjs',
        bin: { 'solar-otel-agent': 'solar-otel-agent.js' },
        files: ['solar-otel-agent.js', 'solar-otel-agent.cdx.json', 'THIRD_PARTY_LICENSES.txt'],
        description: 0,
        homepage: 0,
        repository: 0,
        bugs: 0,
        keywords: 0,
      },
    );
  });

  it('comes with the licence of each package in it, and of no other', async () => {
    const licences = await readFile(join(folder, 'dist/THIRD_PARTY_LICENSES.txt'), 'utf8');
    const sections = licences.split(`\n${'-'.repeat(80)}\n\n`);
    const titles = sections.map((section) => section.slice(0, section.indexOf('\n')));
    assert.deepEqual(
      titles,
      components.map(({ name, version, licenses }) => `${name} ${version} (${licenses[0]?.license.id})`),
    );
    for (const section of sections) {
      assert.ok(section.length > 500, section);
      assert.match(section, /copyright|Apache License/i);
    }
  });

  it('comes with a bill of materials that holds what is in it, with the hashes of the lockfile', async () => {
    const names = components.map(({ name }) => name);
    for (const name of Object.keys(manifest.dependencies)) assert.ok(names.includes(name), name);
    for (const name of Object.keys(manifest.devDependencies)) assert.ok(!names.includes(name), name);
    const lock = (await json('package-lock.json')) as Lock;
    for (const { name, version, scope, licenses, hashes } of components) {
      const locked = lock.packages[`node_modules/${name}`];
      assert.equal(version, locked?.version);
      assert.equal(scope, 'required');
      assert.match(licenses[0]?.license.id ?? '', /^(?:Apache-2\.0|BSD-3-Clause|ISC|MIT)$/, name);
      const [hash] = hashes;
      assert.equal(hash?.alg, 'SHA-512');
      assert.equal(`sha512-${Buffer.from(hash.content, 'hex').toString('base64')}`, locked?.integrity);
    }
    const { metadata } = await bom(join(folder, 'dist'));
    assert.deepEqual(metadata.component, { ...metadata.component, name: manifest.name, version });
  });

  it('is the same when it is built again', async () => {
    await run(process.execPath, ['deploy/build.ts', join(folder, 'again')]);
    const files = await readdir(join(folder, 'again'));
    assert.deepEqual(files, [
      'THIRD_PARTY_LICENSES.txt',
      'package.json',
      'solar-otel-agent.cdx.json',
      'solar-otel-agent.js',
    ]);
    for (const file of files) {
      const first = file.endsWith('.js') ? program : join(folder, 'dist', file);
      assert.ok((await readFile(join(folder, 'again', file))).equals(await readFile(first)), file);
    }
  });
});

const json = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
const bom = async (dist: string) => (await json(join(dist, 'solar-otel-agent.cdx.json'))) as Bom;

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { buildBinary } from '../../deploy/build/binary.ts';
import { buildBundle } from '../../deploy/build/bundle.ts';
import { inWorkshop } from '../../deploy/build/workshop.ts';
import { version } from '../../src/base/version.ts';
import { blocksOf } from '../helpers/page-sections.ts';
import { servedUrl } from '../helpers/served-url.ts';
import { type Releases, serveReleases } from './releases.ts';

const run = promisify(execFile);

describe('The page on installing', () => {
  let folder: string;
  let page: string;
  let releases: Releases;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    const dist = join(folder, 'dist');
    await run(process.execPath, ['deploy/build-npm.ts', dist]);
    await inWorkshop(async (bundle) => {
      await buildBundle(bundle);
      await buildBinary(process.arch === 'arm64' ? 'arm64' : 'x64', bundle, dist);
    });
    releases = await serveReleases(dist);
    page = await readFile('docs/install.md', 'utf8');
  });
  after(async () => {
    releases.close();
    await rm(folder, { recursive: true });
  });

  const emptyFolder = async (name: string) => {
    const empty = join(folder, name);
    await mkdir(empty);
    return empty;
  };
  /** Node and npm as a user has them, with a registry that has the package. */
  const npmEnv = () => ({
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    HOME: folder,
    npm_config_registry: releases.registry,
    npm_config_cache: join(folder, 'npm-cache'),
    npm_config_update_notifier: 'false',
  });

  it('has a command for npx that runs the demo, and leaves nothing in the folder', async () => {
    const cwd = await emptyFolder('npx');
    const [demo = ''] = blocksOf(page, 'npx');
    await demoWorks(demo, { cwd, env: npmEnv() });
    assert.deepEqual(await readdir(cwd), []);
  });

  it('has commands for npm that keep it on the machine', async () => {
    const prefix = await emptyFolder('npm');
    const env = npmEnv();
    const PATH = `${prefix}/bin:${env.PATH}`;
    const [, install = ''] = blocksOf(page, 'npx');
    const options = { cwd: prefix, env: { ...env, PATH, npm_config_prefix: prefix } };
    const { stdout } = await run('sh', ['-ec', install], options);
    assert.match(stdout, new RegExp(`^solar-otel-agent ${version}\n`, 'm'));
    await run('sh', ['-ec', removal(page, 'npx')], options);
    assert.deepEqual(await readdir(join(prefix, 'bin')), []);
  });

  it('has commands for the binary that run the demo without Node', async () => {
    const cwd = await emptyFolder('binary');
    const [commands = ''] = blocksOf(page, 'Binary');
    const tools = await emptyFolder('tools');
    for (const tool of ['uname', 'sed', 'curl', 'chmod'])
      await run('sh', ['-c', `ln -s $(command -v ${tool}) ${tools}`]);
    await demoWorks(releases.replaced(commands), { cwd, env: { PATH: tools } });
    await run('sh', ['-ec', removal(page, 'Binary')], { cwd });
    assert.deepEqual(await readdir(cwd), []);
  });
});

/** The command that a section names for removing. */
function removal(page: string, heading: string): string {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`));
  const [, command] = /^- \*\*Remove\*\*: `([^`]+)`/m.exec(section) ?? [];
  return command ?? assert.fail(`${heading}: no command for removing`);
}

/** Runs commands whose last one is the demo; scrapes it, and ends it by Ctrl-C. */
async function demoWorks(
  commands: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  const shell = spawn('/bin/sh', ['-ec', commands], {
    cwd,
    env: { ...env, EXPORTER_LISTEN_ADDR: '127.0.0.1:0' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = once(shell, 'exit');
  try {
    const url = await servedUrl(shell.stderr);
    const answer = await fetch(`${url}/metrics`);
    assert.match(
      await answer.text(),
      new RegExp(`^solar_agent_build_info\\{version="${version}"\\} 1$`, 'm'),
    );
  } finally {
    if (shell.exitCode === null) process.kill(-shell.pid!, 'SIGINT');
  }
  await ended;
}

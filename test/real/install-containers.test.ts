import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { parseFlags } from '../../src/cli/flags.ts';
import { loadConfig } from '../../src/config/load.ts';
import { blocksOf } from '../helpers/page-sections.ts';
import { ManifestCheck, manifestsIn, podOf } from './manifests.ts';
import { prepared } from './programs.ts';

const run = promisify(execFile);
const PUBLISHED_CHART = 'oci://ghcr.io/solar-otel-agent/charts/solar-otel-agent';
const CHART = 'deploy/helm/solar-otel-agent';

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly read_only: boolean;
  readonly volumes: readonly { readonly type: string; readonly source: string; readonly target: string }[];
  readonly ports: readonly { readonly target: number; readonly published: string }[];
}

describe('The page on installing in containers', () => {
  let folder: string;
  let page: string;
  let image: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    page = await readFile('docs/install.md', 'utf8');
    const compose = parse(await readFile('deploy/compose/compose.yaml', 'utf8'), { merge: true });
    image = compose.services.demo.image;
  });
  after(() => rm(folder, { recursive: true }));

  it('has a command that runs the demo of the published image', () => {
    const [command = ''] = blocksOf(page, 'Docker');
    const [, port, name, args = ''] = /^docker run --rm -p (\S+) (\S+) (.*)\n$/.exec(command) ?? [];
    assert.deepEqual([port, name], ['9120:9120', image]);
    assert.equal(parseFlags(args.split(' ')).command, 'demo');
  });

  it("has a compose.yaml that Docker Compose's own parser takes, with a configuration that the agent takes", async () => {
    const [compose = '', config = ''] = blocksOf(page, 'Docker', 'yaml');
    await writeFile(join(folder, 'compose.yaml'), compose);
    const { stdout } = await run(prepared('compose-go'), ['-format=json', 'compose.yaml'], { cwd: folder });
    const { services } = JSON.parse(stdout) as { services: Readonly<Record<string, Service>> };
    const [agent, ...others] = Object.values(services);
    assert.ok(agent && others.length === 0);
    assert.equal(agent.image, image);
    assert.equal(agent.read_only, true);
    assert.deepEqual(
      agent.ports.map(({ target, published }) => [published, target]),
      [['9120', 9120]],
    );
    const places = new Map(agent.volumes.map(({ source, target }) => [target, source]));
    const invocation = parseFlags(agent.command);
    assert.equal(invocation.command, 'run');
    const { configFile = '' } = invocation as Extract<typeof invocation, { command: 'run' }>;
    assert.equal(places.get(configFile), join(folder, 'config.yaml'));
    const dockerfile = await readFile('deploy/docker/Dockerfile', 'utf8');
    const [, state = ''] = /STATE_DIR=(\S+)/.exec(dockerfile) ?? [];
    assert.equal(places.get(state), 'state');

    // The paths inside are those of the folder outside.
    await mkdir(join(folder, 'secrets'));
    await writeFile(join(folder, 'secrets/growatt-token'), 'a-token\n');
    const secrets = [...places].find(([, source]) => source === join(folder, 'secrets'))?.[0] ?? '';
    const file = join(folder, 'config.yaml');
    await writeFile(file, config.replaceAll(secrets, join(folder, 'secrets')));
    const { sources } = loadConfig({ file, env: {}, isTerminal: false });
    assert.equal(sources.growatt.accounts[0]?.token, 'a-token');
    assert.deepEqual(
      sources.trucki.targets.map(({ name }) => name),
      ['shed'],
    );
  });

  it('has commands for Helm, whose chart makes what the Kubernetes API takes', async (t) => {
    const check = await ManifestCheck.make();
    t.after(() => check.remove());
    const [commands = ''] = blocksOf(page, 'Helm');
    const cwd = join(folder, 'helm');
    const tools = join(cwd, 'tools');
    await mkdir(tools, { recursive: true });
    await symlink(prepared('helm'), join(tools, 'helm'));
    await writeFile(join(tools, 'kubectl'), '#!/bin/sh\necho "$@" >> kubectl.log\n');
    await chmod(join(tools, 'kubectl'), 0o755);
    const rendering = commands
      .replace('helm upgrade --install', 'helm template')
      .replace(PUBLISHED_CHART, resolve(CHART));
    assert.notEqual(rendering, commands);
    const env = { ...process.env, PATH: `${tools}:${process.env.PATH}` };
    const { stdout } = await run('sh', ['-ec', rendering], { cwd, env });
    assert.match(await check.run(stdout), /Invalid: 0, Errors: 0, Skipped: 0/);
    assert.equal(podOf(manifestsIn(stdout)).containers[0]?.image, image);
    const names = manifestsIn(stdout)
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata }) => metadata.name);
    for (const [, name = ''] of page.matchAll(/`kubectl [^`]*deployment\/(\S+?)[ `]/g))
      assert.deepEqual(names, [name]);
    // The Secret of the first command is the one that the chart reads.
    const [, secret = '', key = ''] =
      /^create secret generic (\S+) --from-file=(\w+)=/.exec(
        await readFile(join(cwd, 'kubectl.log'), 'utf8'),
      ) ?? [];
    assert.ok(secret && key);
    const mounted = JSON.stringify(podOf(manifestsIn(stdout)));
    assert.ok(mounted.includes(`"name":"${secret}"`) && mounted.includes(`"key":"${key}"`), mounted);
  });
});

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';

const read = (file: string) => readFileSync(file, 'utf8');

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly 'runs-on': string;
        readonly permissions?: unknown;
        readonly steps: readonly { readonly uses?: string; readonly with?: unknown }[];
      }
    >
  >;
}

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
}

describe('What the agent is built from', () => {
  it('the lockfile has a hash of each package, and names no place to take it from', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Readonly<Record<string, Locked>>;
    };
    const locked = Object.entries(packages).filter(([path]) => path !== '');
    assert.ok(locked.length > 50);
    for (const [path, { integrity, resolved }] of locked) {
      assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path);
      assert.equal(resolved, undefined, path);
    }
    assert.match(read('.npmrc'), /^omit-lockfile-registry-resolved=true$/m);
  });

  it('the workflow runs actions of one commit each, on a named system, and may only read', () => {
    const { permissions, jobs } = parse(read('.github/workflows/ci.yml')) as Workflow;
    assert.deepEqual(permissions, { contents: 'read' });
    for (const [name, job] of Object.entries(jobs)) {
      assert.equal(job.permissions, undefined, name);
      assert.match(job['runs-on'], /-\d+\.\d+$/);
      const checkout = job.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      assert.deepEqual(checkout?.with, { 'persist-credentials': false });
    }
    const used = [...read('.github/workflows/ci.yml').matchAll(/uses: (.*)/g)].map(([, action]) => action);
    assert.ok(used.length > 0);
    for (const action of used) assert.match(action ?? '', /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('only the packages that package.json names may run scripts when they are installed', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Readonly<
        Record<string, { readonly hasInstallScript?: boolean; readonly optional?: boolean }>
      >;
    };
    const scripts = Object.entries(packages)
      .filter(([, { hasInstallScript, optional }]) => hasInstallScript && !optional)
      .map(([path]) => path.replace('node_modules/', ''));
    const { allowScripts } = JSON.parse(read('package.json')) as { allowScripts: object };
    assert.deepEqual(scripts.sort(), Object.keys(allowScripts).sort());
    assert.match(read('deploy/docker/Dockerfile'), /"npm", "ci", "--ignore-scripts"/);
  });

  it('the security page says what is promised and what is not, and names files that there are', () => {
    const page = read('.github/SECURITY.md');
    for (const section of ['What the agent promises', 'What it does not promise', 'What it is made of'])
      assert.match(page, new RegExp(`^## ${section}\\n\\n[^#]{200}`, 'm'));
    const links = [...page.matchAll(/\]\((\.\.\/[^)#]+)/g)].map(([, link = '']) => link);
    assert.ok(links.length > 1);
    for (const link of links) assert.ok(existsSync(join('.github', link)), link);
  });

  it('the image is built from all that the build imports', () => {
    const ignored = read('.dockerignore').split('\n');
    const wanted = new Set(['deploy/build.ts']);
    for (const file of wanted) {
      for (const [, path = ''] of read(file).matchAll(/^import [^;]*from '(\.[^']+)';$/gm))
        wanted.add(join(dirname(file), path));
    }
    assert.ok(wanted.size > 3);
    for (const file of wanted)
      assert.ok(
        ignored.some((line) => line.startsWith('!') && `${file}/`.startsWith(`${line.slice(1)}/`)),
        `${file} is not sent to the builder`,
      );
  });

  it('the image holds the Node that the tests run with', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as {
      devDependencies: Readonly<Record<string, string>>;
    };
    assert.match(
      read('deploy/docker/Dockerfile'),
      new RegExp(`^ARG NODE_IMAGE=node:${devDependencies.node}-slim$`, 'm'),
    );
    assert.equal(process.version, `v${devDependencies.node}`);
  });
});

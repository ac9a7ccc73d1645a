import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { IMAGE } from '../../deploy/build/manifest.ts';

const read = (file: string) => readFileSync(file, 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

type Permissions = Readonly<Record<string, string>>;

interface Workflow {
  readonly permissions: Permissions;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly 'runs-on'?: string;
        readonly 'timeout-minutes'?: number;
        readonly uses?: string;
        readonly permissions?: Permissions;
        readonly steps?: readonly Step[];
      }
    >
  >;
}

const READS = { contents: 'read' };
const ATTESTS = { 'id-token': 'write', attestations: 'write' };

/** What the jobs of each workflow may do; a job that is not named may do what the workflow may. */
const PERMISSIONS: Readonly<
  Record<string, { readonly all: Permissions; readonly jobs: Readonly<Record<string, Permissions>> }>
> = {
  'ci.yml': { all: READS, jobs: {} },
  'release.yml': {
    all: {},
    jobs: {
      version: READS,
      test: READS,
      build: READS,
      attest: ATTESTS,
      npm: { 'id-token': 'write' },
      image: { ...READS, packages: 'write', ...ATTESTS },
      chart: { packages: 'write', ...ATTESTS },
      release: { contents: 'write' },
    },
  },
};

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

  for (const [file, allowed] of Object.entries(PERMISSIONS)) {
    const text = read(`.github/workflows/${file}`);
    const { permissions, jobs } = parse(text) as Workflow;

    it(`${file}: each job may do what it needs and nothing else`, () => {
      assert.deepEqual(permissions, allowed.all);
      for (const [name, job] of Object.entries(jobs)) {
        assert.deepEqual(job.permissions, allowed.jobs[name], name);
        const mayWrite = Object.values(job.permissions ?? permissions).includes('write');
        // What packages run when they are installed gets no right to publish.
        for (const { run = '' } of mayWrite ? (job.steps ?? []) : [])
          assert.doesNotMatch(run, /npm (?:ci|install)|npx|npm run/, name);
      }
    });

    it(`${file}: it runs actions of one commit each, on a named system and for a bounded time`, () => {
      for (const [name, job] of Object.entries(jobs)) {
        if (job.uses) continue;
        assert.match(job['runs-on'] ?? '', /-\d+\.\d+$/, name);
        assert.ok((job['timeout-minutes'] ?? Number.POSITIVE_INFINITY) <= 60, name);
        for (const { uses = '', with: given } of job.steps ?? []) {
          if (uses.startsWith('actions/checkout@')) assert.deepEqual(given, { 'persist-credentials': false });
        }
      }
      const used = [...text.matchAll(/uses: (.*)/g)].map(([, action = '']) => action);
      assert.ok(used.length > 0);
      for (const action of used) {
        if (action.startsWith('./')) assert.ok(existsSync(action), action);
        else assert.match(action, /^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    });
  }

  it('all workflows run one version of each action', () => {
    const used = readdirSync('.github/workflows').flatMap((file) => [
      ...read(`.github/workflows/${file}`).matchAll(/uses: ([\w/-]+)@(.*)/g),
    ]);
    const versions = new Map(used.map(([, action, version]) => [action, version]));
    for (const [, action, version] of used) assert.equal(version, versions.get(action), action);
    assert.deepEqual(readdirSync('.github/workflows').sort(), Object.keys(PERMISSIONS));
  });

  it('a release is built by scripts that there are, with the Node of the tests, and pushes the image that all name', () => {
    const text = read('.github/workflows/release.yml');
    const { scripts, devDependencies, repository } = JSON.parse(read('package.json')) as {
      scripts: Readonly<Record<string, string>>;
      devDependencies: Readonly<Record<string, string>>;
      repository: { url: string };
    };
    const [, built = ''] = /for what in ([a-z ]+); do npm run "build:\$what"/.exec(text) ?? [];
    assert.deepEqual(
      built
        .split(' ')
        .map((what) => `build:${what}`)
        .sort(),
      Object.keys(scripts)
        .filter((name) => name.startsWith('build:'))
        .sort(),
    );
    const nodes = [...text.matchAll(/node-version: (.*)/g)].map(([, version]) => version);
    assert.deepEqual(new Set(nodes), new Set([devDependencies.node]));
    assert.match(text, /IMAGE: ghcr\.io\/\$\{\{ github\.repository \}\}/);
    assert.equal(`ghcr.io/${/github\.com\/(.*)\.git$/.exec(repository.url)?.[1]}`, IMAGE);
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

  it('the image of a release is built by the command that the documentation gives', () => {
    const oneLine = (text: string) => text.replaceAll(/[\s\\]+/g, ' ');
    const command =
      /buildah build --platform linux\/amd64,linux\/arm64 .*? --file deploy\/docker\/Dockerfile \./;
    const [documented] = command.exec(oneLine(read('docs/deployment.md'))) ?? assert.fail('it is documented');
    assert.ok(oneLine(read('.github/workflows/release.yml')).includes(documented));
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
      new RegExp(`^ARG NODE_IMAGE=docker.io/library/node:${devDependencies.node}-slim$`, 'm'),
    );
    assert.equal(process.version, `v${devDependencies.node}`);
  });
});

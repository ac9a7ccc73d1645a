import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { AIMS, MEMORY_LIMIT } from './aims.ts';
import { runtimeEnv } from './measure/programs.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('Figures of performance', () => {
  it('are in the readme only as aims that the bench judges', () => {
    const aims = AIMS.filter(({ kind }) => kind === 'memory').map(({ most }) => most);
    const stated = [...read('README.md').matchAll(/(\d+) (?:MiB|MB)\b/g)].map(([, figure]) => Number(figure));
    assert.ok(stated.length > 0);
    for (const figure of stated) assert.ok(aims.includes(figure), `${figure} MiB is no aim`);
  });

  it('are not in other pages, which refer to docs/performance.md', () => {
    for (const page of ['scaling', 'deployment', 'history']) {
      const about = read(`docs/${page}.md`);
      const measured = [...about.matchAll(/^.*\d (?:ms|MB|kB)\b.*$|^\|.*\d MiB.*$/gm)].map(([line]) => line);
      assert.deepEqual(measured, [], page);
    }
    for (const page of ['docs/scaling.md', 'docs/deployment.md', 'README.md'])
      assert.match(read(page), /\]\((?:docs\/)?performance\.md\)/, page);
  });
});

describe('The memory that deployments of one agent give it', () => {
  it('is the one that the bench judges', () => {
    const limits = {
      'deploy/kubernetes/base/agent-pod.yaml': /limits:\s+memory: (\d+)Mi/,
      'deploy/helm/solar-otel-agent/files/agent-pod.yaml': /single:.*?limits:\s+memory: (\d+)Mi/s,
      'deploy/helm/solar-otel-agent/values.yaml': /(\d+) MiB for one agent/,
      'deploy/systemd/solar-otel-agent.service': /^MemoryMax=(\d+)M$/m,
      'deploy/compose/compose.yaml': /^ +mem_limit: (\d+)m$/m,
      'docs/deployment.md': /(\d+) MiB for\s+systemd, Compose and one agent in Kubernetes/,
    };
    for (const [file, limit] of Object.entries(limits))
      assert.equal(Number(limit.exec(read(file))?.[1]), MEMORY_LIMIT, file);
  });
});

describe('What deployments give to Node', () => {
  it('is the same everywhere, and the bench measures with it', () => {
    const variables = runtimeEnv();
    assert.deepEqual(Object.keys(variables), ['NODE_OPTIONS', 'GLIBC_TUNABLES']);
    for (const unit of ['solar-otel-agent', 'solar-otel-agent-push']) {
      const lines = read(`deploy/systemd/${unit}.service`).matchAll(/^Environment="?([A-Z_]+)=(.*?)"?$/gm);
      const given = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
      for (const [name, value] of Object.entries(variables)) assert.equal(given[name], value, unit);
    }
  });
});

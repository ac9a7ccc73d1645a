import assert from 'node:assert/strict';
import { access, glob, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { IMAGE } from '../../deploy/build/manifest.ts';
import { version } from '../../src/base/version.ts';
import { agentSettings } from '../../src/config/settings.ts';
import { kinds } from '../../src/kinds.ts';
import { settingsOf } from '../../src/settings/setting.ts';

/** What deployments set and the agent's configuration does not hold. */
const NOT_SETTINGS = [
  'NODE_OPTIONS',
  'GLIBC_TUNABLES',
  'POD_NAME',
  'COLLECTOR_HEALTH_HOST',
  'COLLECTOR_STORAGE',
  'PROMETHEUS_REMOTE_WRITE_URL',
];

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { image: string; profiles?: readonly string[]; environment?: Readonly<Record<string, string>> }
    >
  >;
}
const compose = async () =>
  parse(await readFile('deploy/compose/compose.yaml', 'utf8'), { merge: true }) as Compose;
const isAgent = ({ image }: { readonly image: string }) => image.startsWith(`${IMAGE}:`);

describe('The deployments', () => {
  it('set variables that the agent knows', async () => {
    const known = new Set(NOT_SETTINGS);
    for (const section of [agentSettings, ...Object.values(kinds).map(({ settings }) => settings)])
      for (const [, { env = [] }] of settingsOf(section)) for (const name of [env].flat()) known.add(name);
    const used = Object.values((await compose()).services)
      .filter(isAgent)
      .flatMap(({ environment = {} }) => Object.keys(environment));
    for await (const file of glob(
      'deploy/{systemd/*.service,docker/Dockerfile,kubernetes/{base,sharded,sidecar}/*.yaml}',
    )) {
      const text = await readFile(file, 'utf8');
      const names = text.matchAll(/(?:^Environment=|^ENV |^ {4}|- name: |^ +name: )([A-Z][A-Z_]+)(?==|$)/gm);
      for (const [, name = ''] of names) used.push(name);
    }
    assert.ok(used.length > 15, used.join());
    assert.deepEqual(
      used.filter((name) => !known.has(name)),
      [],
    );
  });

  it('pin the images they use, and run this version of the agent', async () => {
    for (const [name, service] of Object.entries((await compose()).services)) {
      assert.match(service.image, /:v?\d+\.\d+\.\d+$/, name);
      if (isAgent(service)) assert.equal(service.image, `${IMAGE}:${version}`);
    }
    const base = parse(await readFile('deploy/kubernetes/base/kustomization.yaml', 'utf8'));
    assert.deepEqual(base.images, [{ name: 'solar-otel-agent', newName: IMAGE, newTag: version }]);
    const chart = parse(await readFile('deploy/helm/solar-otel-agent/values.yaml', 'utf8'));
    assert.deepEqual([chart.image.repository, chart.image.tag], [IMAGE, '']);
  });

  it('show simulated data when nothing was changed', async () => {
    const [, profile] = /^COMPOSE_PROFILES=(.*)$/m.exec(await readFile('deploy/compose/.env', 'utf8')) ?? [];
    const agents = Object.entries((await compose()).services).filter(([, service]) => isAgent(service));
    const started = agents.filter(([, { profiles }]) => profiles?.includes(profile ?? ''));
    assert.deepEqual(
      started.map(([name]) => name),
      ['demo'],
    );
  });

  it('open Grafana with a dashboard that there is', async () => {
    const { grafana } = (await compose()).services;
    const path = grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
    await access(path.replace('/var/lib/grafana', 'deploy/grafana'));
  });

  it('give the sidecar the collector configuration that stands at the top of the repository', async () => {
    assert.equal(
      await readFile('deploy/kubernetes/sidecar/otel-collector.yaml', 'utf8'),
      await readFile('otel-collector.yaml', 'utf8'),
    );
  });
});

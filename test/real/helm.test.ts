import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import { IMAGE } from '../../deploy/build/manifest.ts';
import { version } from '../../src/base/version.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { dashboardNames } from '../deploy/dashboards.ts';
import { ACCOUNTS, CASES, INVERTER, MONITORING, STICK } from './helm-values.ts';
import { type Manifest, ManifestCheck, manifestsIn, podOf, runPrepared, workloadOf } from './manifests.ts';

const CHART = 'deploy/helm/solar-otel-agent';
const SECRETS = '/run/secrets/solar-otel-agent/';

describe('The Helm chart', () => {
  let folder: string;
  let check: ManifestCheck;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    check = await ManifestCheck.make();
  });
  after(async () => {
    await check.remove();
    await rm(folder, { recursive: true });
  });

  const helm = async (args: readonly string[], values: object): Promise<string> => {
    const file = join(folder, 'values.yaml');
    await writeFile(file, stringify(values));
    return await runPrepared('helm', ...args, CHART, '--values', file);
  };
  const template = (values: object, ...args: readonly string[]) =>
    helm(['template', 'solar-otel-agent', ...args], values);
  const rendered = async (values: object): Promise<readonly Manifest[]> =>
    manifestsIn(await template(values));
  const refused = (values: object, message: RegExp) =>
    assert.rejects(template(values), ({ stderr }: { stderr: string }) => message.test(stderr));

  for (const [what, values] of Object.entries(CASES)) {
    it(`${what}: Helm finds nothing to complain of, and every resource is what the Kubernetes API takes`, async () => {
      assert.match(await helm(['lint', '--strict'], values), /0 chart\(s\) failed/);
      const summary = await check.run(await template(values));
      assert.match(summary, /Invalid: 0, Errors: 0, Skipped: 0/);
    });

    it(`${what}: the agent takes the configuration, with each secret from its file`, async () => {
      const manifests = await rendered(values);
      const mounted = secretFiles(manifests);
      const text = agentConfig(manifests);
      const named = [...text.matchAll(new RegExp(`${SECRETS}(\\S+)`, 'g'))].map(([, file]) => file);
      assert.deepEqual(named.sort(), Object.keys(mounted).sort());
      const { sources } = load(text, mounted);
      const { accounts = [], trucki } = values as {
        accounts?: readonly { readonly token?: string; readonly token_secret?: { readonly key: string } }[];
        trucki?: { readonly targets: readonly { readonly address: string }[] };
      };
      assert.deepEqual(
        sources.growatt.accounts.map(({ token }) => token),
        accounts.map(({ token, token_secret }) => token ?? `${token_secret?.key}-of-growatt`),
      );
      assert.deepEqual(
        sources.trucki.targets.map(({ address }) => String(address)),
        (trucki?.targets ?? []).map(({ address }) => address),
      );
    });
  }

  it('sticks and inverters on the local network need no Secret', async () => {
    const manifests = await rendered({ ...STICK, ...INVERTER });
    assert.ok(!manifests.some(({ kind }) => kind === 'Secret'));
    assert.doesNotMatch(stringify(podOf(manifests)), /secret/i);
  });

  it('no token or password stands anywhere but in its Secret', async () => {
    const manifests = await rendered(CASES['everything of one agent']!);
    const text = JSON.stringify(manifests.filter(({ kind }) => kind !== 'Secret'));
    for (const secret of ['a:#', 'of all sticks', 'of this stick']) assert.ok(!text.includes(secret));
  });

  for (const [overlay, values] of [
    ['standalone', { ...STICK, persistence: { enabled: false } }],
    ['sharded', { ...ACCOUNTS, shards: 3 }],
  ] as const) {
    it(`runs the agent as the overlay ${overlay} of Kustomize does: security, probes, arguments, memory, state`, async () => {
      const ofKustomize = manifestsIn(
        await runPrepared('kustomize', 'build', `deploy/kubernetes/${overlay}`),
      );
      const ofHelm = await rendered(values);
      const seen = (manifests: readonly Manifest[]) => {
        const workload = workloadOf(manifests);
        const { containers, volumes, serviceAccountName, ...pod } = podOf(manifests) as unknown as {
          containers: readonly Record<string, unknown>[];
          volumes: readonly { name: string }[];
          serviceAccountName: string;
        };
        const [container, ...others] = containers;
        assert.deepEqual(others, []);
        const { image: _, imagePullPolicy: __, volumeMounts, ...agent } = container!;
        const { replicas, strategy, podManagementPolicy, serviceName, volumeClaimTemplates } =
          workload.spec as unknown as Readonly<Record<string, unknown>>;
        return {
          kind: workload.kind,
          name: workload.metadata.name,
          spec: { replicas, strategy, podManagementPolicy, serviceName, volumeClaimTemplates },
          pod,
          agent,
          serviceAccountName,
          state: [
            volumes.find(({ name }) => name === 'state'),
            (volumeMounts as readonly { name: string }[]).find(({ name }) => name === 'state'),
          ],
          monitor: (manifests.find(({ kind }) => kind === 'PodMonitor')?.spec as { jobLabel?: string })
            ?.jobLabel,
        };
      };
      assert.deepEqual(seen(await rendered({ ...values, monitor: { enabled: true } })), seen(ofKustomize));
      assert.equal(podOf(ofHelm).containers[0]?.image, `${IMAGE}:${version}`);
    });
  }

  it('has the rules and dashboards that Kustomize has', async () => {
    const ofKustomize = manifestsIn(await runPrepared('kustomize', 'build', 'deploy/kubernetes/monitoring'));
    const ofHelm = await rendered({ ...STICK, ...MONITORING });
    const rules = (manifests: readonly Manifest[]) =>
      manifests.filter(({ kind }) => kind === 'PrometheusRule').map(({ spec }) => spec);
    assert.equal(rules(ofHelm).length, 1);
    assert.deepEqual(rules(ofHelm), rules(ofKustomize));
    const dashboards = (manifests: readonly Manifest[]) =>
      manifests
        .filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1')
        .map(({ data, metadata }) => [data, metadata.annotations?.grafana_folder]);
    assert.equal(dashboards(ofHelm).length, dashboardNames.length);
    assert.deepEqual(dashboards(ofHelm), dashboards(ofKustomize));
  });

  it('puts another limit into the rules and leaves the rest', async () => {
    const values = { ...STICK, prometheusRule: { enabled: true, limits: { grid_voltage_low_volts: 107.5 } } };
    const [rule] = (await rendered(values)).filter(({ kind }) => kind === 'PrometheusRule');
    const expected = parse(await readFile('deploy/prometheus/alerts.yaml', 'utf8'));
    const [low] = expected.groups[0].rules;
    assert.equal(low.record, 'solar:limit:grid_voltage_low_volts');
    low.expr = 'vector(107.5)';
    assert.deepEqual(rule?.spec, expected);
  });

  for (const kind of ['PodMonitor', 'ServiceMonitor']) {
    it(`its ${kind} finds what it scrapes, and gives the job the name that the alerts expect`, async () => {
      const manifests = await rendered({ ...STICK, monitor: { enabled: true, kind } });
      const { spec } = manifests.find((manifest) => manifest.kind === kind) as unknown as {
        spec: {
          jobLabel: string;
          selector: { matchLabels: Record<string, string> };
          podMetricsEndpoints?: object[];
          endpoints?: object[];
        };
      };
      const service = manifests.find((manifest) => manifest.kind === 'Service');
      const { template: pod } = workloadOf(manifests).spec;
      const labels = (kind === 'PodMonitor' ? pod.metadata : service?.metadata)?.labels ?? {};
      assert.equal(labels[spec.jobLabel], 'solar-otel-agent');
      for (const [label, value] of Object.entries(spec.selector.matchLabels))
        assert.equal(labels[label], value);
      assert.deepEqual(spec.podMetricsEndpoints ?? spec.endpoints, [{ port: 'metrics', interval: '30s' }]);
      const { ports } = service?.spec ?? {};
      assert.deepEqual(ports, [{ name: 'metrics', port: 9120, targetPort: 'metrics' }]);
      assert.deepEqual(pod.spec.containers[0]?.ports, [{ name: 'metrics', containerPort: 9120 }]);
    });
  }

  it('takes resources and security contexts in place of its own', async () => {
    const resources = { limits: { memory: '64Mi' } };
    const podSecurityContext = { runAsNonRoot: true };
    const securityContext = { readOnlyRootFilesystem: true };
    const pod = podOf(await rendered({ ...STICK, resources, podSecurityContext, securityContext }));
    assert.deepEqual(pod.securityContext, podSecurityContext);
    assert.deepEqual(pod.containers[0]?.resources, resources);
    assert.deepEqual(pod.containers[0]?.securityContext, securityContext);
  });

  it('starts the agent anew when its configuration or a secret of the chart changes, and only then', async () => {
    const sum = async (values: object) => {
      const { template: pod } = workloadOf(await rendered(values)).spec;
      return pod.metadata.annotations?.['checksum/config'];
    };
    const account = { name: 'north', token: 'a-token' };
    const first = await sum({ accounts: [account] });
    assert.match(first ?? '', /^[0-9a-f]{64}$/);
    assert.equal(await sum({ accounts: [account], monitor: { enabled: true } }), first);
    assert.notEqual(await sum({ accounts: [{ ...account, token: 'another' }] }), first);
    assert.notEqual(await sum({ accounts: [account], config: { region: 'us' } }), first);
  });

  it('says what is wrong with the values', async () => {
    await refused({}, /nothing to read: give accounts, trucki\.targets or modbus\.targets/);
    await refused({ truckis: {} }, /'truckis' not allowed/);
    await refused({ trucki: { targets: [{ adress: '192.0.2.1' }] } }, /missing property 'address'/);
    await refused({ accounts: [{ token: 'a', token_secret: { name: 'b', key: 'c' } }] }, /accounts/);
    await refused({ ...STICK, config: { state_dir: '/tmp' } }, /'state_dir' not allowed/);
    await refused({ ...STICK, config: { exporter: { listen_addr: ':80' } } }, /'listen_addr' not allowed/);
    await refused({ ...STICK, shards: 0 }, /shards/);
    await refused({ ...STICK, shards: 2, persistence: { existingClaim: 'a' } }, /a claim each/);
    await refused({ ...STICK, shards: 2, service: { type: 'NodePort' } }, /headless/);
  });

  it('the examples in values.yaml are values', async () => {
    const text = await readFile(`${CHART}/values.yaml`, 'utf8');
    const values = parse(
      text.replaceAll(/^(accounts|trucki|modbus): .*$/gm, '$1:').replaceAll(/^#( {2}.*)$/gm, '$1'),
    );
    assert.ok(
      values.accounts.length > 1 && values.trucki.targets.length > 0 && values.modbus.targets.length > 0,
    );
    assert.match(await check.run(await template(values)), /Invalid: 0, Errors: 0, Skipped: 0/);
  });

  it('the values in the documentation are values, and its address is where a release pushes the chart', async () => {
    const page = await readFile('docs/deployment.md', 'utf8');
    const [, block = ''] = /### With Helm.*?```yaml\n(.*?)```/s.exec(page) ?? [];
    const manifests = await rendered(parse(block));
    assert.match(agentConfig(manifests), /token_file.*\n(.*\n)*.*192\.168\.1\.40/);
    assert.deepEqual(
      new Set(manifests.map(({ kind }) => kind).filter((kind) => /Prometheus|Monitor/.test(kind))),
      new Set(['PodMonitor', 'PrometheusRule']),
    );
    const [, address = ''] = /helm upgrade --install \S+ oci:\/\/(\S+)/.exec(page) ?? [];
    assert.equal(address, `${IMAGE.replace(/\/[^/]*$/, '')}/charts/solar-otel-agent`);
    assert.match(
      await readFile('.github/workflows/release.yml', 'utf8'),
      /CHARTS: ghcr\.io\/\$\{\{ github\.repository_owner \}\}\/charts$/m,
    );
  });

  it('its notes name the workload that there is', async () => {
    const notes = async (values: object) => {
      const text = await helm(['install', 'home', '--namespace', 'solar', '--dry-run=client'], values);
      return text.slice(text.indexOf('NOTES:'));
    };
    assert.match(await notes(STICK), /--namespace solar port-forward deployment\/home-solar-otel-agent 9120/);
    const sharded = await notes({ ...ACCOUNTS, shards: 2 });
    assert.match(sharded, /scale statefulset home-solar-otel-agent --replicas=0/);
  });

  it('is packed as one file of this version', async () => {
    await runPrepared('helm', 'package', CHART, '--destination', folder);
    const file = join(folder, `solar-otel-agent-${version}.tgz`);
    const text = await runPrepared(
      'helm',
      'template',
      'home',
      file,
      '--values',
      join(folder, 'values.yaml'),
      '--set',
      'dashboards.enabled=true',
    );
    assert.equal(text.match(/grafana_dashboard: "1"/g)?.length, dashboardNames.length);
  });
});

const agentConfig = (manifests: readonly Manifest[]): string =>
  manifests.flatMap(({ data }) => data?.['config.yaml'] ?? [])[0] ?? assert.fail('there is a configuration');

/** The files with secrets in the pod; one of a Secret that the chart does not make holds KEY-of-NAME. */
function secretFiles(manifests: readonly Manifest[]): Readonly<Record<string, string>> {
  const own = manifests.find(({ kind }) => kind === 'Secret');
  const volume = podOf(manifests).volumes.find(({ name }) => name === 'secrets') as
    | {
        projected: {
          sources: readonly { secret: { name: string; items: readonly { key: string; path: string }[] } }[];
        };
      }
    | undefined;
  const files = (volume?.projected.sources ?? []).flatMap(({ secret: { name, items } }) =>
    items.map(({ key, path }) => {
      const content = name === own?.metadata.name ? own.stringData?.[key] : `${key}-of-${name}`;
      return [path, content ?? assert.fail(`${name} has no ${key}`)] as const;
    }),
  );
  return Object.fromEntries(files);
}

/** Reads the configuration as the agent in the pod does. */
function load(config: string, secrets: Readonly<Record<string, string>>): Config {
  const file = '/etc/solar-otel-agent/config.yaml';
  const readFile = (path: string) =>
    path === file ? config : (secrets[path.replace(SECRETS, '')] ?? assert.fail(`${path} is not mounted`));
  return loadConfig({ file, readFile, env: {}, flags: {}, isTerminal: false });
}

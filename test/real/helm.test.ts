import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, parseDocument } from 'yaml';
import { IMAGE } from '../../deploy/build/manifest.ts';
import { NOT_IN_CONFIG } from '../../deploy/helm/values-schema.ts';
import { version } from '../../src/base/version.ts';
import { EXAMPLE_FILE } from '../../src/docs/configuration.ts';
import { dashboardNames } from '../deploy/dashboards.ts';
import { agentConfig, CHART, helm, rendered, template } from './chart.ts';
import { ACCOUNTS, CASES, MONITORING, STICK } from './helm-values.ts';
import { type Manifest, ManifestCheck, manifestsIn, podOf, runPrepared, workloadOf } from './manifests.ts';

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

  const refused = (values: object, message: RegExp) =>
    assert.rejects(template(values), ({ stderr }: { stderr: string }) => message.test(stderr));

  for (const [what, values] of Object.entries(CASES)) {
    it(`${what}: Helm finds nothing to complain of, and every resource is what the Kubernetes API takes`, async () => {
      assert.match(await helm(['lint', '--strict'], values), /0 chart\(s\) failed/);
      const summary = await check.run(await template(values));
      assert.match(summary, /Invalid: 0, Errors: 0, Skipped: 0/);
    });
  }

  for (const [overlay, values] of [
    ['standalone', { ...STICK, persistence: { enabled: false } }],
    // Those claims cannot be changed any more.
    ['sharded', { ...ACCOUNTS, shards: 3, persistence: { size: '16Mi' } }],
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

  it('asks the endpoint as its values say', async () => {
    const endpoint = { scheme: 'https', interval: '1m' };
    const manifests = await rendered({ ...STICK, monitor: { enabled: true, endpoint } });
    const monitor = manifests.find(({ kind }) => kind === 'PodMonitor');
    assert.deepEqual((monitor?.spec as { podMetricsEndpoints?: object } | undefined)?.podMetricsEndpoints, [
      { port: 'metrics', scheme: 'https', interval: '30s' },
    ]);
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

  it('takes everything else that the documentation shows of the configuration file', async () => {
    const pages = await Promise.all(['money', 'forecast'].map((page) => readFile(`docs/${page}.md`, 'utf8')));
    const blocks = pages.flatMap((page) => [...page.matchAll(/^```yaml\n(.*?)^```/gms)]);
    const examples = [EXAMPLE_FILE, ...blocks.map(([, block = '']) => block)];
    assert.ok(examples.length > 3);
    for (const example of examples) {
      const config = parseDocument(example);
      for (const path of NOT_IN_CONFIG.map((keys) => keys.split('.')))
        if (config.hasIn(path)) config.deleteIn(path);
      const manifests = await rendered({ ...STICK, config: config.toJS() });
      const { trucki: _, ...given } = parse(agentConfig(manifests));
      assert.deepEqual(given, config.toJS());
    }
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
    const values = 'trucki.targets[0].address=192.0.2.40,dashboards.enabled=true';
    const text = await runPrepared('helm', 'template', 'home', file, '--set', values);
    assert.equal(text.match(/grafana_dashboard: "1"/g)?.length, dashboardNames.length);
  });
});

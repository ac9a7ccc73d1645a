import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { IMAGE } from '../../deploy/build/manifest.ts';
import { version } from '../../src/base/version.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { loadConfig } from '../../src/config/load.ts';
import { AIMS } from '../bench/aims.ts';
import { dashboardNamed, dashboardNames } from '../deploy/dashboards.ts';
import { type Manifest, ManifestCheck, manifestsIn, runPrepared, workloadOf } from './manifests.ts';

const OVERLAYS = ['base', 'standalone', 'sidecar', 'sharded'] as const;

interface PodMonitor extends Pick<Manifest, 'metadata'> {
  readonly spec: {
    readonly jobLabel: string;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  };
}

describe('The Kubernetes manifests', () => {
  let folder: string;
  let check: ManifestCheck;
  const rendered = new Map<string, { text: string; manifests: readonly Manifest[] }>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    check = await ManifestCheck.make();
    for (const overlay of OVERLAYS) {
      const text = await runPrepared('kustomize', 'build', `deploy/kubernetes/${overlay}`);
      rendered.set(overlay, { text, manifests: manifestsIn(text) });
    }
  });
  after(async () => {
    await check.remove();
    await rm(folder, { recursive: true });
  });

  const manifestsOf = (overlay: string) => rendered.get(overlay)?.manifests ?? [];
  const podOf = (overlay: string) => {
    const { replicas, template } = workloadOf(manifestsOf(overlay)).spec;
    return { ...template.spec, labels: template.metadata.labels ?? {}, replicas };
  };

  const agentOf = (overlay: string) => {
    const { containers, initContainers = [] } = podOf(overlay);
    const agent = [...containers, ...initContainers].find(({ name }) => name === 'agent');
    return agent ?? assert.fail(`${overlay} has an agent`);
  };

  for (const overlay of OVERLAYS) {
    it(`${overlay}: every resource is what the Kubernetes API takes`, async () => {
      assert.match(await check.run(rendered.get(overlay)?.text ?? ''), /Invalid: 0, Errors: 0, Skipped: 0/);
    });

    it(`${overlay}: the pod keeps the restricted Pod Security Standard, with a memory limit`, () => {
      const pod = podOf(overlay);
      assert.equal(pod.automountServiceAccountToken, false);
      assert.equal(pod.securityContext.runAsNonRoot, true);
      assert.deepEqual(pod.securityContext.seccompProfile, { type: 'RuntimeDefault' });
      for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
        assert.deepEqual(container.securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        assert.ok(container.resources.limits.memory, container.name);
      }
    });

    it(`${overlay}: the probes of the agent need no password`, () => {
      const { livenessProbe, startupProbe, readinessProbe } = agentOf(overlay);
      const [node, bundle, ...args] = livenessProbe?.exec?.command ?? [];
      assert.deepEqual([node, bundle], ['/usr/local/bin/node', '/app/solar-otel-agent.js']);
      const invocation = parseFlags(args);
      assert.equal(invocation.command, 'healthcheck');
      const started = parseFlags(agentOf(overlay).args ?? []);
      assert.deepEqual(invocation, { ...started, command: 'healthcheck' });
      assert.deepEqual(startupProbe?.exec, livenessProbe?.exec);
      assert.equal(readinessProbe, undefined);
    });

    it(`${overlay}: the memory that the bench allows the agent and its health check leaves half as much again`, () => {
      const aim = (size: string) => AIMS.find(({ what }) => what.startsWith(size))?.most ?? Number.NaN;
      // A health check takes no more than an agent of a home.
      const needed = aim(overlay === 'sharded' ? '5 000 inverters' : '1 000 inverters') + aim('home');
      const limit = agentOf(overlay).resources.limits.memory ?? '';
      const [, figure = '', unit = ''] = /^(\d+)(Mi|Gi)$/.exec(limit) ?? [];
      assert.ok(Number(figure) * (unit === 'Gi' ? 1024 : 1) >= 1.5 * needed, `${limit} for ${needed} MiB`);
    });

    it(`${overlay}: the agent takes its configuration and runs this version`, async () => {
      const agent = agentOf(overlay);
      assert.equal(agent.image, `${IMAGE}:${version}`);
      const text = manifestsOf(overlay).find((manifest) => manifest.data?.['config.yaml'])?.data?.[
        'config.yaml'
      ];
      const token = join(folder, 'token');
      await writeFile(token, 'a-token');
      const secrets = '/run/secrets/solar-otel-agent/';
      const file = join(folder, 'config.yaml');
      await writeFile(file, (text ?? '').replaceAll(new RegExp(`${secrets}\\S+`, 'g'), token));
      const env = Object.fromEntries(
        (agent.env ?? []).map(({ name, value = 'solar-otel-agent-2' }) => [
          name,
          value.startsWith(secrets) ? token : value.replace('$(POD_NAME)', 'solar-otel-agent-2'),
        ]),
      );
      loadConfig({ file, env, flags: {}, isTerminal: false });
    });
  }

  it('monitoring: Grafana finds each dashboard in a ConfigMap that kubectl can apply', async () => {
    const text = await runPrepared('kustomize', 'build', 'deploy/kubernetes/monitoring');
    assert.match(await check.run(text), /Invalid: 0, Errors: 0, Skipped: 0/);
    const manifests = manifestsIn(text);
    const maps = manifests.filter(({ kind }) => kind === 'ConfigMap');
    assert.deepEqual(
      maps.map(({ metadata }) => metadata.name),
      [...dashboardNames].sort().map((name) => `solar-dashboard-${name}`),
    );
    for (const { metadata, data = {} } of maps) {
      assert.equal(metadata.labels?.grafana_dashboard, '1');
      const [[file = '', json = ''] = []] = Object.entries(data);
      assert.deepEqual(JSON.parse(json), dashboardNamed(file.replace('.json', '')));
      // kubectl keeps the whole object in an annotation, which may have 256 KiB.
      assert.ok(JSON.stringify(data).length < 200_000, file);
    }
  });

  it('monitoring: the Prometheus Operator loads the same rules as a Prometheus of its own', async () => {
    const text = await runPrepared('kustomize', 'build', 'deploy/kubernetes/monitoring');
    const manifests = parseAllDocuments(text).map((part) => part.toJS());
    const [rule, ...more] = manifests.filter(({ kind }) => kind === 'PrometheusRule');
    assert.deepEqual(more, []);
    assert.equal(rule.metadata.labels.release, 'kube-prometheus-stack');
    assert.deepEqual(rule.spec, parse(await readFile('deploy/prometheus/alerts.yaml', 'utf8')));
  });

  for (const overlay of ['standalone', 'sharded'] as const) {
    it(`${overlay}: its PodMonitor is selected, and gives the job its name`, () => {
      const monitor = manifestsOf(overlay).find(({ kind }) => kind === 'PodMonitor') as unknown as
        | PodMonitor
        | undefined;
      assert.equal(monitor?.metadata.labels?.release, 'kube-prometheus-stack');
      const labels = podOf(overlay).labels;
      assert.equal(labels[monitor?.spec.jobLabel ?? ''], 'solar-otel-agent');
      for (const [label, value] of Object.entries(monitor?.spec.selector.matchLabels ?? {}))
        assert.equal(labels[label], value);
    });
  }

  it('a key that Kubernetes does not know is found', async () => {
    const { text = '' } = rendered.get('standalone') ?? {};
    for (const [right, wrong] of [
      ['livenessProbe', 'livelinessProbe'],
      ['podMetricsEndpoints', 'podMetricEndpoints'],
    ] as const) {
      await assert.rejects(check.run(text.replace(right, wrong)), { code: 1 });
    }
  });

  it('sidecar: the agent starts before the collector, stops after it, and sends to where it listens', async () => {
    const { containers, initContainers = [] } = podOf('sidecar');
    assert.deepEqual(
      containers.map(({ name }) => name),
      ['collector'],
    );
    assert.deepEqual(
      initContainers.map(({ name, restartPolicy }) => [name, restartPolicy]),
      [['agent', 'Always']],
    );
    const endpoint = initContainers[0]?.env?.find(({ name }) => name === 'OTEL_EXPORTER_OTLP_ENDPOINT');
    const { receivers } = parse(await readFile('otel-collector.yaml', 'utf8'));
    const listens = receivers.otlp.protocols.http.endpoint.replaceAll(/\$\{env:\w+:-([^}]*)\}/g, '$1');
    assert.equal(endpoint?.value, `http://${listens}`);
  });

  it("sidecar: the collector's probes ask where its health check answers to the kubelet, and its queue fits its volume", async () => {
    const [collector] = podOf('sidecar').containers;
    const health = collector?.ports?.find(({ name }) => name === 'health');
    for (const probe of [collector?.startupProbe, collector?.livenessProbe, collector?.readinessProbe])
      assert.deepEqual(probe?.httpGet, { path: '/', port: 'health' });
    const given = new Map((collector?.env ?? []).map(({ name, value }) => [name, value]));
    const filled = (text: string) =>
      text.replaceAll(/\$\{env:(\w+):-([^}]*)\}/g, (_, name, value) => given.get(name) ?? value);
    const { extensions, exporters, service } = parse(await readFile('otel-collector.yaml', 'utf8'));
    assert.equal(filled(extensions.health_check.endpoint), `0.0.0.0:${health?.containerPort}`);
    assert.ok(service.extensions.includes('health_check'));
    const { sizer, queue_size } = exporters['otlp_http/queue'].sending_queue;
    assert.equal(sizer, 'bytes');
    const { emptyDir } = podOf('sidecar').volumes.find(({ name }) => name === 'queue') ?? {};
    const [, mebibytes] = /^(\d+)Mi$/.exec(emptyDir?.sizeLimit ?? '') ?? [];
    assert.ok(Number(mebibytes) * 2 ** 20 > 1.5 * Number(filled(queue_size)));
  });

  it('base: sticks and inverters on the local network need no Secret', () => {
    const { volumes, containers } = podOf('base');
    assert.equal(volumes.find(({ name }) => name === 'token')?.secret?.optional, true);
    assert.deepEqual(
      containers[0]?.env?.map(({ name }) => name),
      ['STATE_DIR'],
    );
  });

  it('sharded: as many agents as SHARD says', () => {
    const { containers, replicas } = podOf('sharded');
    const env = containers[0]?.env ?? [];
    assert.equal(env.find(({ name }) => name === 'SHARD')?.value, `$(POD_NAME)/${replicas}`);
    const names = env.map(({ name }) => name);
    assert.ok(
      names.indexOf('POD_NAME') < names.indexOf('SHARD'),
      'a variable can refer to earlier ones only',
    );
  });
});

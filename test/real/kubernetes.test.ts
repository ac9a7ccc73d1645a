import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { version } from '../../src/base/version.ts';
import { loadConfig } from '../../src/config/load.ts';
import { schemaLocation, writeKubernetesSchemas, writeResourceSchemas } from './kubernetes-schemas.ts';
import { prepared } from './programs.ts';

const run = promisify(execFile);
const OVERLAYS = ['base', 'standalone', 'sidecar', 'sharded'] as const;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: unknown;
  readonly resources: { readonly limits: { readonly memory?: string } };
}

interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly securityContext: Readonly<Record<string, unknown>>;
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
      };
    };
  };
}

describe('The Kubernetes manifests', () => {
  let folder: string;
  const rendered = new Map<string, { text: string; manifests: readonly Manifest[] }>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    await writeKubernetesSchemas(prepared('kubernetes.json'), folder);
    await writeResourceSchemas(prepared('podmonitors.yaml'), folder);
    for (const overlay of OVERLAYS) {
      const text = await runPrepared('kustomize', 'build', `deploy/kubernetes/${overlay}`);
      rendered.set(overlay, { text, manifests: parseAllDocuments(text).map((part) => part.toJS()) });
    }
  });
  after(() => rm(folder, { recursive: true }));

  const validate = async (text: string): Promise<string> => {
    const file = join(folder, 'manifests.yaml');
    await writeFile(file, text);
    const schemas = ['-schema-location', schemaLocation(folder)];
    return await runPrepared('kubeconform', '-strict', '-summary', ...schemas, file);
  };
  const manifestsOf = (overlay: string) => rendered.get(overlay)?.manifests ?? [];
  const podOf = (overlay: string) => {
    const spec = manifestsOf(overlay).find((manifest) => manifest.spec?.template)?.spec;
    assert.ok(spec?.template, `${overlay} has a workload`);
    return { ...spec.template.spec, replicas: spec.replicas };
  };

  for (const overlay of OVERLAYS) {
    it(`${overlay}: every resource is what the Kubernetes API takes`, async () => {
      assert.match(await validate(rendered.get(overlay)?.text ?? ''), /Invalid: 0, Errors: 0, Skipped: 0/);
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

    it(`${overlay}: the agent takes its configuration and runs this version`, async () => {
      const pod = podOf(overlay);
      const agent = [...pod.containers, ...(pod.initContainers ?? [])].find(({ name }) => name === 'agent');
      assert.equal(agent?.image, `solar-otel-agent:${version}`);
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

  it('a key that Kubernetes does not know is found', async () => {
    const { text = '' } = rendered.get('standalone') ?? {};
    for (const [right, wrong] of [
      ['livenessProbe', 'livelinessProbe'],
      ['podMetricsEndpoints', 'podMetricEndpoints'],
    ] as const) {
      await assert.rejects(validate(text.replace(right, wrong)), { code: 1 });
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

/** @throws Error with `code` 1 when the program fails */
async function runPrepared(program: string, ...args: readonly string[]): Promise<string> {
  return (await run(prepared(program), args, { maxBuffer: 1 << 24 })).stdout;
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse, stringify } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { agentConfig, rendered } from './chart.ts';
import { ACCOUNTS, CASES, INVERTER, STICK } from './helm-values.ts';
import { type Manifest, podOf, workloadOf } from './manifests.ts';

const SECRETS = '/run/secrets/solar-otel-agent/';

interface KeyOfSecret {
  readonly name: string;
  readonly key: string;
}

/** The values that say where secrets are. */
interface ChartValues {
  readonly accounts?: readonly { readonly token?: string; readonly token_secret?: KeyOfSecret }[];
  readonly trucki?: {
    readonly password?: string;
    readonly targets: readonly {
      readonly address: string;
      readonly password?: string;
      readonly password_secret?: KeyOfSecret;
    }[];
  };
}

describe('The agent of the Helm chart', () => {
  for (const [what, values] of Object.entries(CASES)) {
    it(`${what}: it takes the configuration, with each secret from its file`, async () => {
      const manifests = await rendered(values);
      const mounted = secretFiles(manifests);
      const text = agentConfig(manifests);
      const named = [...text.matchAll(new RegExp(`${SECRETS}(\\S+)`, 'g'))].map(([, file]) => file);
      assert.deepEqual(named.sort(), Object.keys(mounted).sort());
      const { sources } = load(text, mounted);
      const { accounts = [], trucki } = values as ChartValues;
      assert.deepEqual(
        sources.growatt.accounts.map(({ token }) => token),
        accounts.map(({ token, token_secret }) => token ?? contentOf(token_secret)),
      );
      assert.deepEqual(
        sources.trucki.targets.map(({ address, password }) => [address, password]),
        (trucki?.targets ?? []).map(({ address, password, password_secret }) => [
          address,
          password ?? contentOf(password_secret) ?? trucki?.password,
        ]),
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

  it('keeps the state where its values say', async () => {
    const claims = async (values: object) => {
      const manifests = await rendered(values);
      const volume = podOf(manifests).volumes.find(({ name }) => name === 'state') as object | undefined;
      const made = manifests.filter(({ kind }) => kind === 'PersistentVolumeClaim');
      return [volume, made.map(({ metadata, spec }) => [metadata.name, spec])];
    };
    const size = { resources: { requests: { storage: '256Mi' } } };
    const uses = (claimName: string) => ({ name: 'state', persistentVolumeClaim: { claimName } });
    assert.deepEqual(await claims({ ...STICK, persistence: { storageClass: 'fast' } }), [
      uses('solar-otel-agent'),
      [['solar-otel-agent', { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', ...size }]],
    ]);
    assert.deepEqual(await claims({ ...STICK, persistence: { existingClaim: 'mine' } }), [uses('mine'), []]);
    assert.deepEqual(await claims({ ...STICK, persistence: { enabled: false } }), [
      { name: 'state', emptyDir: { sizeLimit: '256Mi' } },
      [],
    ]);
    // Their claims are those of the StatefulSet, compared with Kustomize's above.
    assert.deepEqual(await claims({ ...ACCOUNTS, shards: 2 }), [undefined, []]);
  });

  it('a Service of shards has no address of its own, so that each has a name', async () => {
    const service = (await rendered({ ...ACCOUNTS, shards: 2 })).find(({ kind }) => kind === 'Service');
    assert.equal((service?.spec as { clusterIP?: string } | undefined)?.clusterIP, 'None');
  });

  it('serves by the web configuration of a Secret', async () => {
    const manifests = await rendered({ ...STICK, webConfigSecret: 'web' });
    const { containers, volumes } = podOf(manifests);
    const mounts = (containers[0] as unknown as { volumeMounts: { name: string; mountPath: string }[] })
      .volumeMounts;
    const { mountPath } = mounts.find(({ name }) => name === 'web-config') ?? {};
    assert.equal(parse(agentConfig(manifests)).exporter.web_config_file, `${mountPath}/web.yaml`);
    assert.deepEqual(volumes.find(({ name }) => name === 'web-config')?.secret, {
      secretName: 'web',
      defaultMode: 0o440,
    });
  });

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
});

/** What stands in a Secret that the chart does not make. */
const contentOf = (from: KeyOfSecret | undefined) => from && `${from.key}-of-${from.name}`;

/** The files with secrets in the pod, and what they hold. */
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
      const content = name === own?.metadata.name ? own.stringData?.[key] : contentOf({ name, key });
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

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { schemaLocation, writeKubernetesSchemas, writeResourceSchemas } from './kubernetes-schemas.ts';
import { prepared } from './programs.ts';

const run = promisify(execFile);

export interface Probe {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path: string; readonly port: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext: unknown;
  readonly resources: { readonly limits: { readonly memory?: string } };
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit: string };
  readonly secret?: { readonly optional?: boolean };
}

export interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly Volume[];
}

interface Metadata {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface PodTemplate {
  readonly metadata: Omit<Metadata, 'name'>;
  readonly spec: PodSpec;
}

export interface Manifest {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: PodTemplate;
    readonly ports?: readonly object[];
  };
}

/** A Deployment or StatefulSet. */
export interface Workload extends Manifest {
  readonly spec: NonNullable<Manifest['spec']> & { readonly template: PodTemplate };
}

/** The manifests in a text of several documents, without empty ones; Kubernetes reads YAML 1.1. */
export const manifestsIn = (text: string): readonly Manifest[] =>
  parseAllDocuments(text, { version: '1.1' })
    .map((part) => part.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

/** @throws AssertionError when there is none */
export function workloadOf(manifests: readonly Manifest[]): Workload {
  const workload = manifests.find((manifest): manifest is Workload => manifest.spec?.template !== undefined);
  return workload ?? assert.fail('there is no workload');
}

export const podOf = (manifests: readonly Manifest[]): PodSpec => workloadOf(manifests).spec.template.spec;

/** Runs a program that .ci/programs made. @throws Error with `code` and `stderr` when it fails */
export async function runPrepared(program: string, ...args: readonly string[]): Promise<string> {
  return (await run(prepared(program), args, { maxBuffer: 1 << 24 })).stdout;
}

/** Checks manifests by the schemas of Kubernetes and of the Prometheus Operator, in a folder of its own. */
export class ManifestCheck {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<ManifestCheck> {
    const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    await writeKubernetesSchemas(prepared('kubernetes.json'), folder);
    for (const kind of ['podmonitors', 'servicemonitors', 'prometheusrules'])
      await writeResourceSchemas(prepared(`${kind}.yaml`), folder);
    return new ManifestCheck(folder);
  }

  /** @returns kubeconform's summary. @throws Error with `code` 1 for what the Kubernetes API would refuse */
  async run(text: string): Promise<string> {
    const file = join(this.#folder, 'manifests.yaml');
    await writeFile(file, text);
    const schemas = ['-schema-location', schemaLocation(this.#folder)];
    return await runPrepared('kubeconform', '-strict', '-summary', ...schemas, file);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

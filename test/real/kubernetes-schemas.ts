import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

interface Swagger {
  readonly definitions: Readonly<
    Record<string, JsonObject & { readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[] }>
  >;
}

interface ResourceDefinition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: JsonObject };
    }[];
  };
}

/** Where kubeconform finds the schemas that the functions below write. */
export const schemaLocation = (folder: string): string =>
  join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');

/** Makes a strict schema for each kind that Kubernetes' own OpenAPI description (swagger.json) knows. */
export async function writeKubernetesSchemas(swaggerFile: string, folder: string): Promise<void> {
  const { definitions } = JSON.parse(await readFile(swaggerFile, 'utf8')) as Swagger;
  await writeFile(join(folder, 'definitions.json'), JSON.stringify({ definitions: strict(definitions) }));
  for (const [name, definition] of Object.entries(definitions)) {
    for (const kind of definition['x-kubernetes-group-version-kind'] ?? []) {
      const schema = { $ref: `definitions.json#/definitions/${name}` };
      await writeFile(join(folder, fileName(kind)), JSON.stringify(schema));
    }
  }
}

/** Makes a strict schema for each version of a custom resource. */
export async function writeResourceSchemas(definitionFile: string, folder: string): Promise<void> {
  const { spec } = parse(await readFile(definitionFile, 'utf8')) as ResourceDefinition;
  for (const { name, schema } of spec.versions) {
    const { properties, ...rest } = schema.openAPIV3Schema;
    // The API server adds these to every resource; the definition says only that there is an object.
    const metadata = { type: 'object' };
    const whole = { ...rest, properties: { ...(strict(properties ?? {}) as JsonObject), metadata } };
    const file = fileName({ group: spec.group, version: name, kind: spec.names.kind });
    await writeFile(join(folder, file), JSON.stringify(whole));
  }
}

/** As kubeconform spells ResourceKind and KindSuffix. */
function fileName({ group, version, kind }: GroupVersionKind): string {
  return `${[kind, group.split('.')[0], version].filter(Boolean).join('-').toLowerCase()}.json`;
}

/** Forbids unknown keys, as the API server's strict validation does, and lets ports be names or numbers. */
function strict(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  const node = schema as JsonObject;
  if (node.format === 'int-or-string' || node['x-kubernetes-int-or-string'] === true) {
    return { type: ['integer', 'string'] };
  }
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, strict(value)]));
  const closed =
    node.type === 'object' &&
    typeof node.properties === 'object' &&
    !('additionalProperties' in node) &&
    node['x-kubernetes-preserve-unknown-fields'] !== true;
  return closed ? { ...copy, additionalProperties: false } : copy;
}

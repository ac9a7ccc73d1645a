import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { schemaFiles } from '../../deploy/helm/values-schema.ts';
import { podFiles } from '../../deploy/kubernetes/agent-pod.ts';

const CHART = 'deploy/helm/solar-otel-agent';

const read = (file: string) => readFileSync(file, 'utf8');

interface Schema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

const schema = JSON.parse(read(`${CHART}/values.schema.json`)) as Schema;
const values = parse(read(`${CHART}/values.yaml`)) as object;

describe('The Helm chart', () => {
  it('has the files that are made for it, and Kustomize the same, as their sources make them', () => {
    for (const [path, text] of Object.entries({ ...podFiles, ...schemaFiles }))
      assert.equal(read(path), text, `${path}: run npm run monitoring`);
  });

  it('its schema knows every value of values.yaml, and no other of its own', () => {
    /** The paths of what a schema says is there, down to what values.yaml leaves empty. */
    const compare = (given: object, { properties = {}, additionalProperties }: Schema, path: string) => {
      assert.equal(additionalProperties, false, `${path} takes keys that do nothing`);
      const known = Object.keys(properties).filter((key) => key !== 'global');
      assert.deepEqual(Object.keys(given).sort(), known.sort(), path);
      for (const [key, value] of Object.entries(given)) {
        const below = properties[key]!;
        if (below.enum) assert.ok(below.enum.includes(value), `${path}${key}`);
        const isFilled = typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;
        if (isFilled && below.properties) compare(value, below, `${path}${key}.`);
      }
    };
    compare(values, schema, '');
  });

  it('its templates use every value', () => {
    const templates = globSync(`${CHART}/templates/*`).map(read).join('\n');
    const paths = (given: object, path = ''): readonly string[] =>
      Object.entries(given).flatMap(([key, value]) => {
        const isPart = typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;
        return isPart && !/labels|annotations/.test(key) ? paths(value, `${path}${key}.`) : `${path}${key}`;
      });
    const all = paths(values);
    assert.ok(all.length > 40);
    for (const path of all)
      assert.match(templates, new RegExp(`\\.Values\\.${path.replaceAll('.', '\\.')}\\b`), path);
  });
});

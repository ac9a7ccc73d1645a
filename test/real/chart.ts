import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { type Manifest, manifestsIn } from './manifests.ts';
import { prepared } from './programs.ts';

const run = promisify(execFile);

export const CHART = 'deploy/helm/solar-otel-agent';

/** Runs Helm on the chart with these values. @throws Error with `stderr` when it fails */
export async function helm(args: readonly string[], values: object): Promise<string> {
  const running = run(prepared('helm'), [...args, CHART, '--values', '-'], { maxBuffer: 1 << 24 });
  running.child.stdin?.end(stringify(values));
  return (await running).stdout;
}

/** What a release `solar-otel-agent` with these values is made of, as text. */
export const template = (values: object) => helm(['template', 'solar-otel-agent'], values);

/** The same as manifests. */
export const rendered = async (values: object): Promise<readonly Manifest[]> =>
  manifestsIn(await template(values));

/** The agent's configuration file. */
export const agentConfig = (manifests: readonly Manifest[]): string =>
  manifests.flatMap(({ data }) => data?.['config.yaml'] ?? [])[0] ?? assert.fail('there is no configuration');

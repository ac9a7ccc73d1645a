import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { prepared } from '../../real/programs.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ENGINES = ['probe', 'bare-node', 'prom-client', 'stock-exporter'] as const;

/** Paths of programs in JavaScript, each one file like the agent. */
export interface Engines {
  readonly probe: string;
  readonly bareNode: string;
  readonly promClient: string;
  readonly stockExporter: string;
}

/** What the bench runs. */
export interface Programs extends Engines {
  /** The bundle of the agent, made like that of a release. */
  readonly agent: string;
  readonly clientGolang: string;
  /** An empty folder for the state of one agent. */
  stateFolder(): string;
}

/** What the deployments give to Node: the variables of the image that are about the runtime. */
export function runtimeEnv(): Readonly<Record<string, string>> {
  const image = readFileSync(join(ROOT, 'deploy/docker/Dockerfile'), 'utf8');
  const variables = image.matchAll(/\b(NODE_OPTIONS|GLIBC_TUNABLES)="([^"\n]+)"/g);
  return Object.fromEntries([...variables].map(([, name = '', value = '']) => [name, value]));
}

/** Builds the programs in JavaScript that are not the agent into a folder. */
export async function bundleEngines(folder: string): Promise<Engines> {
  await build({
    entryPoints: ENGINES.map((name) => join(ROOT, `test/bench/engines/${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'error',
  });
  return {
    probe: join(folder, 'probe.cjs'),
    bareNode: join(folder, 'bare-node.cjs'),
    promClient: join(folder, 'prom-client.cjs'),
    stockExporter: join(folder, 'stock-exporter.cjs'),
  };
}

/** Builds all programs into a folder that goes with this process. @throws Error when the Go program is missing */
export async function makePrograms(): Promise<Programs> {
  const clientGolang = prepared('client-golang');
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  await promisify(execFile)(process.execPath, ['deploy/build.ts', join(folder, 'dist')], { cwd: ROOT });
  return {
    ...(await bundleEngines(folder)),
    agent: join(folder, 'dist/solar-otel-agent.js'),
    clientGolang,
    stateFolder: () => mkdtempSync(join(folder, 'state-')),
  };
}

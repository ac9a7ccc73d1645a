import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { mebibytes } from './format.ts';
import { runtimeEnv } from './measure/programs.ts';

/** What the figures depend on: the machine, and the versions of all that was measured. */
export function describeMachine(clientGolang: string): readonly (readonly [string, string])[] {
  const [first] = cpus();
  return [
    ['processor', `${cpus().length} × ${first?.model.trim() ?? 'unknown'}`],
    ['memory', mebibytes(totalmem())],
    ['kernel', `Linux ${release()}`],
    ['Node', `${process.version.slice(1)}, the agent and the peers with ${runtime()}`],
    ['OpenTelemetry SDK', versionOf('@opentelemetry/sdk-metrics')],
    ['OpenTelemetry Prometheus exporter', versionOf('@opentelemetry/exporter-prometheus')],
    ['prom-client', versionOf('prom-client')],
    ['client_golang', goModule()],
    ['Go', goVersion(clientGolang)],
  ];
}

const runtime = () =>
  Object.entries(runtimeEnv())
    .map(([name, value]) => `\`${name}=${value}\``)
    .join(' and ');

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

function versionOf(name: string): string {
  return (JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string }).version;
}

function goModule(): string {
  return /client_golang v(\S+)/.exec(read('test/bench/client-golang/go.mod'))?.[1] ?? 'unknown';
}

/** The version that a program was built with: `path: go1.26.8`. */
function goVersion(program: string): string {
  const output = execFileSync('go', ['version', program], { encoding: 'utf8' });
  return /: go(\S+)/.exec(output)?.[1] ?? 'unknown';
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MANIFEST = fileURLToPath(new URL('builder.yaml', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/collector/', import.meta.url));
const BUILDER = 'go.opentelemetry.io/collector/cmd/builder';
const OUTPUT_KEPT = 4000;

/**
 * The path of a real Collector with the components of builder.yaml, built from Go modules unless that was done
 * before; a first build takes some minutes.
 * @throws Error when Go is missing or the build fails, with the end of what it wrote
 */
export async function collectorProgram(): Promise<string> {
  const manifest = await readFile(MANIFEST, 'utf8');
  const version = /^ {2}version: (\S+)$/m.exec(manifest)?.[1];
  const folder = join(CACHE, createHash('sha256').update(manifest).digest('hex').slice(0, 16));
  const program = join(folder, 'otelcol');
  if (await exists(program)) return program;
  const workshop = join(CACHE, `build-${process.pid}`);
  await mkdir(workshop, { recursive: true });
  try {
    await copyFile(MANIFEST, join(workshop, 'builder.yaml'));
    await go(['run', `${BUILDER}@v${version}`, '--config', 'builder.yaml'], workshop);
    await mkdir(folder, { recursive: true });
    await rename(join(workshop, 'build', 'otelcol'), program);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return program;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function go(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn('go', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_KEPT);
    });
  }
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error('go is not installed; the Collector of this test is built from Go modules');
  });
  if (code !== 0) throw new Error(`building the Collector failed:\n${output}`);
}

if (import.meta.main) console.log(await collectorProgram());

import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, NAME } from './manifest.ts';
import { inWorkshop } from './workshop.ts';

/** Node's words for what the binaries run on. */
export const ARCHITECTURES = ['x64', 'arm64'] as const;

export type Architecture = (typeof ARCHITECTURES)[number];

export const NODE_LICENCE = 'NODEJS_LICENSE.txt';

/** Of binutils for another architecture than this machine's. */
const STRIP: Readonly<Record<Architecture, string>> = {
  x64: 'x86_64-linux-gnu-strip',
  arm64: 'aarch64-linux-gnu-strip',
};

/** Marks the place in Node's binary that says whether a program was put into it; of Node's documentation. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * Writes `solar-otel-agent-linux-ARCHITECTURE`, which runs without Node, into a folder: Node's binary of the version
 * that package.json names, with the bundle in it. Node's licence is written beside it.
 * @param bundle the folder of the bundle
 * @param options.stripped without the names for a debugger; needs strip of binutils for the architecture
 * @returns its path
 */
export async function buildBinary(
  architecture: Architecture,
  bundle: string,
  out: string,
  { stripped = false } = {},
): Promise<string> {
  mkdirSync(out, { recursive: true });
  const binary = join(out, `${NAME}-linux-${architecture}`);
  await inWorkshop(async (folder) => {
    const blob = join(folder, 'program.blob');
    const config = join(folder, 'program.json');
    writeFileSync(config, JSON.stringify(blobConfig(bundle, blob)));
    quietly(process.execPath, ['--experimental-sea-config', config]);
    const node = fetchNode(architecture, folder);
    copyFileSync(join(node, 'bin/node'), binary);
    copyFileSync(join(node, 'LICENSE'), join(out, NODE_LICENCE));
    chmodSync(binary, 0o755);
    if (stripped) quietly(architecture === process.arch ? 'strip' : STRIP[architecture], [binary]);
    const postject = ['postject', binary, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE];
    quietly('npx', ['--no-install', ...postject]);
  });
  return binary;
}

function blobConfig(bundle: string, output: string): object {
  return {
    main: join(bundle, `${NAME}.js`),
    output,
    disableExperimentalSEAWarning: true,
  };
}

/** Takes Node of the pinned version from its package. @returns the package's folder */
export function fetchNode(architecture: Architecture, folder: string): string {
  const version = manifest.devDependencies?.node;
  quietly('npm', ['pack', '--pack-destination', folder, `node-linux-${architecture}@${version}`]);
  quietly('tar', ['-xzf', join(folder, `node-linux-${architecture}-${version}.tgz`), '-C', folder]);
  return join(folder, 'package');
}

/** Runs a program; what it says is shown only when it fails. @throws Error */
function quietly(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

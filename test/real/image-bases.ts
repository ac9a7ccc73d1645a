import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fetchNode } from '../../deploy/build/binary.ts';

const run = promisify(execFile);
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
/** Where Debian's packages for cross-compiling have the libraries of arm64. */
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu/lib';
/** What Node's binary asks for, by the beginning of the names. */
const NEEDED = ['ld-linux', 'libc.so', 'libm.so', 'libdl.so', 'libpthread.so', 'libgcc_s.so', 'libstdc++.so'];

/** Puts a `buildah` into the folder `bin` that keeps everything in the folder and is otherwise this machine's. */
export async function makeBuildah(folder: string): Promise<void> {
  await mkdir(join(folder, 'bin'));
  const { stdout } = await run('sh', ['-c', 'command -v buildah']).catch(() => {
    throw new Error('buildah is not installed: run .ci/programs first');
  });
  const storage = `--root '${join(folder, 'storage')}' --runroot '${join(folder, 'run')}'`;
  const script = `#!/bin/sh\nexec ${stdout.trim()} ${storage} "$@"\n`;
  await writeFile(join(folder, 'bin/buildah'), script, { mode: 0o755 });
}

/**
 * Makes what stands in for the official images, without a registry: the folders `node` and `runtime` in `amd64` and in
 * `arm64`. The build runs in this machine's own; of the other one files are copied only.
 */
export async function makeBases(folder: string): Promise<void> {
  const [own, other] = process.arch === 'x64' ? ['amd64', 'arm64'] : ['arm64', 'amd64'];
  if (other !== 'arm64') throw new Error('the libraries of another architecture are known for arm64 only');
  await makeNodeBase(join(folder, own, 'node'));
  await makeRuntimeBase(join(folder, own, 'runtime'));
  for (const base of ['node', 'runtime']) await copyArm64Libraries(join(folder, other, base));
  const node = fetchNode('arm64', folder);
  await mkdir(join(folder, other, 'node/usr/local/bin'), { recursive: true });
  await cp(join(node, 'bin/node'), join(folder, other, 'node/usr/local/bin/node'));
}

async function copyArm64Libraries(root: string): Promise<void> {
  await mkdir(join(root, 'lib'), { recursive: true });
  for (const name of await readdir(ARM64_LIBRARIES)) {
    if (NEEDED.some((needed) => name.startsWith(needed)))
      await cp(join(ARM64_LIBRARIES, name), join(root, 'lib', name), { dereference: true });
  }
}

/** What the image's stages use of the official Node image, taken from this machine. */
async function makeNodeBase(root: string): Promise<void> {
  await makeRuntimeBase(root);
  const [npm, registry] = await Promise.all([
    run('sh', ['-c', 'command -v npm']),
    run('npm', ['config', 'get', 'registry']),
  ]);
  await copyProgram(process.execPath, root, '/usr/local/bin/node');
  await copyProgram('/usr/bin/env', root);
  await copyProgram('/bin/mkdir', root);
  // npm/bin/npm-cli.js
  const npmFolder = dirname(dirname(await realpath(npm.stdout.trim())));
  await cp(npmFolder, join(root, 'usr/local/lib/npm'), { recursive: true });
  await writeFile(
    join(root, 'usr/local/bin/npm'),
    "#!/usr/local/bin/node\nrequire('/usr/local/lib/npm/lib/cli.js')(process);\n",
    { mode: 0o755 },
  );
  await mkdir(join(root, 'usr/local/etc'), { recursive: true });
  await writeFile(
    join(root, 'usr/local/etc/npmrc'),
    `registry=${registry.stdout.trim()}\ncafile=${CERTIFICATES}\n`,
  );
  await mkdir(join(root, dirname(CERTIFICATES)), { recursive: true });
  await cp(CERTIFICATES, join(root, CERTIFICATES), { dereference: true });
}

/** Only the libraries that Node needs. */
async function makeRuntimeBase(root: string): Promise<void> {
  await mkdir(join(root, 'tmp'), { recursive: true });
  await copyLibraries(process.execPath, root);
}

async function copyProgram(from: string, root: string, to = from): Promise<void> {
  await mkdir(join(root, dirname(to)), { recursive: true });
  await cp(await realpath(from), join(root, to));
  await copyLibraries(from, root);
}

async function copyLibraries(program: string, root: string): Promise<void> {
  const { stdout } = await run('ldd', [program]);
  for (const [library] of stdout.matchAll(/\/\S+\.so\S*/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await cp(library, join(root, library), { dereference: true });
  }
}

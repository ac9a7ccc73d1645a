import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { manifest, NAME, publishedManifest } from './manifest.ts';
import { billOfMaterials, bundledFolders, notices } from './shipped-packages.ts';

const options = {
  bundle: true,
  platform: 'node',
  // Too old a Node must be able to parse the program to say what it needs.
  target: 'node14.21',
  // A single executable cannot import what is outside of it, Node's own modules included.
  supported: { 'dynamic-import': false },
  // Names stay, so that a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Writes the program as one file into a folder, and beside it what is to be known of it. */
export async function buildBundle(out: string): Promise<void> {
  // A thread needs code of its own: it is carried as a text, so that the program stays one file.
  const worker = await build({
    ...options,
    entryPoints: ['src/export/web/bcrypt-worker.ts'],
    format: 'cjs',
    write: false,
  });
  const program = await build({
    ...options,
    entryPoints: ['src/main.ts'],
    outfile: join(out, `${NAME}.js`),
    // Single executables take nothing else.
    format: 'cjs',
    define: {
      BUNDLED_VERSION: JSON.stringify(manifest.version),
      BUNDLED_BCRYPT_WORKER: JSON.stringify(worker.outputFiles[0]?.text),
      // What asks for it is only for a checkout.
      'import.meta.url': 'undefined',
    },
    banner: { js: nodeCheck() },
  });
  const folders = bundledFolders([program.metafile, worker.metafile]);
  writeFileSync(join(out, 'package.json'), json(publishedManifest()));
  writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), notices(folders));
  writeFileSync(join(out, `${NAME}.cdx.json`), json(billOfMaterials(folders)));
}

const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;

/** The first statement of the program, in words that every Node understands: ends it with two lines on one too old. */
function nodeCheck(): string {
  const [, floor = '', major = '', minor = ''] =
    /^>=((\d+)\.(\d+))$/.exec(manifest.engines?.node ?? '') ?? [];
  return `'use strict';
(function (version) {
  var parts = version.split('.');
  if (parts[0] > ${major} || (parts[0] == ${major} && parts[1] >= ${minor})) return;
  process.stderr.write(
    '${NAME} needs Node.js ${floor} or newer, and this is ' + version + '.\\n' +
    'Install a newer one from https://nodejs.org/, or use the container image, which has its own.\\n');
  process.exit(2);
})(process.versions.node);`;
}

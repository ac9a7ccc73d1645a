import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { manifest, NAME, publishedManifest } from './manifest.ts';
import { billOfMaterials, bundledFolders, notices } from './shipped-packages.ts';

const options = {
  bundle: true,
  platform: 'node',
  // Single executables take nothing else.
  format: 'cjs',
  // A single executable cannot import what is outside of it, Node's own modules included.
  supported: { 'dynamic-import': false },
  // Names stay, so that a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** What the program is made for: the oldest Node that package.json allows. */
const target = `node${oldestNode().floor}`;

/** Writes the program as one file into a folder, and beside it what is to be known of it. */
export async function buildBundle(out: string): Promise<void> {
  // A thread needs code of its own: it is carried as a text, so that the program stays one file.
  const worker = await buildText({ entryPoints: ['src/export/web/bcrypt-worker.ts'], target });
  const program = await buildText({
    entryPoints: ['src/main.ts'],
    target,
    define: {
      BUNDLED_VERSION: JSON.stringify(manifest.version),
      BUNDLED_BCRYPT_WORKER: JSON.stringify(worker.text),
      // What asks for it is only for a checkout.
      'import.meta.url': 'undefined',
    },
  });
  const text = asFunction(program.text);
  await build({
    ...options,
    entryPoints: ['src/launcher.ts'],
    outfile: join(out, `${NAME}.js`),
    // Too old a Node must be able to parse the file to say what it needs.
    target: 'node14.21',
    define: {
      BUNDLED_PROGRAM: JSON.stringify(text),
      BUNDLED_PROGRAM_HASH: JSON.stringify(createHash('sha256').update(text).digest('hex')),
    },
    banner: { js: nodeCheck() },
  });
  const folders = bundledFolders([program.metafile, worker.metafile]);
  writeFileSync(join(out, 'package.json'), json(publishedManifest()));
  writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), notices(folders));
  writeFileSync(join(out, `${NAME}.cdx.json`), json(billOfMaterials(folders)));
}

async function buildText(
  own: Pick<BuildOptions, 'entryPoints' | 'target' | 'define'>,
): Promise<{ readonly text: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({ ...options, ...own, write: false });
  return { text: outputFiles[0]?.text ?? '', metafile };
}

/**
 * A CommonJS module as the text of a function, of what src/launcher.ts gives it. All its characters are ASCII:
 * otherwise V8 would keep two bytes of each. esbuild leaves others only in regular expressions and in templates with
 * tags, where an escape means the same.
 */
function asFunction(text: string): string {
  const ascii = text.replace(
    /[^\0-\x7f]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `(function (require, module, exports, UNCOMPILED) {${ascii}\n})`;
}

const json = (value: object) => `${JSON.stringify(value, undefined, 2)}\n`;

/** The oldest Node that package.json allows. */
function oldestNode(): { readonly floor: string; readonly major: string; readonly minor: string } {
  const [, floor = '', major = '', minor = ''] =
    /^>=((\d+)\.(\d+))$/.exec(manifest.engines?.node ?? '') ?? [];
  return { floor, major, minor };
}

/** The first statement of the program, in words that every Node understands: ends it with two lines on one too old. */
function nodeCheck(): string {
  const { floor, major, minor } = oldestNode();
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

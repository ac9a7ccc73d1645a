import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';

const [out = 'dist'] = process.argv.slice(2);
const NAME = 'solar-otel-agent';

/** What a package says about itself. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly engines?: { readonly node: string };
}

/** What of package.json is meant for the checkout and not for what is built. */
const OF_CHECKOUT = ['private', 'files', 'scripts', 'dependencies', 'devDependencies', 'allowScripts'];

/** A software bill of materials in the CycloneDX format, as far as it is changed here. */
interface Bom {
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly 'bom-ref': string } };
  readonly serialNumber?: string;
  readonly components: readonly { readonly 'bom-ref': string; readonly scope?: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const packageIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
const manifest = packageIn('.');
const { version } = manifest;

const options = {
  bundle: true,
  platform: 'node',
  // Too old a Node must be able to parse the program to say what it needs.
  target: 'node14.21',
  // Names stay, so that a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

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
    BUNDLED_VERSION: JSON.stringify(version),
    BUNDLED_BCRYPT_WORKER: JSON.stringify(worker.outputFiles[0]?.text),
    // What asks for it is only for a checkout.
    'import.meta.url': 'undefined',
  },
  banner: { js: nodeCheck() },
});

writeFileSync(join(out, 'package.json'), `${JSON.stringify(publishedManifest(), undefined, 2)}\n`);

const folders = bundledFolders([program.metafile, worker.metafile]);
writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), notices(folders));
writeFileSync(join(out, `${NAME}.cdx.json`), `${JSON.stringify(billOfMaterials(folders), undefined, 2)}\n`);

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

/** The manifest that stands beside the program: everything is in the bundle, so there are no dependencies. */
function publishedManifest(): object {
  const kept = Object.entries(manifest).filter(([key]) => !OF_CHECKOUT.includes(key));
  return { ...Object.fromEntries(kept), type: 'commonjs', bin: { [NAME]: `${NAME}.js` } };
}

/** The folders of the packages that have code in the bundle. */
function bundledFolders(metafiles: readonly Metafile[]): readonly string[] {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)].sort();
}

/** The licence of every package in the bundle, as those licences ask. */
function notices(folders: readonly string[]): string {
  return folders
    .map((folder) => {
      const { name, version, license } = packageIn(folder);
      return `${name} ${version} (${license})\n\n${licenceIn(folder)}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The licence of a package, with the notice that Apache-2.0 asks to pass on where there is one. */
function licenceIn(folder: string): string {
  const files = readdirSync(folder).filter((name) => /^(?:licen[cs]e|notice)/i.test(name));
  if (!files.some((name) => /^l/i.test(name))) throw new Error(`${folder} has no licence file`);
  return files
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/**
 * npm's bill of materials, of those packages only that have code in the bundle. npm is asked for all packages, because
 * with `--omit dev` it leaves out one that a development package has as a peer. Time and serial number are left out,
 * so that the same packages give the same file.
 */
function billOfMaterials(folders: readonly string[]): Bom {
  const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
  const npm = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 1 << 26 })) as Bom;
  const { serialNumber: _serial, ...bom } = npm;
  const { timestamp: _time, ...metadata } = bom.metadata;
  const refs = folders.map(packageIn).map(({ name, version }) => `${name}@${version}`);
  const components = bom.components.filter((component) => refs.includes(component['bom-ref']));
  const missing = refs.filter((ref) => !components.some((component) => component['bom-ref'] === ref));
  if (missing.length > 0)
    throw new Error(`package-lock.json does not have ${missing.join(', ')}: run npm ci`);
  const kept = new Set([...refs, metadata.component['bom-ref']]);
  return {
    ...bom,
    // npm names it after the folder.
    metadata: {
      ...metadata,
      component: { ...metadata.component, name: NAME } as Bom['metadata']['component'],
    },
    components: components.map((component) => ({ ...component, scope: 'required' })),
    dependencies: bom.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) })),
  };
}

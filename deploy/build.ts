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
}

/** A software bill of materials in the CycloneDX format, as far as it is changed here. */
interface Bom {
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly 'bom-ref': string } };
  readonly serialNumber?: string;
  readonly components: readonly { readonly 'bom-ref': string; readonly scope?: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const packageIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
const { version } = packageIn('.');

const options = {
  bundle: true,
  platform: 'node',
  target: 'node22',
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
  format: 'esm',
  define: {
    BUNDLED_VERSION: JSON.stringify(version),
    BUNDLED_BCRYPT_WORKER: JSON.stringify(worker.outputFiles[0]?.text),
  },
  // Some dependencies are CommonJS and ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
});

const folders = bundledFolders([program.metafile, worker.metafile]);
writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), notices(folders));
writeFileSync(join(out, `${NAME}.cdx.json`), `${JSON.stringify(billOfMaterials(folders), undefined, 2)}\n`);

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

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { NAME, packageIn } from './manifest.ts';

/** A software bill of materials in the CycloneDX format, as far as it is changed here. */
interface Bom {
  readonly metadata: { readonly timestamp?: string; readonly component: { readonly 'bom-ref': string } };
  readonly serialNumber?: string;
  readonly components: readonly { readonly 'bom-ref': string; readonly scope?: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The folders of the packages that have code in the bundle. */
export function bundledFolders(metafiles: readonly Metafile[]): readonly string[] {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)].sort();
}

/** The licence of every package in the bundle, as those licences ask. */
export function notices(folders: readonly string[]): string {
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
export function billOfMaterials(folders: readonly string[]): Bom {
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

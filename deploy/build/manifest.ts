import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const NAME = 'solar-otel-agent';

/** The published container image, without a tag. */
export const IMAGE = 'ghcr.io/solar-otel-agent/solar-otel-agent';

/** What a package says about itself. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly description?: string;
  readonly homepage?: string;
  readonly engines?: { readonly node: string };
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The manifest of the package in a folder. */
export const packageIn = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;

/** The project's own. */
export const manifest = packageIn('.');

/** What of package.json is meant for the checkout and not for what is built. */
const OF_CHECKOUT = ['files', 'scripts', 'dependencies', 'devDependencies', 'allowScripts'];

/** The files that are published beside README and licence. */
export const PUBLISHED = [`${NAME}.js`, `${NAME}.cdx.json`, 'THIRD_PARTY_LICENSES.txt'];

/** The manifest that stands beside the program: everything is in the bundle, so there are no dependencies. */
export function publishedManifest(): object {
  const kept = Object.entries(manifest).filter(([key]) => !OF_CHECKOUT.includes(key));
  return {
    ...Object.fromEntries(kept),
    type: 'commonjs',
    bin: { [NAME]: `${NAME}.js` },
    files: PUBLISHED,
  };
}

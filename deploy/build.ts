import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

const [out = 'dist'] = process.argv.slice(2);
const NAME = 'solar-otel-agent';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const { metafile } = await build({
  entryPoints: ['src/main.ts'],
  outfile: join(out, `${NAME}.js`),
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  define: { BUNDLED_VERSION: JSON.stringify(version) },
  // Some dependencies are CommonJS and ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
  // Names stay, so that a stack trace in a bug report can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  metafile: true,
  logLevel: 'warning',
});

writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), notices(metafile));

/** The licence of every package that is in the bundle, as those licences ask. */
function notices(metafile: Metafile): string {
  const folders = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => `${nameOf(folder)}\n\n${licenceOf(folder)}`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function nameOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string
  >;
  return `${name} ${version} (${license})`;
}

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence file`);
  return readFileSync(join(folder, file), 'utf8');
}

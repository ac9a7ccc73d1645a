import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';

const [out = 'dist'] = process.argv.slice(2);
const NAME = 'solar-otel-agent';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

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

writeFileSync(join(out, 'THIRD_PARTY_LICENSES.txt'), notices([program.metafile, worker.metafile]));

/** The licence of every package that is in the bundle, as those licences ask. */
function notices(metafiles: readonly Metafile[]): string {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
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

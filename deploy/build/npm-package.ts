import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildBundle } from './bundle.ts';
import { inWorkshop } from './workshop.ts';

/** What npm adds to a package without being told, if it is there. */
const ALWAYS_PUBLISHED = ['README.md', 'LICENSE', 'CHANGELOG.md'];

/** Writes `solar-otel-agent-VERSION.tgz`, for `npm publish`, `npm install` or `npx`, into a folder. */
export async function buildNpmPackage(out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  await inWorkshop(async (folder) => {
    await buildBundle(folder);
    for (const file of ALWAYS_PUBLISHED) copyFileSync(file, join(folder, file));
    execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', resolve(out)], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  });
}

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CACHE = join(ROOT, '.cache/programs');
/** What decides what is in the cache; .ci/programs writes the hash of them beside what it made. */
const MADE_FROM = [
  '.ci/programs',
  'test/real/collector/builder.yaml',
  ...['test/real/exporter-toolkit', 'test/bench/client-golang'].flatMap((folder) =>
    ['go.mod', 'go.sum', 'main.go'].map((name) => `${folder}/${name}`),
  ),
];

/**
 * The path of a program, file or folder that .ci/programs made.
 * @throws AssertionError when it is missing, or was made by another version of that script
 */
export function prepared(name: string): string {
  const path = join(CACHE, name);
  assert.ok(existsSync(path), `${name} is missing: run .ci/programs first`);
  const hash = createHash('sha256');
  for (const file of MADE_FROM) hash.update(readFileSync(join(ROOT, file)));
  const madeFrom = join(CACHE, 'made-from');
  const stamp = existsSync(madeFrom) ? readFileSync(madeFrom, 'utf8').trim() : '';
  assert.equal(stamp, hash.digest('hex'), `${name} may be of another version: run .ci/programs first`);
  return path;
}

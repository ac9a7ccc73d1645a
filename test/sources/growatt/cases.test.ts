import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCase, readJson } from './case.ts';

const FOLDER = join(import.meta.dirname, 'cases');

for (const name of readdirSync(FOLDER).toSorted()) {
  const folder = join(FOLDER, name);
  test(`${name}: the answer becomes these lines of /metrics`, async () => {
    const { lines, rejections } = await readCase(folder);
    const expected = readFileSync(join(folder, 'expected.prom'), 'utf8').split('\n').filter(Boolean);
    assert.deepEqual(lines, expected);
    assert.deepEqual(rejections, readJson(folder, 'case.json').rejected ?? []);
    assert.ok(existsSync(join(folder, 'source.txt')) || existsSync(join(folder, 'README.md')));
  });
}

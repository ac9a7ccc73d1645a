import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { expectedLines, linesOfCaptured } from '../../helpers/captured-case.ts';
import { readCase, readJson } from './case.ts';

/**
 * One folder for each published answer: `answer.json` with its keys and numbers, `source.txt` with where it is from
 * and what is physically true, `case.json` with family, plant zone and time, `expected.prom` with the exact samples.
 * A folder that `capture` wrote is a case once `expected.prom` is in it.
 */
const FOLDER = join(import.meta.dirname, 'cases');

for (const name of readdirSync(FOLDER).toSorted()) {
  const folder = join(FOLDER, name);
  const about = readJson(folder, 'case.json');
  const expected = expectedLines(folder);
  test(`${name}: the answer becomes these lines of /metrics`, async () => {
    assert.ok(existsSync(join(folder, 'source.txt')) || existsSync(join(folder, 'README.md')));
    if (about.calls) return assert.deepEqual(await linesOfCaptured(folder), expected);
    const { lines, rejections } = await readCase(folder);
    assert.deepEqual(lines, expected);
    assert.deepEqual(rejections, about.rejected ?? []);
  });
}

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { expectedLines, linesOfCaptured } from '../../helpers/captured-case.ts';

/** Folders as `capture` writes them, each with the exact samples that come of the answers in `expected.prom`. */
const FOLDER = join(import.meta.dirname, 'cases');

for (const name of readdirSync(FOLDER).toSorted()) {
  const folder = join(FOLDER, name);
  test(`${name}: the answer becomes these lines of /metrics`, async () => {
    const expected = expectedLines(folder);
    assert.deepEqual(await linesOfCaptured(folder), expected);
  });
}

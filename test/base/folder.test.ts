import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, makeFolderSync } from '../../src/base/folder.ts';

const ways = { 'at once': async (path: string) => makeFolderSync(path), 'in turns': makeFolder };

for (const [how, make] of Object.entries(ways)) {
  test(`folders are made ${how} with those above them, and may be there`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    await make(join(folder, 'a', 'b', 'c'));
    await make(join(folder, 'a', 'b', 'c'));
    assert.ok(statSync(join(folder, 'a', 'b', 'c')).isDirectory());
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(make(join(folder, 'file')), { code: 'EEXIST' });
    await assert.rejects(make(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
  });

  test(`a folder that cannot be made ${how} is an error, not a wait without end`, async () => {
    await assert.rejects(make('/proc/x/y'), { code: 'ENOENT' });
  });
}

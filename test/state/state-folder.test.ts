import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigError } from '../../src/settings/problems.ts';
import { prepareStateFolder } from '../../src/state/state-folder.ts';

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'state-folder-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a folder is made with those above it, for its owner alone, and the trial leaves nothing there', async (t) => {
  const folder = join(emptyFolder(t), 'a', 'b', 'c');
  await prepareStateFolder(folder);
  await prepareStateFolder(folder);
  assert.deepEqual(readdirSync(folder), []);
  for (const made of [folder, join(folder, '..')]) assert.equal(statSync(made).mode & 0o777, 0o700);
});

/** Paths that cannot be the folder, each with the reason that is given. */
const WRONG: Readonly<Record<string, (folder: string) => readonly [path: string, reason: string]>> = {
  'in a file system that takes no folder': () => ['/proc/x/y', 'it cannot be made there'],
  'that takes no file': () => ['/proc', 'it cannot be made there'],
  'that is a file': (folder) => {
    writeFileSync(join(folder, 'file'), '');
    return [join(folder, 'file'), 'it is not a folder'];
  },
  'below a file': (folder) => {
    writeFileSync(join(folder, 'file'), '');
    return [join(folder, 'file', 'below'), 'a part of the path is not a folder'];
  },
  'that is a link to nowhere': (folder) => {
    symlinkSync('nowhere', join(folder, 'link'));
    return [join(folder, 'link'), 'it is not a folder'];
  },
};

for (const [what, make] of Object.entries(WRONG)) {
  test(`a path ${what} is an error that names it and the reason`, async (t) => {
    const [path, reason] = make(emptyFolder(t));
    await assert.rejects(prepareStateFolder(path), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(
        error.message,
        `STATE_DIR: ${path} cannot be written (${reason}): name a folder that the agent may write to`,
      );
      return true;
    });
  });
}

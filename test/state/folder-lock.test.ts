import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FolderInUse, lockFolder } from '../../src/state/folder-lock.ts';

const HOLDER = { pid: 7, host: 'box', command: 'run', since: Date.parse('2026-06-12T10:00:00Z') };

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server of the test on a socket in the folder. */
async function listener(t: TestContext, path: string, answer?: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (answer !== undefined) socket.end(answer);
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => server.close());
}

test('who comes second learns who uses the folder and since when', async (t) => {
  const folder = emptyFolder(t);
  const lock = await lockFolder(folder, HOLDER);
  t.after(() => lock.release());
  await assert.rejects(lockFolder(folder, { ...HOLDER, pid: 8 }), (error) => {
    assert.ok(error instanceof FolderInUse);
    const { pid, host, command, since } = error.holder!;
    assert.deepEqual({ pid, host, command, since }, HOLDER);
    return true;
  });
  assert.equal(readdirSync(folder).length, 1, 'who was refused leaves nothing');
});

test('a folder that was given back can be taken again, and holds nothing of the lock', async (t) => {
  const folder = emptyFolder(t);
  await (await lockFolder(folder, HOLDER)).release();
  assert.deepEqual(readdirSync(folder), []);
  await (await lockFolder(folder, HOLDER)).release();
});

test('of several that start at the same moment exactly one gets the folder', async (t) => {
  for (let round = 0; round < 10; round++) {
    const folder = emptyFolder(t);
    const starts = Array.from({ length: 8 }, (_, pid) => lockFolder(folder, { ...HOLDER, pid }));
    const results = await Promise.allSettled(starts);
    const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    assert.equal(locks.length, 1);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(result.reason instanceof FolderInUse, result.reason);
    }
    await locks[0]?.release();
    assert.deepEqual(readdirSync(folder), []);
  }
});

test('what is not a socket that somebody listens on is no obstacle, and is removed', async (t) => {
  const folder = emptyFolder(t);
  writeFileSync(join(folder, 'agent-0123456789abcdef.sock'), '');
  writeFileSync(join(folder, 'agent-0123456789abcdef.new'), '');
  writeFileSync(join(folder, 'state.json'), '{}');
  const lock = await lockFolder(folder, HOLDER);
  await lock.release();
  assert.deepEqual(readdirSync(folder), ['state.json']);
});

test('the one that has the folder is named, not others that start at the same moment', async (t) => {
  const folder = emptyFolder(t);
  const announced = (pid: number, state: string) => JSON.stringify({ ...HOLDER, pid, state });
  for (let n = 0; n < 8; n++)
    await listener(
      t,
      join(folder, `agent-000000000000000${n}.sock`),
      announced(100 + n, n === 4 ? 'holding' : 'starting'),
    );
  await assert.rejects(lockFolder(folder, HOLDER), (error) => {
    assert.ok(error instanceof FolderInUse);
    assert.equal(error.holder?.pid, 104);
    return true;
  });
});

for (const [what, answer] of [
  ['nothing', undefined],
  ['rubbish', '<html>'],
  ['without end', 'x'.repeat(100_000)],
] as const) {
  test(`a process that listens and answers ${what} has the folder all the same`, async (t) => {
    const folder = emptyFolder(t);
    await listener(t, join(folder, 'agent-0123456789abcdef.sock'), answer);
    await assert.rejects(lockFolder(folder, HOLDER, { answerTime: 50 }), (error) => {
      assert.ok(error instanceof FolderInUse);
      assert.equal(error.holder, undefined);
      return true;
    });
  });
}

test('a folder whose path is longer than that of a socket may be is locked as well', async (t) => {
  const folder = join(emptyFolder(t), 'a'.repeat(100), 'ü'.repeat(60));
  mkdirSync(folder, { recursive: true });
  const lock = await lockFolder(folder, HOLDER);
  await assert.rejects(lockFolder(folder, HOLDER), FolderInUse);
  await lock.release();
  assert.deepEqual(readdirSync(folder), []);
  await (await lockFolder(folder, HOLDER)).release();
});

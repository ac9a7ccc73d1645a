import assert from 'node:assert/strict';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Script } from 'node:vm';
import { readCompiledCode, writeCompiledCode } from '../../src/base/compiled-code.ts';

const IDENTITY = 'program v1 x64';
const CODE = Buffer.from('what V8 compiled');

const keep = (folder: string, code: Buffer) =>
  writeCompiledCode({ folder, identity: IDENTITY, script: { createCachedData: () => code } as Script });

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('what was compiled is read as it was kept, for its user alone, and replaced by what is compiled later', async (t) => {
  const folder = await emptyFolder(t);
  assert.equal(readCompiledCode(folder, IDENTITY), undefined);
  for (const code of [CODE, Buffer.from('of the next version'), Buffer.alloc(2_000_000, 'x')]) {
    await keep(folder, code);
    assert.deepEqual(readCompiledCode(folder, IDENTITY), code);
  }
  assert.deepEqual(await readdir(folder), ['compiled-code']);
  assert.equal((await stat(join(folder, 'compiled-code'))).mode & 0o777, 0o600);
});

test('what was compiled of another program or by another Node is not taken', async (t) => {
  const folder = await emptyFolder(t);
  await keep(folder, CODE);
  assert.equal(readCompiledCode(folder, 'program v2 x64'), undefined);
});

test('a file that is cut short, or has one wrong bit, is not taken', async (t) => {
  const folder = await emptyFolder(t);
  await keep(folder, CODE);
  const file = join(folder, 'compiled-code');
  const whole = await readFile(file);
  for (let length = 0; length < whole.length; length++) {
    await writeFile(file, whole.subarray(0, length));
    assert.equal(readCompiledCode(folder, IDENTITY), undefined, `${length} bytes`);
  }
  for (let byte = 0; byte < whole.length; byte++) {
    const wrong = Buffer.from(whole);
    wrong.writeUInt8(wrong.readUInt8(byte) ^ 1, byte);
    await writeFile(file, wrong);
    assert.equal(readCompiledCode(folder, IDENTITY), undefined, `byte ${byte}`);
  }
});

test('a file that others may write to is not taken, nor a link, a folder or one that is too large', async (t) => {
  const folder = await emptyFolder(t);
  await keep(folder, CODE);
  const file = join(folder, 'compiled-code');
  for (const mode of [0o620, 0o602, 0o666]) {
    await chmod(file, mode);
    assert.equal(readCompiledCode(folder, IDENTITY), undefined, mode.toString(8));
  }
  await chmod(file, 0o644);
  assert.deepEqual(readCompiledCode(folder, IDENTITY), CODE);

  await rename(file, join(folder, 'elsewhere'));
  await symlink('elsewhere', file);
  assert.equal(readCompiledCode(folder, IDENTITY), undefined);
  await rm(file);
  await mkdir(file);
  assert.equal(readCompiledCode(folder, IDENTITY), undefined);
  await rm(file, { recursive: true });
  await keep(folder, Buffer.alloc(16 * 1024 * 1024));
  assert.equal(readCompiledCode(folder, IDENTITY), undefined);
});

test('a file of another user is not taken', async (t) => {
  const folder = await emptyFolder(t);
  await keep(folder, CODE);
  const own = process.getuid?.() ?? 0;
  t.mock.method(process as { getuid(): number }, 'getuid', () => own + 1);
  assert.equal(readCompiledCode(folder, IDENTITY), undefined);
});

test('a folder that is not there, or takes no file, does no harm', async (t) => {
  const folder = await emptyFolder(t);
  await keep(join(folder, 'missing'), CODE);
  assert.deepEqual(await readdir(folder), []);
  await keep('/proc', CODE);
  assert.equal(readCompiledCode('/proc', IDENTITY), undefined);
  // Nothing can take its place.
  await mkdir(join(folder, 'compiled-code/something'), { recursive: true });
  await keep(folder, CODE);
  assert.deepEqual(await readdir(folder), ['compiled-code']);
});

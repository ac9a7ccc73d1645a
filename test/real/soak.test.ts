import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

test('two minutes of 20 sources with random faults: nothing false, nothing dead, no growth', async (t) => {
  const args = ['--expose-gc', 'test/soak/run.ts', '--minutes', '2', '--seed', '7'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
  t.diagnostic(stdout.trim().split('\n').at(0) ?? '');
  t.diagnostic(stdout.trim().split('\n').at(-1) ?? '');
  assert.match(stdout, /virtual days, \d+ samples, [1-9]\d* faults.*the heap grew by/);
});

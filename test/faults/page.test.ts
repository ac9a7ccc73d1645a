import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAULT_FILES, faultFiles, faultsPage, readFaults } from '../../src/docs/faults.ts';

test('every file of faults is tested and is on the page', () => {
  assert.deepEqual(faultFiles().toSorted(), [...FAULT_FILES].toSorted());
  for (const file of FAULT_FILES) assert.ok(existsSync(join(import.meta.dirname, `${file}.test.ts`)), file);
});

test('no fault is described twice, and each says what is shown', () => {
  const rows = FAULT_FILES.flatMap((file) => readFaults(file).faults);
  assert.equal(new Set(rows.map(({ fault }) => fault)).size, rows.length);
  for (const { fault, shown } of rows) assert.ok(Object.keys(shown).length > 0, fault);
});

test('the page is made from the rows as they are', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');
  assert.equal(page, faultsPage(), 'run npm run docs');
});

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FAULT_FILES, faultFiles, faultsPage, readFaults } from '../../src/docs/faults.ts';
import { faultsElsewhere } from '../../src/docs/faults-elsewhere.ts';

test('every file of faults is tested and is on the page', () => {
  assert.deepEqual(faultFiles().toSorted(), [...FAULT_FILES].toSorted());
  for (const file of FAULT_FILES) assert.ok(existsSync(join(import.meta.dirname, `${file}.test.ts`)), file);
});

test('no fault is described twice, and each says what is shown', () => {
  const rows = FAULT_FILES.flatMap((file) => readFaults(file).faults);
  const all = [...rows, ...faultsElsewhere().flatMap(({ faults }) => faults)];
  assert.equal(new Set(all.map(({ fault }) => fault)).size, all.length);
  for (const { fault, shown } of rows) assert.ok(Object.keys(shown).length > 0, fault);
});

/** Titles of the tests of a file as they stand there. */
function titlesIn(source: string): ReadonlySet<string> {
  const calls = source.matchAll(/^\s*(?:test|it)\(\s*(?:'(?<a>.+)'|"(?<b>.+)"|`(?<c>.+)`),/gm);
  return new Set([...calls].flatMap(({ groups = {} }) => Object.values(groups).filter(Boolean)));
}

test('each fault that is tested elsewhere names a test that is there', () => {
  for (const { faults } of faultsElsewhere()) {
    for (const { fault, test: named } of faults) {
      const source = readFileSync(join(import.meta.dirname, '../..', named.file), 'utf8');
      assert.ok(titlesIn(source).has(named.name), `${fault}: ${named.file} has no test "${named.name}"`);
      assert.equal(
        named.case !== undefined,
        named.name.includes('${'),
        `${fault}: a case, if it is one of several`,
      );
      assert.ok(source.includes(named.case ?? ''), `${fault}: ${named.file} has no case ${named.case}`);
    }
  }
});

test('the page is made from the rows as they are', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');
  assert.equal(page, faultsPage(), 'run npm run docs');
});

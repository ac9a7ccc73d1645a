import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseNames, readCase } from './cases.ts';
import { polled, serveBanks, sourceTo } from './support.ts';

for (const name of caseNames) {
  test(`${name}: a poll shows exactly what the case expects`, async (t) => {
    const { bank, expected } = readCase(name);
    const server = await serveBanks(t, { 1: bank() });
    assert.deepEqual(sorted(await polled(sourceTo(server))), sorted(expected));
  });
}

const sorted = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));

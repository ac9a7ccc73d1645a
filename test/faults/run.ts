import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FAULT_FILES, readFaults } from '../../src/docs/faults.ts';
import { scenarios } from './scenarios.ts';

/** Each row of a file as one test: what is seen of the fault is exactly what the row says, and the docs show. */
export function testFaults(file: (typeof FAULT_FILES)[number]): void {
  for (const row of readFaults(file).faults) {
    const { shown, logged, tries, recovers } = row;
    test(`When ${row.fault}, what is shown, logged and tried is as documented`, async (t) => {
      const scenario = scenarios[row.scenario];
      assert.ok(scenario, `no scenario is called ${row.scenario}`);
      assert.deepEqual(await scenario(t, row), { shown, logged, tries, recovers });
    });
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldCase } from '../../../src/sources/growatt/answer.ts';
import { families } from '../../../src/sources/growatt/families/index.ts';
import { v4Families } from '../../../src/sources/growatt/families/v4.ts';
import { statusOf } from '../../../src/sources/growatt/status.ts';

const all = new Map([...families.values(), ...v4Families.values()].map((family) => [family.word, family]));

/** Status and what of it is unknown. */
function read(word: string, answer: Record<string, unknown>, power = 0) {
  const status = statusOf(all.get(word)!, foldCase(answer), power);
  return [status?.status, status?.unknown];
}

test('the text of the status comes first, whatever the number', () => {
  const texts: [text: string, status: number][] = [
    ['Normal', 1],
    ['Operating', 1],
    ['PV Bat Online', 1],
    ['Bat Online', 1],
    ['Bypass', 1],
    ['Discharge', 1],
    ['AC charge and Bypass', 1],
    ['PV charge and discharge', 1],
    ['OnGridState', 1],
    ['tlx.status.operating', 1],
    ['Waiting', 2],
    ['WaitState', 2],
    ['Standby', 2],
    ['Fault', 3],
    ['FaultState', 3],
    ['Lost', 0],
    ['inverter.status.lost', 0],
    ['Checking', 4],
    ['Flash upgrade', 4],
  ];
  for (const [statusText, status] of texts) {
    for (const number of [0, 1, 3, 77])
      assert.deepEqual(read('storage', { status: number, statusText }), [status, undefined], statusText);
  }
});

test('the working mode comes before the number, and 0 says nothing', () => {
  assert.deepEqual(read('sph', { status: 3, uwSysWorkMode: 6 }), [1, undefined]);
  assert.deepEqual(read('sph', { status: 5, uwSysWorkMode: 3 }), [3, undefined]);
  assert.deepEqual(read('sph', { status: 3, uwSysWorkMode: 0 }), [3, undefined]);
  assert.deepEqual(read('sph', { status: 9, uwSysWorkMode: 9 }), [1, undefined]);
  assert.deepEqual(read('sph', { status: 3, statusText: 'Fault', uwSysWorkMode: 6 }), [3, undefined]);
});

test('on SPH-S the working mode comes before the text', () => {
  const answer = { status: 6, statusText: 'Fault', uwSysWorkMode: 6 };
  assert.deepEqual(read('sph-s', answer, 888), [1, undefined]);
  assert.deepEqual(read('sph-s', { ...answer, uwSysWorkMode: 3 }), [3, undefined]);
  assert.deepEqual(read('sph-s', { ...answer, uwSysWorkMode: undefined }), [3, undefined]);
});

test('power turns waiting and other into normal, never a fault', () => {
  assert.deepEqual(read('min', { status: 0 }, 12), [1, undefined]);
  assert.deepEqual(read('min', { statusText: 'Waiting' }, 12), [1, undefined]);
  assert.deepEqual(read('sph', { status: 1 }, 12), [1, undefined]);
  assert.deepEqual(read('min', { status: 3 }, 12), [3, undefined]);
  assert.deepEqual(read('min', { status: 3, statusText: 'Fault' }, 12), [3, undefined]);
});

test('a text or number that no table knows is named', () => {
  assert.deepEqual(read('min', { status: 77 }), [4, '77']);
  assert.deepEqual(read('min', { status: 1, statusText: 'Dancing' }), [1, '"Dancing"']);
  assert.deepEqual(read('min', { statusText: '' }), [undefined, undefined]);
  assert.deepEqual(read('groboost', { status: 1 }), [undefined, undefined]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import type { ModbusFault } from '../../../src/simulators/modbus/faults.ts';
import type { ModbusSource } from '../../../src/sources/modbus/source.ts';
import { readCase } from './cases.ts';
import { polled, serveBanks, sourceTo } from './support.ts';

/** Of the first poll of an SPH: what it is asked to find out what it is, and its blocks. */
const REQUESTS = 11;
/** After these there is nothing to wait for. */
const SILENT: readonly ModbusFault[] = ['cut-off', 'silence'];

/** What no fault may ever change into something else. */
const FAULTS: readonly ModbusFault[] = [
  'short',
  'long',
  'cut-off',
  'wrong-id',
  'wrong-unit',
  'wrong-function',
  'previous-answer',
  'previous-registers',
  'byte-by-byte',
  'silence',
  'reset',
  'close',
  'exception',
  'busy',
  'gateway-silent',
];

for (const kind of FAULTS) {
  test(`${kind} at any request of a poll: no value that is not true, and later polls are complete`, async (t) => {
    const { bank, expected } = readCase('every-register-sph');
    const retry = { timeout: SILENT.includes(kind) ? 200 : 5000, retries: 0, firstDelay: 0 };
    for (let at = 0; at < REQUESTS; at++) {
      const server = await serveBanks(t, { 1: bank() });
      await polled(sourceTo(server));
      server.faults.next({ kind, match: matchOf(server.requests[at]) });
      const source = sourceTo(server, { retry });
      const values = await polled(source).catch((error: unknown) => {
        assert.ok(error instanceof SourceError, String(error));
        return {};
      });
      for (const [metric, value] of Object.entries(values)) assert.equal(value, expected[metric], metric);
      server.faults.clear();
      const later = [await attempt(source), await attempt(source), await attempt(source)];
      assert.deepEqual(
        later.findLast((values) => values !== undefined),
        expected,
      );
    }
  });
}

/** On a busy machine an answer may come too late. */
const attempt = (source: ModbusSource) => polled(source).catch(() => undefined);

function matchOf(request: { functionCode: number; address: number; count: number } | undefined): string {
  assert.ok(request);
  return `${request.functionCode === 3 ? 'holding' : 'input'} ${request.address} ${request.count}`;
}

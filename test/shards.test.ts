import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent } from '../src/agent.ts';
import { loadConfig } from '../src/config/load.ts';
import { memoryLog } from './helpers/log.ts';

const SHARDS = 3;

/** The sources that each of the shards reads, of one configuration. */
function sourcesByShard(
  accounts: readonly object[],
  sticks: readonly string[],
): readonly (readonly string[])[] {
  const readFile = () => JSON.stringify({ accounts });
  return Array.from({ length: SHARDS }, (_, index) => {
    const env = { TRUCKI_TARGETS: sticks.join(','), SHARD: `agent-${index}/${SHARDS}` };
    const config = loadConfig({ file: 'agent.yaml', env, isTerminal: false, readFile });
    const { sources } = new Agent({ config, log: memoryLog() }).status();
    return sources.map(({ name }) => name);
  });
}

const letters = [...'abcdefghijkl'];

test('every account and every stick is read by exactly one shard, and each shard has some', () => {
  const accounts = letters.map((name) => ({ name, token: `token-of-${name}` }));
  const shards = sourcesByShard(accounts, letters);
  for (const kind of ['growatt', 'trucki']) {
    const names = shards.map((sources) => sources.filter((name) => name.startsWith(kind)));
    assert.deepEqual(
      names.flat().toSorted(),
      letters.map((name) => `${kind}/${name}`),
    );
    assert.ok(
      names.every(({ length }) => length > 0),
      JSON.stringify(names),
    );
  }
});

test('accounts that share a token are read by one shard, since the cloud counts calls by token', () => {
  const shared = letters.map((name) => ({ name, token: 'the-token-of-all' }));
  const counts = sourcesByShard(shared, []).map(({ length }) => length);
  assert.deepEqual(
    counts.toSorted((a, b) => a - b),
    [0, 0, letters.length],
  );
});

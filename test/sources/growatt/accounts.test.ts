import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../../src/config/load.ts';
import { sharedObjects } from '../../../src/config/sources.ts';
import { growatt } from '../../../src/sources/growatt/kind.ts';
import { virtualClock } from '../../helpers/clock.ts';
import { plainContext } from '../../helpers/context.ts';

const YAML = `
accounts:
  - {name: home, token: 0123456789abcdef, base_url: "http://home"}
  - {name: barn, token: 0123456789abcdef, base_url: "http://barn"}
  - {name: farm, token: another-token-16, base_url: "http://farm"}
`;

/** The sources of these accounts, and when each made its first call, in milliseconds. */
function firstCalls() {
  const clock = virtualClock();
  const start = clock.now();
  const calls = new Map<string, number>();
  const config = loadConfig({ file: 'agent.yaml', env: {}, isTerminal: false, readFile: () => YAML });
  const sources = growatt.create(config.sources.growatt, {
    clock,
    fetch: async (url) => {
      const { host } = new URL(String(url));
      if (!calls.has(host)) calls.set(host, clock.now() - start);
      return Response.json({ error_code: 10011, error_msg: 'error_permission_denied', data: '' });
    },
    owns: () => true,
    shared: sharedObjects(),
    observer: () => ({ attempted() {}, retried() {} }),
  });
  return { clock, calls, sources };
}

test('accounts with one token share a rate limiter, those with another do not wait for it', async () => {
  const { clock, calls, sources } = firstCalls();
  const ended = Promise.allSettled(sources.map((source) => source.discover?.(plainContext())));
  await clock.pass(60_000);
  await ended;
  assert.deepEqual(Object.fromEntries(calls), { home: 0, farm: 0, barn: 3000 });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { sharedObjects } from '../../../src/config/sources.ts';
import { growatt } from '../../../src/sources/growatt/kind.ts';
import { load } from '../../config/support.ts';
import { instantClock } from '../../helpers/clock.ts';
import { plainContext } from '../../helpers/context.ts';
import { MINUTE, NOON } from './world.ts';

const ACCOUNTS = `
accounts:
  - {name: first, token: shared-token}
  - {name: other, token: other-token}
  - {name: second, token: shared-token}
`;

type Tools = Parameters<typeof growatt.create>[1];

/** The sources of a configuration, and the calls that they make, none of which is answered in time. */
function create(yaml: string, env: Readonly<Record<string, string>> = {}, tools: Partial<Tools> = {}) {
  const clock = tools.clock ?? instantClock(NOON);
  const calls: { readonly at: number; readonly token: string }[] = [];
  const outcomes: string[] = [];
  const sources = growatt.create(load(yaml, env).sources.growatt, {
    clock,
    async fetch(_url, init) {
      calls.push({ at: clock.now(), token: new Headers(init?.headers).get('token') ?? '' });
      return new Response('{"error_code":10011}');
    },
    owns: () => true,
    shared: sharedObjects(),
    observer: () => ({ attempted: (_endpoint, outcome) => outcomes.push(outcome), retried() {} }),
    ...tools,
  });
  return { sources, calls, outcomes };
}

test('accounts that share a token are read by one process, which is the one of the first of them', () => {
  const namesFor = (...owned: string[]) =>
    create(ACCOUNTS, {}, { owns: (source) => owned.includes(source) }).sources.map(({ name }) => name);
  assert.deepEqual(namesFor('growatt/first'), ['growatt/first', 'growatt/second']);
  assert.deepEqual(namesFor('growatt/second'), []);
  assert.deepEqual(namesFor('growatt/other'), ['growatt/other']);
});

test('accounts that share a token share its rate limiter, others do not wait for each other', async () => {
  const { sources, calls } = create(ACCOUNTS);
  await Promise.all(sources.map((source) => source.discover?.(plainContext()).catch(() => {})));
  const times = (token: string) => calls.filter((call) => call.token === token).map(({ at }) => at - NOON);
  assert.deepEqual(times('shared-token'), [0, 3000]);
  assert.deepEqual(times('other-token'), [0]);
});

test('sources that a reload makes wait for the calls of those before them', async () => {
  const tools = { clock: instantClock(NOON), shared: sharedObjects() };
  const first = create('token: some-token', {}, tools);
  const second = create('token: some-token', { GROWATT_CALL_SPACING: '7s' }, tools);
  for (const { sources } of [first, second]) await sources[0]?.discover?.(plainContext()).catch(() => {});
  const times = [...first.calls, ...second.calls].map(({ at }) => at - NOON);
  assert.deepEqual(times, [0, 7000]);
});

test("polls of Growatt's own servers are at least five minutes apart, of any other server as configured", () => {
  const interval = (env: Readonly<Record<string, string>>) =>
    create('token: some-token', { COLLECT_INTERVAL: '1m', ...env }).sources[0]?.interval();
  for (const GROWATT_REGION of ['eu', 'us', 'au', 'cn'])
    assert.equal(interval({ GROWATT_REGION }), 5 * MINUTE);
  assert.equal(interval({ GROWATT_REGION: 'eu', COLLECT_INTERVAL: '10m' }), 10 * MINUTE);
  assert.equal(interval({ GROWATT_BASE_URL: 'http://127.0.0.1:9121' }), MINUTE);
});

test('a call that is not answered ends after 30 s, and is made four times', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const hang: typeof fetch = (_url, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  const { sources, outcomes } = create('token: some-token', {}, { fetch: hang });
  const settle = async () => {
    for (let round = 0; round < 20; round++) await setImmediate();
  };
  let failure: unknown;
  void sources[0]?.discover?.(plainContext()).catch((error) => {
    failure = error;
  });
  await settle();
  t.mock.timers.tick(29_999);
  await settle();
  assert.deepEqual(outcomes, []);
  t.mock.timers.tick(1);
  await settle();
  assert.deepEqual(outcomes, ['timeout']);
  for (let tick = 0; tick < 10 && !failure; tick++) {
    t.mock.timers.tick(30_000);
    await settle();
  }
  assert.equal(outcomes.length, 4);
  assert.equal(String(failure), 'SourceError: plant/list: no complete answer within 30 s');
});

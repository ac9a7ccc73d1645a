import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { definitionOf } from '../../src/catalogue.ts';
import type { Source } from '../../src/model/source.ts';
import { SourceSet } from '../../src/poll/source-set.ts';
import type { SourceState } from '../../src/state/state-format.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';
import { countingTelemetry } from '../helpers/telemetry.ts';
import { fakeSource, MINUTE, watts } from './fake-source.ts';

/** A source that counts its polls, each of which reads its number. */
function countingSource(name: string, changes: Partial<Source> = {}) {
  const polls = { count: 0 };
  const source = fakeSource(
    async function* () {
      polls.count++;
      yield watts(polls.count);
    },
    {
      name,
      identity: name,
      entities: [{ id: 'stick', labels: { stick: name }, up: 'trucki_up' }],
      ...changes,
    },
  );
  return Object.assign(source, { polls });
}

function setUp(
  t: TestContext,
  sources: readonly Source[],
  saved?: (source: string) => SourceState | undefined,
) {
  const clock = virtualClock();
  const store = new Store({ clock, staleAfter: 0, definitionOf });
  const log = memoryLog();
  const observer = countingTelemetry();
  const options = { store, clock, log, observer, onIdle() {}, ...(saved && { saved }) };
  const set = new SourceSet(options, sources);
  const abort = new AbortController();
  t.after(() => abort.abort());
  return {
    set,
    clock,
    abort,
    log,
    running: set.run(abort.signal),
    /** Powers by stick. */
    powers: () =>
      Object.fromEntries(
        store
          .samples()
          .filter(({ metric }) => metric === 'trucki_meter_power_watts')
          .map(({ attributes, value }) => [attributes.stick, value]),
      ),
  };
}

test('a source whose configuration is equal stays the object that it is, and its polls keep their times', async (t) => {
  const first = countingSource('a', { configuration: { interval: 1, list: [1, 2] } });
  const { set, clock } = setUp(t, [first]);
  await clock.pass(0.5 * MINUTE);
  const [poller] = set.pollers;
  const again = countingSource('a', { configuration: { interval: 1, list: [1, 2] } });
  const changes = await set.replace([again]);
  assert.deepEqual(changes, { started: [], replaced: [], stopped: [], kept: ['a'] });
  assert.equal(set.sources[0], first);
  assert.equal(set.pollers[0], poller);
  await clock.pass(0.6 * MINUTE);
  assert.equal(first.polls.count, 2, 'the second poll came a minute after the first one');
  assert.equal(again.polls.count, 0);
});

test('a source that is gone is polled no more, and its series end', async (t) => {
  const [a, b] = [countingSource('a'), countingSource('b')];
  const { set, clock, powers } = setUp(t, [a, b]);
  await clock.pass(0);
  assert.deepEqual(powers(), { a: 1, b: 1 });
  assert.deepEqual((await set.replace([b])).stopped, ['a']);
  assert.deepEqual(powers(), { b: 1 });
  assert.deepEqual(set.sources, [b]);
  await clock.pass(5 * MINUTE);
  assert.equal(a.polls.count, 1);
  assert.ok(b.polls.count >= 5);
});

test('a new source is polled at once, in the order of the configuration', async (t) => {
  const [a, b] = [countingSource('a'), countingSource('b')];
  const { set, clock, powers } = setUp(t, [b]);
  await clock.pass(0);
  assert.deepEqual((await set.replace([a, b])).started, ['a']);
  await clock.pass(0);
  assert.deepEqual(powers(), { a: 1, b: 1 });
  assert.deepEqual(
    set.sources.map(({ name }) => name),
    ['a', 'b'],
  );
});

test('a changed source takes over the readings and the state of the one in whose place it is', async (t) => {
  const restored: unknown[] = [];
  const changes = {
    snapshot: () => ({ calls: [1, undefined, 2] }),
    restore: (snapshot: unknown) => void restored.push(snapshot),
  };
  const old = countingSource('a', { ...changes, configuration: 1 });
  const { set, clock, powers } = setUp(t, [old]);
  await clock.pass(0);
  const resume = { at: clock.now() + MINUTE / 2, reason: 'it would be refused' };
  const next = countingSource('a', { ...changes, configuration: 2, resume });
  assert.deepEqual((await set.replace([next])).replaced, ['a']);
  assert.deepEqual(restored, [{ calls: [1, null, 2] }]);
  assert.deepEqual(powers(), { a: 1 }, 'the reading stays');
  await clock.pass(MINUTE / 4);
  assert.equal(next.polls.count, 0, 'its call would come too early');
  await clock.pass(MINUTE / 2);
  assert.equal(next.polls.count, 1);
  assert.equal(old.polls.count, 1);
});

test('a derived source that is new begins with what an earlier run of the agent saved of it', async (t) => {
  const restored: unknown[] = [];
  const restore = (snapshot: unknown) => void restored.push(snapshot);
  const late = countingSource('late', { restore, isDerived: true });
  const saved = (name: string) => (name === 'other' ? undefined : { source: { sum: 3 }, entities: {} });
  const { set } = setUp(t, [countingSource('a')], saved);
  const device = countingSource('device', { restore });
  await set.replace([...set.sources, late, device, countingSource('other', { isDerived: true })]);
  assert.deepEqual(restored, [{ sum: 3 }]);
});

test('a source with the same name for something else takes over nothing', async (t) => {
  const restore = t.mock.fn();
  const old = countingSource('a', { identity: 'one', snapshot: () => 1, configuration: 1 });
  const { set, clock, powers } = setUp(t, [old]);
  await clock.pass(0);
  const pending = fakeSource(async function* () {}, { ...old, identity: 'two', configuration: 2, restore });
  await set.replace([pending]);
  assert.deepEqual(powers(), {});
  assert.equal(restore.mock.callCount(), 0);
});

test('a source that comes back, or under another name, knows what is known of its identity', async (t) => {
  const source = (name: string, restore: (snapshot: unknown) => void) =>
    countingSource(name, { identity: 'token', snapshot: () => `state of ${name}`, restore });
  const restored: unknown[] = [];
  const note = (snapshot: unknown) => void restored.push(snapshot);
  const { set, clock } = setUp(t, [source('a', note)]);
  await clock.pass(0);
  await set.replace([]);
  await clock.pass(MINUTE);
  await set.replace([source('b', note)]);
  await clock.pass(MINUTE);
  await set.replace([source('a', note), source('c', note)]);
  assert.deepEqual(restored, ['state of a', 'state of a', 'state of b']);
});

test('a state that the next source does not accept is a warning', async (t) => {
  const restore = () => {
    throw new Error('not valid');
  };
  const old = countingSource('a', { snapshot: () => 1, configuration: 1 });
  const { set, clock, log } = setUp(t, [old]);
  await clock.pass(0);
  await set.replace([countingSource('a', { restore, configuration: 2 })]);
  assert.deepEqual(log.lines.filter((line) => line.startsWith('warn')).length, 1);
});

test('a set of sources runs until it is aborted, whatever is replaced meanwhile', async (t) => {
  const { set, abort, running, clock } = setUp(t, []);
  let ended = false;
  void running.then(() => {
    ended = true;
  });
  const late = countingSource('late');
  await set.replace([late]);
  await clock.pass(MINUTE);
  assert.equal(ended, false);
  abort.abort();
  await running;
  await setImmediate();
  const { count } = late.polls;
  await clock.pass(5 * MINUTE);
  assert.equal(late.polls.count, count);
});

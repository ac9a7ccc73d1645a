import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorKind, SourceError } from '../../src/base/errors.ts';
import type { SourceEvent } from '../../src/model/reading.ts';
import type { Source } from '../../src/model/source.ts';
import { callingSource, fakeSource, MINUTE, setUp, watts } from './fake-source.ts';

const answering: Source['poll'] = async function* () {
  yield watts(5);
};

/** Polls that end as the test says: in a failure, in a defect, or well. */
function scripted(outcomes: (ErrorKind | Error | 'ok')[], changes: Partial<Source> = {}) {
  return fakeSource(async function* () {
    const outcome = outcomes.shift() ?? 'ok';
    if (outcome instanceof Error) throw outcome;
    if (outcome !== 'ok') throw new SourceError(outcome, `it is ${outcome}`);
    yield watts(5);
  }, changes);
}

test('the log has one line for each change of state', async (t) => {
  const outcomes: (ErrorKind | 'ok')[] = [
    ...(['ok', 'ok', 'unreachable', 'timeout', 'unreachable', 'ok', 'ok'] as const),
    ...(['unauthorized', 'unauthorized', 'timeout', 'ok'] as const),
  ];
  const { poll, log, clock } = setUp(t, scripted(outcomes));
  for (let i = 0; i < 11; i++) {
    await poll();
    await clock.pass(MINUTE);
  }
  assert.deepEqual(log.lines, [
    'info: fake/one: first poll succeeded',
    'warn: fake/one: it is unreachable: check the network and the address; next attempt in 1 min',
    'info: fake/one: recovered after 3 min',
    'warn: fake/one: it is unauthorized; next attempt in 1 min',
    'warn: fake/one: it is timeout: check the network; next attempt in 1 min',
    'info: fake/one: recovered after 3 min',
  ]);
});

test('a condition of a part is written when it begins, changes and ends', async (t) => {
  const notes = [undefined, 'plant 7 is gone', 'plant 7 is gone', 'plant 7 is refused', undefined, undefined];
  const source = fakeSource(async function* (context) {
    context.report('plant 7', notes.shift());
    yield watts(1);
  });
  const { poll, log, poller } = setUp(t, source);
  for (let i = 0; i < 4; i++) await poll();
  assert.equal(poller.status.problem, 'plant 7 is refused');
  for (let i = 0; i < 2; i++) await poll();
  assert.deepEqual(log.lines.slice(1), [
    'warn: fake/one: plant 7 is gone',
    'warn: fake/one: plant 7 is refused',
    'info: fake/one: plant 7 recovered',
  ]);
  assert.equal(poller.status.problem, undefined);
});

test('a condition whose words hold a time is written again only when its essence changes', async (t) => {
  const minutes = [5, 10, 20];
  const source = fakeSource(async function* (context) {
    const left = minutes.shift();
    const essence = left === 20 ? 'refused' : 'limited';
    context.report('plant 7', left === undefined ? undefined : `plant 7 is paused for ${left} min`, essence);
    yield watts(1);
  });
  const { poll, log, poller } = setUp(t, source);
  for (const left of [5, 10, 20]) {
    await poll();
    assert.equal(poller.status.problem, `plant 7 is paused for ${left} min`);
  }
  await poll();
  assert.deepEqual(log.lines, [
    'warn: fake/one: plant 7 is paused for 5 min',
    'warn: fake/one: plant 7 is paused for 20 min',
    'info: fake/one: plant 7 recovered',
  ]);
});

test('a source may warn of what is no lasting condition, and count limits that it reached', async (t) => {
  const source = fakeSource(async function* (context) {
    context.warn('a status that nothing documents');
    context.limitReached('list_rows');
    yield watts(1);
  });
  const { poll, log, poller, counts } = setUp(t, source);
  await poll();
  assert.equal(log.lines[0], 'warn: fake/one: a status that nothing documents');
  assert.equal(poller.status.problem, undefined);
  assert.equal(counts['limit list_rows'], 1);
});

test('a defect neither ends the loop nor hides, and is written once', async (t) => {
  const defect = new TypeError('x is not a function');
  const source = scripted([defect, defect, 'unreachable', defect, 'ok']);
  const { run, clock, log, counts, poller } = setUp(t, source);
  void run();
  await clock.pass(MINUTE);
  assert.equal(poller.status.state, 'failing');
  assert.match(poller.status.problem ?? '', /internal error.*TypeError: x is not a function/);
  await clock.pass(3 * MINUTE);
  const [first, ...others] = log.lines;
  assert.match(
    first ?? '',
    /^error: fake\/one: internal error, please report it \(TypeError: x is not a function\)/,
  );
  assert.match(first ?? '', /"stack":"TypeError: x is not a function\\n +at /);
  assert.deepEqual(others, [
    'warn: fake/one: it is unreachable: check the network and the address; next attempt in 1 min',
    'info: fake/one: recovered after 4 min',
  ]);
  assert.equal(counts['polls fake/one failure'], 4);
  assert.equal(counts['polls fake/one success'], 1);
});

test('a defect outside of the events is a defect like any other', async (t) => {
  const throwing = () => {
    throw new TypeError('no events');
  };
  const unknownMetric: SourceEvent = {
    type: 'reading',
    reading: { entity: 'stick', values: [{ metric: 'no_such_metric', value: 1 }] },
  };
  const calling = callingSource(throwing);
  const cases = [
    fakeSource(throwing),
    calling.source,
    fakeSource(async function* () {
      yield unknownMetric;
    }),
  ];
  for (const source of cases) {
    const { poll, log } = setUp(t, source);
    assert.equal(await poll(), false);
    assert.equal(log.lines.filter((line) => /^error: .*please report it/.test(line)).length, 1);
  }
  assert.equal(calling.telemetry.counts['requests fake/one live defect'], 1);
  const background = setUp(t, fakeSource(answering, { runBackground: throwing }));
  void background.run();
  await background.clock.pass(2 * MINUTE);
  assert.equal(background.counts['polls fake/one success'], 3);
  assert.equal(background.log.lines.filter((line) => line.startsWith('error')).length, 1);
});

test('polls, calls and retries are counted by what came of them', async (t) => {
  const outcomes: (ErrorKind | 'ok')[] = ['unreachable', 'ok', 'missing', 'timeout', 'timeout', 'ok'];
  const call = async () => {
    const outcome = outcomes.shift() ?? 'ok';
    if (outcome !== 'ok') throw new SourceError(outcome, outcome);
  };
  const { source, clock, telemetry } = callingSource(call, { timeout: 1000, retries: 2, firstDelay: 0 });
  const partly: Source = {
    ...source,
    async *poll(context) {
      yield* source.poll(context);
      yield { type: 'attempt', entity: 'stick', ok: outcomes.length > 0 };
    },
  };
  const { poll, counts } = setUp(t, partly, { clock, telemetry });
  for (let i = 0; i < 3; i++) {
    const polling = poll();
    // cockatiel waits a real millisecond of its own between two tries.
    while (!(await Promise.race([polling.then(() => true), clock.pass(1000)])));
  }
  assert.deepEqual(counts, {
    'polls fake/one success': 1,
    'polls fake/one failure': 1,
    'polls fake/one partial': 1,
    'requests fake/one live unreachable': 1,
    'requests fake/one live success': 2,
    'requests fake/one live missing': 1,
    'requests fake/one live timeout': 2,
    'retries fake/one': 3,
  });
});

test('a call that is ended for taking too long counts as a time-out', async (t) => {
  const { source, ...tools } = callingSource(
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { timeout: 5, retries: 0, firstDelay: 0 },
  );
  const { poll, counts, poller } = setUp(t, source, tools);
  assert.equal(await poll(), false);
  assert.equal(counts['requests fake/one live timeout'], 1);
  assert.equal(poller.status.problem, 'live: no complete answer within 0.005 s');
});

test('a source that stays down is asked once an interval, and its circuit closes with the first answer', async (t) => {
  let down = true;
  let calls = 0;
  const { source, clock } = callingSource(async () => {
    calls++;
    if (down) throw new SourceError('unreachable', 'down');
  });
  const { run, poller, log } = setUp(t, source, { clock });
  void run();
  await clock.pass(9 * MINUTE);
  assert.deepEqual([calls, poller.status.circuit, poller.status.state], [10, 'open', 'failing']);
  down = false;
  await clock.pass(MINUTE);
  assert.deepEqual([calls, poller.status.circuit, poller.status.state], [11, 'closed', 'ok']);
  assert.equal(log.lines.length, 2);
});

test('the status tells where a source stands, from the start to the first success and after', async (t) => {
  const source = scripted(['unreachable', 'ok'], { size: () => ({ plants: 1, devices: 2 }) });
  const { poller, poll, clock } = setUp(t, source);
  const common = { name: 'fake/one', circuit: 'closed', intervalSeconds: 60, plants: 1, devices: 2 };
  assert.deepEqual(poller.status, { ...common, state: 'starting' });
  await poll();
  const advice = 'check the network and the address';
  const failing = { ...common, state: 'failing', problem: 'it is unreachable', advice };
  assert.deepEqual(poller.status, { ...failing, failures: 1 });
  await poll();
  assert.deepEqual(poller.status, { ...common, state: 'ok', lastSuccess: clock.now() / 1000 });
});

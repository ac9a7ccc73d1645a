import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceError } from '../../src/base/errors.ts';
import type { Source } from '../../src/model/source.ts';
import { virtualClock } from '../helpers/clock.ts';
import { countingTelemetry } from '../helpers/telemetry.ts';
import { callingSource, fakeSource, MINUTE, setUp, watts } from './fake-source.ts';

const answering: Source['poll'] = async function* () {
  yield watts(5);
};

/** A call that hangs is not ended within the test. */
const PATIENT = { timeout: 60_000, retries: 0, firstDelay: 0 };

test('a poll begins with each interval, no sooner and at most a twentieth later', async (t) => {
  const starts: number[] = [];
  const clock = virtualClock();
  const randoms = [0, 0.5, 0.999, 0.25];
  let n = 0;
  const source = fakeSource(async function* () {
    starts.push(clock.now());
    yield watts(1);
  });
  const { run } = setUp(t, source, { clock, random: () => randoms[n++ % randoms.length]! });
  void run();
  await clock.pass(20 * MINUTE);
  const gaps = starts.slice(1).map((at, i) => at - starts[i]!);
  assert.ok(gaps.length > 15);
  assert.ok(
    gaps.every((gap) => gap >= MINUTE && gap <= 1.05 * MINUTE),
    gaps.join(),
  );
  assert.equal(new Set(gaps).size, randoms.length);
});

test('the time of a poll counts as part of its interval', async (t) => {
  const clock = virtualClock();
  const starts: number[] = [];
  const source = fakeSource(async function* ({ signal }) {
    starts.push(clock.now());
    await clock.sleep(20_000, signal);
    yield watts(1);
  });
  void setUp(t, source, { clock }).run();
  await clock.pass(5 * MINUTE);
  assert.deepEqual(
    starts.slice(1).map((at, i) => at - starts[i]!),
    Array(5).fill(MINUTE),
  );
});

test('polls of one source never overlap, and a long one is followed by a pause', async (t) => {
  const clock = virtualClock();
  let running = 0;
  let most = 0;
  const ends: number[] = [];
  const pauses: number[] = [];
  const source = fakeSource(async function* ({ signal }) {
    most = Math.max(most, ++running);
    pauses.push(clock.now() - (ends.at(-1) ?? clock.now()));
    await clock.sleep(3 * MINUTE, signal);
    ends.push(clock.now());
    running--;
    yield watts(1);
  });
  void setUp(t, source, { clock }).run();
  await clock.pass(30 * MINUTE);
  assert.equal(most, 1);
  assert.ok(ends.length >= 9);
  assert.ok(pauses.slice(1).every((pause) => pause === MINUTE / 10));
});

test('the interval in force is asked for anew after each poll', async (t) => {
  const clock = virtualClock();
  const starts: number[] = [];
  const source = fakeSource(
    async function* () {
      starts.push(clock.now());
      yield watts(1);
    },
    { interval: () => (starts.length < 3 ? MINUTE : 30 * MINUTE) },
  );
  const { poller, run } = setUp(t, source, { clock });
  void run();
  await clock.pass(70 * MINUTE);
  assert.deepEqual(
    starts.slice(1).map((at, i) => (at - starts[i]!) / MINUTE),
    [1, 1, 30, 30],
  );
  assert.equal(poller.status.intervalSeconds, 1800);
});

test('a clock that is set ahead or back during a poll neither stops nor floods the source', async (t) => {
  for (const jump of [-365 * 24 * 60 * MINUTE, -61 * MINUTE, 61 * MINUTE, 365 * 24 * 60 * MINUTE]) {
    const clock = virtualClock();
    let polls = 0;
    const source = fakeSource(async function* () {
      if (++polls === 2) clock.jump(jump);
      yield watts(1);
    });
    const { run, abort } = setUp(t, source, { clock });
    const running = run();
    await clock.pass(10 * MINUTE);
    assert.ok(polls >= 10 && polls <= 12, `${polls} polls after a jump of ${jump}`);
    abort();
    await running;
  }
});

test('a source that hangs does not disturb another', async (t) => {
  const { source: hanging, clock } = callingSource(() => new Promise(() => {}), PATIENT);
  const one = setUp(t, hanging, { clock });
  const other = setUp(t, fakeSource(answering, { name: 'fake/other' }), { clock });
  void one.run();
  void other.run();
  await clock.pass(10 * MINUTE);
  assert.equal(other.counts['polls fake/other success'], 11);
  assert.equal(one.poller.tried, false);
});

test('stopping is immediate: while waiting, during a call that hangs, and in background work', async (t) => {
  const hang = () => new Promise<never>(() => {});
  const cases: Source[] = [
    fakeSource(answering),
    callingSource(hang, PATIENT).source,
    fakeSource(answering, { runBackground: callingSource(hang, PATIENT).source.poll }),
  ];
  for (const source of cases) {
    const { run, abort, clock, log, counts } = setUp(t, source);
    const running = run();
    await clock.pass(0);
    abort();
    await running;
    assert.equal(counts['polls fake/one failure'], undefined);
    assert.deepEqual(
      log.lines.filter((line) => !line.startsWith('info')),
      [],
    );
  }
});

test('background work is told when the next poll is due, and follows only a poll that succeeded', async (t) => {
  const clock = virtualClock();
  const begun: number[] = [];
  const polled: number[] = [];
  const outcomes = ['ok', 'unreachable', 'ok'];
  const source = fakeSource(
    async function* () {
      polled.push(clock.now());
      if (outcomes.shift() === 'unreachable') throw new SourceError('unreachable', 'down');
      yield watts(1);
    },
    {
      async *runBackground({ signal }, deadline) {
        begun.push(clock.now());
        while (clock.now() + 7000 < deadline) {
          await clock.sleep(7000, signal);
          yield watts(2);
        }
      },
    },
  );
  const { run, shown } = setUp(t, source, { clock, random: () => 0 });
  void run();
  await clock.pass(2.9 * MINUTE);
  assert.deepEqual(begun, [polled[0], polled[2]]);
  assert.deepEqual(
    polled.slice(1).map((at, i) => at - polled[i]!),
    [MINUTE, MINUTE],
  );
  assert.equal(shown().trucki_meter_power_watts, 2);
});

test('a token that is refused in background work is tried again after the interval, measured from the refusal', async (t) => {
  const clock = virtualClock();
  const polled: number[] = [];
  let refused = false;
  const source = fakeSource(
    async function* () {
      polled.push(clock.now());
      refused = false;
      yield watts(1);
    },
    {
      interval: () => (refused ? 15 * MINUTE : MINUTE),
      // biome-ignore lint/correctness/useYield: it is refused before there is anything to yield
      async *runBackground({ signal }) {
        await clock.sleep(40_000, signal);
        refused = true;
        throw new SourceError('unauthorized', 'the token is refused');
      },
    },
  );
  const { run, poller, log } = setUp(t, source, { clock, random: () => 0 });
  void run();
  await clock.pass(45_000);
  assert.equal(poller.status.nextPoll, (polled[0]! + 40_000 + 15 * MINUTE) / 1000);
  assert.equal(poller.status.state, 'failing');
  assert.deepEqual(log.lines.slice(1), ['warn: fake/one: the token is refused; next attempt in 15 min']);
  await clock.pass(40 * MINUTE);
  assert.deepEqual(
    polled.slice(1, 3).map((at, i) => at - polled[i]!),
    Array(2).fill(40_000 + 15 * MINUTE),
  );
});

test('events reach the store as they come, and a failing source keeps its last values', async (t) => {
  const clock = virtualClock();
  let failing = false;
  const source = fakeSource(async function* ({ signal }) {
    yield watts(1);
    await clock.sleep(1000, signal);
    if (failing) throw new SourceError('unreachable', 'down');
    yield watts(2);
  });
  const { poll, shown } = setUp(t, source, { clock });
  const polling = poll();
  await clock.pass(0);
  assert.deepEqual(shown(), { trucki_up: 1, trucki_meter_power_watts: 1 });
  await clock.pass(1000);
  await polling;
  assert.deepEqual(shown(), { trucki_up: 1, trucki_meter_power_watts: 2 });
  failing = true;
  const again = poll();
  await clock.pass(1000);
  assert.equal(await again, false);
  assert.deepEqual(shown(), { trucki_up: 0, trucki_meter_power_watts: 1 });
});

test('after a restart the first poll waits no longer than an interval, whatever the clocks say', async (t) => {
  const clock = virtualClock();
  const polled: number[] = [];
  const resume = { at: clock.now() + 24 * 60 * MINUTE, reason: 'the cloud would refuse an earlier call' };
  const source = fakeSource(
    async function* () {
      polled.push(clock.now());
      yield watts(1);
    },
    { resume },
  );
  const { run, log, poller } = setUp(t, source, { clock });
  const started = clock.now();
  void run();
  await clock.pass(MINUTE / 2);
  assert.equal(poller.status.state, 'waiting');
  await clock.pass(MINUTE / 2);
  assert.deepEqual(polled, [started + MINUTE]);
  assert.equal(log.lines[0], 'info: fake/one: first poll in 1 min: the cloud would refuse an earlier call');
});

test('background work that is always due is asked for once a second at most', async (t) => {
  const clock = virtualClock();
  let asked = 0;
  const source = fakeSource(answering, {
    nextBackgroundAt: () => clock.now(),
    async *runBackground() {
      asked++;
      yield* [];
    },
  });
  const { run } = setUp(t, source, { clock });
  void run();
  await clock.pass(MINUTE - 1);
  assert.ok(asked > 30 && asked <= 60, `${asked} times`);
});

test('a clock that is set back during a poll makes no negative duration', async (t) => {
  const clock = virtualClock();
  const seconds: number[] = [];
  const telemetry = countingTelemetry();
  const source = fakeSource(async function* () {
    clock.jump(-60 * MINUTE);
    yield watts(1);
  });
  const observer = {
    ...telemetry,
    polled: (_source: string, _outcome: string, s: number) => seconds.push(s),
  };
  const { poll } = setUp(t, source, { clock, telemetry: observer });
  await poll();
  assert.deepEqual(seconds, [0]);
});

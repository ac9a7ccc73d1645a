import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { callOf } from '../../../src/sources/growatt/call.ts';
import { CallHistory } from '../../../src/sources/growatt/call-history.ts';
import { DueCalls } from '../../../src/sources/growatt/due-calls.ts';

const MINUTE = 60_000;
const INTERVAL = 10 * MINUTE;

interface Thing {
  readonly id: number;
  readonly call: ReturnType<typeof callOf>;
}

const things = (count: number): Thing[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    call: callOf({ method: 'GET', path: 'plant/data' }, { plant_id: id }),
  }));

/** Calls that are made one after the other, on a clock that is set by hand. */
function setUp() {
  const history = new CallHistory();
  const state = { now: 1000 * MINUTE, looks: 0 };
  const calls = {
    doneAt(call: Thing['call']) {
      state.looks++;
      return history.doneAt(call.key);
    },
    overdue: (call: Thing['call'], interval: number) => history.overdue(call.key, interval, state.now),
    isLimited: () => false,
  };
  return { history, state, calls, due: new DueCalls<Thing>(calls, ({ call }) => call) };
}

/** Made after the clock was set back, a call is older than those that were made before. */
const SET_BACK = [
  ...[{ make: true }, { make: true }, { make: true }, { skip: 0 }, { back: 1 }],
  ...[{ make: true }, { make: true }, { make: true }, { other: 6 }],
];

test('the most overdue call is found as by looking at all, whatever happened to calls and clock', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ make: fc.constant(true) }) },
    { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 12 }) }) },
    fc.record({ fail: fc.nat(6) }),
    fc.record({ other: fc.nat(6) }),
    fc.record({ skip: fc.nat(6) }),
    fc.record({ back: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ fewer: fc.integer({ min: 1, max: 7 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { history, state, calls, due } = setUp();
      const all = things(7);
      let items = all;
      const skipped = new Set<number>();
      const isWanted = ({ id }: Thing) => !skipped.has(id);
      for (const { make, pass, fail, other, skip, back, fewer } of steps as Partial<
        Record<string, number>
      >[]) {
        if (pass !== undefined) state.now += pass * MINUTE;
        if (back !== undefined) state.now -= back * MINUTE;
        if (fail !== undefined) history.failed(all[fail]!.call.key, state.now, 5 * MINUTE);
        if (other !== undefined) history.done(all[other]!.call.key, state.now);
        if (skip !== undefined) skipped.has(skip) ? skipped.delete(skip) : skipped.add(skip);
        if (fewer !== undefined) items = all.slice(0, fewer);
        const most = Math.max(0, ...items.filter(isWanted).map(({ call }) => calls.overdue(call, INTERVAL)));
        const found = due.next(items, INTERVAL, state.now, isWanted);
        assert.equal(found?.overdue, most >= 1 ? most : undefined);
        if (make !== undefined && found) history.done(found.item.call.key, state.now);
      }
    }),
    { numRuns: 500, examples: [[SET_BACK as never]] },
  );
});

test('of calls that were never made the first comes first', () => {
  const { history, state, due } = setUp();
  const items = things(5);
  const order: number[] = [];
  for (;;) {
    const found = due.next(items, INTERVAL, state.now, () => true);
    if (!found) break;
    order.push(found.item.id);
    history.done(found.item.call.key, state.now);
  }
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
});

test('a thousand plants are not looked at for each call', () => {
  const { history, state, due } = setUp();
  const items = things(1000);
  const makeAll = () => {
    let made = 0;
    for (let found = due.next(items, INTERVAL, state.now, () => true); found; made++) {
      history.done(found.item.call.key, state.now);
      state.now += 10;
      found = due.next(items, INTERVAL, state.now, () => true);
    }
    return made;
  };
  for (let round = 0; round < 3; round++) {
    state.now += INTERVAL;
    state.looks = 0;
    assert.equal(makeAll(), 1000);
    assert.ok(state.looks < 5000, `${state.looks} looks`);
  }
});

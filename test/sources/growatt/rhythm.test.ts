import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { definitionOf } from '../../../src/catalogue.ts';
import { RateLimiter } from '../../../src/policy/rate-limiter.ts';
import { Poller } from '../../../src/poll/poller.ts';
import { GrowattSource } from '../../../src/sources/growatt/source.ts';
import { Store } from '../../../src/store/store.ts';
import { virtualClock } from '../../helpers/clock.ts';
import { memoryLog } from '../../helpers/log.ts';
import { DEFAULT_INTERVALS, NOON } from './world.ts';

const SECOND = 1000;
const HOUR = 3_600_000;

interface SetUp {
  /** Milliseconds. */
  readonly collectInterval: number;
  /** Types of the devices, of which each has a live call of its own: 7 is MIN, 5 SPH. */
  readonly types?: readonly number[];
}

/** An account of one plant over a cloud in memory, some of whose endpoints hang until the caller gives up. */
function setUp(t: TestContext, { collectInterval, types = [7] }: SetUp) {
  const clock = virtualClock(NOON);
  const calls: { readonly at: number; readonly name: string }[] = [];
  const hanging = new Set<string>();
  const wallTime = () => new Date(clock.now() + HOUR).toISOString().slice(0, 19).replace('T', ' ');
  const reading = () => ({ time: wallTime(), status: 1, pac: 1500, ppv: 1600, eacTotal: 1000 });
  const devices = types.map((type, i) => ({ device_sn: `DEVICE${i}`, type }));
  const answers: Record<string, () => object> = {
    'plant/list': () => ({ count: 1, plants: [{ plant_id: 1, name: 'Home' }] }),
    'device/list': () => ({ count: devices.length, devices }),
    'plant/data': () => ({ timezone: 'GMT+1', monthly_energy: '100', yearly_energy: '1000' }),
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const name = new URL(String(input)).pathname.split('/').slice(-2).join('/');
    calls.push({ at: clock.now() - NOON, name });
    const { signal } = init ?? {};
    if (hanging.has(name) || hanging.has('all'))
      return await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const data = (answers[name] ?? reading)();
    return new Response(JSON.stringify({ error_code: 0, error_msg: '', data }));
  };
  const settings = { ...DEFAULT_INTERVALS, collectInterval, callSpacing: SECOND };
  const source = new GrowattSource({
    account: {
      name: 'default',
      token: 'token',
      baseUrl: 'http://cloud',
      region: 'eu',
      official: false,
      deviceSns: [],
      v4: false,
      plants: [],
    },
    settings,
    history: { enabled: false, days: 7, schedule: '5 0 * * *' },
    rateLimiter: new RateLimiter(clock, settings.callSpacing),
    clock,
    fetch,
  });
  const store = new Store({ clock, staleAfter: HOUR, definitionOf });
  store.apply(source.name, { type: 'entities', entities: source.entities });
  const log = memoryLog();
  const observer = { polled() {}, rejected() {}, limitReached() {} };
  const poller = new Poller({ source, store, clock, log, observer, random: () => 0 });
  const abort = new AbortController();
  t.after(() => abort.abort());
  // The time-outs of calls are timers of the process.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return {
    calls,
    hanging,
    lines: log.lines,
    run: () => void poller.run(abort.signal),
    /** Lets time pass, for the clock and for time-outs. */
    async pass(ms: number) {
      for (let passed = 0; passed < ms; passed += SECOND) {
        t.mock.timers.tick(SECOND);
        await clock.pass(SECOND);
      }
    },
    times: (name: string) => calls.filter((call) => call.name === name).map(({ at }) => at),
    up: () => store.samples().find(({ metric }) => metric === 'growatt_up')?.value,
  };
}

const LIVE = 'tlx/tlx_last_data';

test('while plant/data hangs, live calls keep their rhythm', async (t) => {
  const { run, pass, hanging, times, up } = setUp(t, { collectInterval: 4 * SECOND });
  hanging.add('plant/data');
  run();
  await pass(45 * SECOND);
  const live = times(LIVE);
  assert.equal(live.length, 11);
  // At first the lists are read. A call waits no longer than the spacing, where another began just before it.
  const [, second = 0, ...later] = live;
  for (const [i, at] of later.entries()) {
    const late = at - (second + (i + 1) * 4 * SECOND);
    assert.ok(Math.abs(late) <= SECOND, `${live}`);
  }
  assert.ok(times('plant/data').length >= 1);
  assert.equal(up(), 1);
});

test('calls begin no closer than the spacing, also while one hangs', async (t) => {
  const { run, pass, hanging, calls } = setUp(t, { collectInterval: 4 * SECOND });
  hanging.add('plant/data');
  run();
  await pass(120 * SECOND);
  for (const [i, { at }] of calls.slice(1).entries()) assert.ok(at - calls[i]!.at >= SECOND, `${at}`);
});

test('other background work goes on after the time-out of one that hangs', async (t) => {
  const { run, pass, hanging, times } = setUp(t, { collectInterval: 4 * SECOND });
  hanging.add('plant/data');
  run();
  await pass(10 * SECOND);
  await pass(3 * HOUR + 120 * SECOND);
  assert.ok(times('plant/list').length >= 2);
  assert.ok(times('device/list').length >= 2);
  const last = times('plant/data').length;
  hanging.clear();
  await pass(600 * SECOND);
  assert.ok(times('plant/data').length > last);
});

test('a cloud that hangs is seen within a minute: growatt_up is 0, and the log says so', async (t) => {
  const { run, pass, hanging, lines, up } = setUp(t, { collectInterval: 300 * SECOND });
  run();
  await pass(299 * SECOND);
  assert.equal(up(), 1);
  hanging.add('all');
  await pass(61 * SECOND);
  assert.equal(up(), 0);
  assert.match(
    lines.join('\n'),
    /warn: growatt\/default: tlx\/tlx_last_data: no complete answer within \d+ s/,
  );
});

test('of an account with several families, the first call that hangs is said before the others are made', async (t) => {
  const { run, pass, hanging, lines, up } = setUp(t, { collectInterval: 300 * SECOND, types: [7, 5] });
  run();
  await pass(299 * SECOND);
  assert.equal(up(), 1);
  hanging.add('all');
  await pass(61 * SECOND);
  assert.equal(up(), 0);
  assert.equal(lines.filter((line) => line.includes('no complete answer')).length, 1);
  hanging.clear();
  await pass(600 * SECOND);
  assert.equal(up(), 1);
});

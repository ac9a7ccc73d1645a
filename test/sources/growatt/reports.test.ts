import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { formatTimeOfDay } from '../../../src/base/duration.ts';
import { stateDir } from './history-support.ts';
import { type Answers, devices, liveData, plants, refusal, startScripted } from './scripted.ts';
import { berlinHome, DAY, HOUR, MINUTE, NOON, startWorld } from './world.ts';

const NAME = 'growatt/default: ';
const DENIED = refusal(10011, 'error_permission_denied');
const NO_PLANTS =
  'this token has access to no plants. If the ShinePhone app shows plants, create the token in the app, not on the website';

/** Everything that was logged of an account with these answers, by then. */
async function logged(t: TestContext, answers: Answers, until: number, options = {}) {
  const { world } = await startScripted(t, answers, options);
  const agent = world.run();
  await world.until(until);
  return { agent, world, lines: agent.lines.map((line) => line.replace(NAME, '')) };
}

test('a status that the table of the family does not have is one warning, for all its devices', async (t) => {
  let status = 1;
  const { agent, world } = await logged(
    t,
    {
      'device/list': () => devices({ device_sn: 'A1', type: 7 }, { device_sn: 'A2', type: 7 }),
      'device/tlx/tlxs_data': () => ({
        data: {
          A1: { A1: liveData({ status }).data },
          A2: { A2: liveData({ serialNum: 'A2', status }).data },
        },
      }),
    },
    NOON + 8 * MINUTE,
  );
  status = 77;
  await world.until(NOON + 20 * MINUTE);
  status = 1;
  await world.until(NOON + 30 * MINUTE);
  status = 77;
  await world.until(NOON + HOUR);
  assert.deepEqual(agent.lines.slice(1), [
    `warn: ${NAME}device A1 has status 77, which is not known for the family min: its growatt_inverter_status is 1`,
  ]);
  assert.equal(agent.poller.status.problem, undefined, 'the account has no problem');
});

test('a device without a type is listed as unknown, with one warning', async (t) => {
  const list = () => devices({ device_sn: 'A1', type: 7 }, { device_sn: 'B1', model: 'ODD 1' });
  const { agent, world, lines } = await logged(t, { 'device/list': list }, NOON + 7 * HOUR);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('warn')),
    ['warn: device B1 (ODD 1) has no device type: it is listed, but not read'],
  );
  assert.deepEqual(agent.values({ device_sn: 'B1' }), {
    'growatt_device_info{device_type="unknown",model="ODD 1"}': 1,
  });
  const discovering = world.boot().poller.discover(new AbortController().signal);
  await world.until(NOON + 7.1 * HOUR);
  const entries = await discovering;
  const found = entries.find(({ device }) => device === 'B1');
  assert.deepEqual([found?.family, found?.supported], ['unknown', false]);
});

test('a device of a type that only v4 can read is no unknown device once v4 lists it', async (t) => {
  const list = () => devices({ device_sn: 'A1', type: 7 }, { device_sn: 'W1', type: 218 });
  const v4 = { count: 1, data: [{ deviceSn: 'W1', deviceType: 'wit', datalogSn: 'LOG' }] };
  const wit = { deviceSn: 'W1', time: 'PRESENT', status: 5, pac: 2000 };
  const { lines } = await logged(
    t,
    {
      'device/list': list,
      'v4/new-api/queryDeviceList': () => ({ code: 0, data: v4 }),
      'v4/new-api/queryLastData': () => ({ code: 0, data: { wit: [wit] } }),
    },
    NOON + 7 * HOUR,
    { account: { v4: true } },
  );
  const about = lines.filter((line) => line.includes('W1'));
  assert.deepEqual(about, [
    'warn: device W1 (no model) has the unknown device type 218: it is listed, but not read',
    'info: device W1 recovered',
  ]);
});

test('plant/energy that is refused is one warning, with each day anew nothing', async (t) => {
  const powers = Array.from({ length: 24 }, (_, i) => ({
    time: `2026-06-11 12:${String(i * 2).padStart(2, '0')}`,
    power: 1000,
  }));
  const { lines } = await logged(
    t,
    { 'plant/energy': () => DENIED, 'plant/power': () => ({ data: { powers } }) },
    NOON + 2.5 * DAY,
    { history: { enabled: true, days: 3 } },
  );
  assert.deepEqual(
    lines.filter((line) => line.includes('plant/energy')),
    [
      'warn: plant/energy of plant 1 cannot be read: computing the energy of its days from their power (plant/energy: 10011 error_permission_denied)',
    ],
  );
});

test('a rate limit says until when the call is paused and how often is polled, once, and when it ends', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 8 * MINUTE);
  world.cloud.faults.next({ kind: 'rate-limited', match: 'tlx', times: 2 });
  await world.until(NOON + 11 * MINUTE);
  const [limitedAt = 0] = world.cloud.calls.slice(-1).map(({ at }) => at);
  const problem = `rate limited on tlx/tlx_last_data: pausing it until ${formatTimeOfDay(limitedAt + 5 * MINUTE)}, polling every 7.5 min until it recovers`;
  assert.deepEqual(agent.lines.slice(1), [`warn: ${NAME}${problem}`]);
  assert.equal(agent.poller.status.problem, problem);
  await world.until(NOON + 22 * MINUTE);
  const [again = 0] = world.cloud.calls
    .filter(({ path }) => path.includes('tlx'))
    .slice(-1)
    .map(({ at }) => at);
  assert.ok(again > limitedAt);
  assert.equal(agent.lines.length, 2, 'limited once more, it is the same event');
  assert.ok(agent.poller.status.problem?.includes(`until ${formatTimeOfDay(again + 10 * MINUTE)}`));
  await world.until(NOON + HOUR);
  assert.deepEqual(agent.lines.slice(2), [
    `info: ${NAME}tlx/tlx_last_data SIMMIN0001 recovered`,
    `info: ${NAME}recovered after ${agent.lines[3]?.split(' after ')[1]}`,
  ]);
});

test('an account without plants is a warning and the state "empty", never a success', async (t) => {
  const folder = stateDir(t);
  const world = await startWorld(t, { plants: [] });
  const first = world.run({ stateDir: folder });
  await world.until(NOON + HOUR);
  assert.deepEqual(first.lines, [`warn: ${NAME}${NO_PLANTS}`]);
  assert.equal(first.poller.status.state, 'empty');
  assert.equal(first.poller.status.problem, NO_PLANTS);
  assert.equal(first.value('growatt_account_up'), 1);
  await first.stop();
  const second = world.run({ stateDir: folder });
  await world.until(NOON + 2 * HOUR);
  assert.ok(!second.lines.some((line) => line.includes('succeeded')), second.lines.join('\n'));
  assert.equal(second.poller.status.problem, NO_PLANTS, 'after a restart too, which lists nothing');
  world.cloud.addPlant(berlinHome());
  await world.until(NOON + 4 * HOUR);
  assert.equal(second.poller.status.state, 'ok');
  assert.equal(second.lines.at(-1), `info: ${NAME}the list of plants recovered`);
});

test('a plant that plant/data does not know keeps its devices, its lists and its days', async (t) => {
  const days: string[] = [];
  const { agent, world } = await logged(
    t,
    {
      'plant/data': () => refusal(10002, 'error_Plant does not exist'),
      'plant/power': (params) => {
        days.push(params.get('date') ?? '');
        return { data: { powers: [] } };
      },
      'plant/energy': () => ({ data: { energys: [] } }),
    },
    NOON + 30 * MINUTE,
    {
      history: { enabled: true, days: 1 },
      account: { plants: [{ id: '1', timezone: 'Europe/Berlin', devices: [] }] },
    },
  );
  assert.equal(agent.value('growatt_current_power_watts', { device_sn: 'A1' }), 1500);
  assert.deepEqual(agent.source.size(), { plants: 1, devices: 1 });
  assert.deepEqual(days, ['2026-06-11']);
  assert.equal(agent.value('growatt_up'), 0, 'a part of it cannot be read');
  const about = agent.lines.filter((line) => line.includes('plant/data'));
  assert.deepEqual(about, [
    `warn: ${NAME}skipping plant/data of plant 1 until the next discovery (in 3 h): plant/data: 10002 error_Plant does not exist`,
  ]);
  await world.until(NOON + 7 * HOUR);
  assert.equal(agent.lines.filter((line) => line.includes('plant/data')).length, 1);
});

test('figures of a plant that are skipped are read again after the next discovery', async (t) => {
  let known = false;
  const { world, calls } = await startScripted(t, {
    'plant/data': () =>
      known
        ? { data: { timezone: 'GMT+1', monthly_energy: '12' } }
        : refusal(10002, 'error_Plant does not exist'),
  });
  const agent = world.run();
  await world.until(NOON + 2.9 * HOUR);
  assert.equal(calls('plant/data'), 1);
  known = true;
  await world.until(NOON + 3.2 * HOUR);
  assert.equal(agent.value('growatt_energy_month_kwh'), 12);
  assert.equal(agent.value('growatt_up'), 1);
});

test('a list of more than 5 000 rows is cut, which is one warning and counted', async (t) => {
  const count = 5001;
  const page = (params: URLSearchParams) => {
    const first = (Number(params.get('page')) - 1) * 100;
    const rows = Array.from({ length: Math.min(100, count - first) }, (_, i) => ({
      device_sn: `D${first + i}`,
      type: 3,
    }));
    return { data: { count, devices: rows } };
  };
  const { agent, lines } = await logged(t, { 'device/list': page }, NOON + MINUTE, {
    settings: { callSpacing: 0 },
  });
  assert.equal(agent.source.size().devices, 5000);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('warn')),
    ['warn: device/list 1 has 5001 rows: reading only the first 5000'],
  );
  assert.deepEqual(agent.limits, ['list_rows']);
});

test('an empty list of plants is believed only the second time in a row', async (t) => {
  let empty = 0;
  const { world, calls } = await startScripted(t, {
    'plant/list': () => (empty-- > 0 ? plants() : plants({ plant_id: 1, name: 'Dach Süd' })),
  });
  const agent = world.run();
  await world.until(NOON + 2.9 * HOUR);
  empty = 1;
  await world.until(NOON + 3.2 * HOUR);
  assert.equal(calls('plant/list'), 2);
  assert.deepEqual(agent.source.size(), { plants: 1, devices: 1 });
  await world.until(NOON + 12 * HOUR);
  assert.deepEqual(agent.lines.slice(1), [], 'a single mistake of the cloud is nothing to report');
  empty = 2;
  await world.until(NOON + 2 * DAY);
  assert.ok(agent.lines.includes(`warn: ${NAME}${NO_PLANTS}`));
});

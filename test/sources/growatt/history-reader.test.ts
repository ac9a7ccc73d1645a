import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import type { HistoryPlant } from '../../../src/model/history.ts';
import { RateLimiter } from '../../../src/policy/rate-limiter.ts';
import { GrowattSource } from '../../../src/sources/growatt/source.ts';
import { instantClock } from '../../helpers/clock.ts';
import { plainContext } from '../../helpers/context.ts';
import { scriptedServer } from '../../helpers/http.ts';
import { chosen, DEFAULT_INTERVALS, HOUR, MINUTE, NOON, type PlantChoice } from './world.ts';

type Answers = Readonly<Record<string, (params: URLSearchParams) => unknown>>;

const plants = (...rows: object[]) => ({ data: { count: rows.length, plants: rows } });
const plantData = (data: object = {}) => ({
  data: {
    timezone: 'GMT+1',
    total_energy: '1000.5',
    today_energy: '12.5',
    current_power: 1,
    last_update_time: '2026-06-12 11:58:00',
    ...data,
  },
});
const refusal = (error_code: number, error_msg: string) => ({ error_code, error_msg, data: '' });
const TOO_OFTEN = refusal(10012, 'error_frequently_access');

const USUAL: Answers = {
  'plant/list': () => plants({ plant_id: 1, name: 'Dach Süd', create_date: '2026-06-01' }),
  'plant/data': () => plantData(),
};

/** The past of an account on a cloud that answers like this, at noon in Berlin. */
async function startReader(t: TestContext, answers: Answers, choices: readonly PlantChoice[] = []) {
  const asked: string[] = [];
  const server = await scriptedServer(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://cloud');
    const path = pathname.slice('/v1/'.length);
    asked.push([path, searchParams.get('plant_id'), searchParams.get('date')].filter(Boolean).join(' '));
    const answer = { ...USUAL, ...answers }[path]?.(searchParams) ?? refusal(10001, 'system error');
    response.end(JSON.stringify({ error_code: 0, error_msg: '', ...(answer as object) }));
  });
  const clock = instantClock(NOON);
  const source = new GrowattSource({
    account: {
      name: 'default',
      token: 'token',
      baseUrl: server.url.href.slice(0, -1),
      region: 'eu',
      official: true,
      plants: chosen(choices),
      deviceSns: [],
      v4: false,
    },
    settings: { ...DEFAULT_INTERVALS, discoveryInterval: 0, plantInterval: 0, idleInterval: 0 },
    history: { enabled: false, days: 7, schedule: '5 0 * * *' },
    rateLimiter: new RateLimiter(clock, 0),
    clock,
    fetch,
  });
  const notes: string[] = [];
  const context = {
    ...plainContext(),
    report: (_subject: string, problem?: string) => void (problem && notes.push(problem)),
  };
  return { reader: source.history, context, notes, asked, waits: clock.waits };
}

const rowsOf = (date: string, times: readonly string[]) =>
  times.map((time, i) => ({ time: `${date} ${time}`, power: i }));
const instants = ({ curve }: { curve: readonly (readonly [number, number])[] }) =>
  curve.map(([at, watts]) => `${new Date(at).toISOString().slice(5, 16)} ${watts}`);

const BERLIN = [{ id: '1', timezone: 'Europe/Berlin' }];
const berlin: HistoryPlant = { id: '1', name: '1', zone: 'Europe/Berlin', today: '2026-11-20' };

const dayOf = (
  t: TestContext,
  powers: readonly unknown[],
  plant = berlin,
  choices: readonly PlantChoice[] = BERLIN,
) =>
  startReader(t, { 'plant/power': () => ({ data: { powers } }) }, choices).then(
    ({ reader, context }) =>
      (date: string) =>
        reader.day(context, plant, date),
  );

test('a plant is known by its name, first day, zone, present date and total', async (t) => {
  const { reader, context, notes } = await startReader(t, {}, BERLIN);
  assert.deepEqual(await reader.plants(context), [
    {
      id: '1',
      name: 'Dach Süd',
      zone: 'Europe/Berlin',
      created: '2026-06-01',
      today: '2026-06-12',
      total: { kwh: 988, before: '2026-06-12' },
    },
  ]);
  assert.deepEqual(notes, []);
});

test('once the day of the last upload is over, the total is that of its end, whatever the cloud calls today', async (t) => {
  for (const today_energy of ['12.5', '0', '']) {
    const data = { last_update_time: '2026-06-11 21:40:00', today_energy };
    const { reader, context } = await startReader(t, { 'plant/data': () => plantData(data) }, BERLIN);
    const [plant] = await reader.plants(context);
    assert.deepEqual(plant?.total, { kwh: 1000.5, before: '2026-06-12' });
    assert.equal(plant?.today, '2026-06-12');
  }
});

test('without the energies that it takes there is no total', async (t) => {
  for (const data of [{ total_energy: '' }, { today_energy: 'N/A' }]) {
    const { reader, context } = await startReader(t, { 'plant/data': () => plantData(data) }, BERLIN);
    assert.equal((await reader.plants(context))[0]?.total, undefined);
  }
});

test('a plant of which the cloud knows only GMT+1 is read so, with a warning', async (t) => {
  const { reader, context, notes } = await startReader(t, {});
  assert.equal((await reader.plants(context))[0]?.zone, 'GMT+1');
  assert.deepEqual(notes, [
    'plant 1 is read as GMT+1, without daylight saving: if its clocks change, set plants[].timezone',
  ]);
});

test('plants without a known zone or a right to them are skipped with a warning, the others are read', async (t) => {
  const { reader, context, notes } = await startReader(t, {
    'plant/list': () => plants({ plant_id: 1 }, { plant_id: 2 }, { plant_id: 3 }, { plant_id: 4 }),
    'plant/data': (params) => {
      if (params.get('plant_id') === '1') return plantData({ timezone: 'CET' });
      if (params.get('plant_id') === '2') return refusal(10011, 'error_permission_denied');
      if (params.get('plant_id') === '3') return refusal(10002, 'error_Plant does not exist');
      return plantData({ timezone: 'GMT+2' });
    },
  });
  assert.deepEqual(
    (await reader.plants(context)).map(({ id, name, zone, created }) => [id, name, zone, created]),
    [['4', '4', 'GMT+2', undefined]],
  );
  assert.deepEqual(notes.slice(0, 3), [
    'skipping plant 1: its time zone is unknown: set plants[].timezone',
    'skipping plant 2: plant/data: 10011 error_permission_denied',
    'skipping plant 3: plant/data: 10002 error_Plant does not exist',
  ]);
});

test('a refused token says what to check', async (t) => {
  const { reader, context } = await startReader(t, {
    'plant/list': () => refusal(10011, 'error_permission_denied'),
  });
  await assert.rejects(
    reader.plants(context),
    /^SourceError: 127\.0\.0\.1:\d+ refuses the token .*GROWATT_REGION/,
  );
});

test('values stand at their own instants, the newest of the cloud last', async (t) => {
  const day = await dayOf(t, rowsOf('2026-06-11', ['00:00', '12:00', '23:55']).toReversed());
  assert.deepEqual(instants(await day('2026-06-11')), ['06-10T22:00 0', '06-11T10:00 1', '06-11T21:55 2']);
  assert.equal((await day('2026-06-11')).end, Date.parse('2026-06-11T21:59:59Z'));
});

const everyFive = (from: number, to: number) =>
  Array.from({ length: (to - from) / 5 }, (_, i) => {
    const minute = from + i * 5;
    return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  });

test('on the day of 25 hours all 300 values stand five minutes apart', async (t) => {
  for (const [zone, date] of [
    ['Europe/Berlin', '2026-10-25'],
    ['America/New_York', '2026-11-01'],
  ] as const) {
    const [begin, end] = zone === 'Europe/Berlin' ? [120, 180] : [60, 120];
    const times = [...everyFive(0, end), ...everyFive(begin, 1440)];
    const choices = [{ id: '1', timezone: zone }];
    const day = await dayOf(t, rowsOf(date, times).toReversed(), { ...berlin, zone }, choices);
    const { curve, end: last } = await day(date);
    assert.equal(curve.length, 300);
    for (const [i, [at]] of curve.slice(1).entries()) assert.equal(at - curve[i]![0], 5 * MINUTE);
    assert.deepEqual(
      curve.map(([, watts]) => watts),
      times.map((_, i) => i),
    );
    assert.equal(last - curve[0]![0], 25 * HOUR - 1000);
  }
});

test('where the cloud has the repeated hour once, or mixes both, the instants still only grow', async (t) => {
  const date = '2026-10-25';
  const day = async (times: readonly string[]) =>
    (await (await dayOf(t, rowsOf(date, times)))(date)).curve.map(([at]) => at);
  const once = await day(everyFive(0, 1440));
  assert.equal(once.length, 288);
  const mixed = await day([...everyFive(0, 180), ...everyFive(120, 1440)].toSorted());
  for (const found of [once, mixed]) assert.deepEqual(found, [...new Set(found)].toSorted());
});

test('values in the hour that is skipped in spring are left out, and put no others aside', async (t) => {
  const date = '2026-03-29';
  const powers = rowsOf(date, everyFive(0, 1440)).map((row) =>
    row.time.includes(' 02:') ? { ...row, power: null } : row,
  );
  for (const given of [
    powers,
    rowsOf(date, everyFive(0, 1440)),
    rowsOf(date, everyFive(0, 1440)).toReversed(),
  ]) {
    const { curve, end } = await (await dayOf(t, given))(date);
    assert.equal(curve.length, 276);
    for (const [i, [at]] of curve.slice(1).entries()) assert.equal(at - curve[i]![0], 5 * MINUTE);
    assert.equal(end + 1000 - curve[0]![0], 23 * HOUR);
  }
});

test('in a zone that knows no daylight saving each wall time counts once', async (t) => {
  const date = '2026-10-25';
  const times = [...everyFive(0, 180), ...everyFive(120, 1440)];
  const { curve } = await (await dayOf(t, rowsOf(date, times), { ...berlin, zone: 'GMT+1' }, []))(date);
  assert.equal(curve.length, 288);
  assert.equal(curve[0]![0], Date.parse('2026-10-24T23:00Z'));
});

test('nulls, gaps and negative values are no values', async (t) => {
  const powers = [
    { time: '2026-06-11 12:00', power: 5 },
    { time: '2026-06-11 12:05', power: null },
    { time: '2026-06-11 12:10', power: '7.5' },
    { time: '2026-06-11 12:30', power: -4 },
    { time: '2026-06-11 12:35', power: 0 },
  ];
  const day = await dayOf(t, powers);
  assert.deepEqual(instants(await day('2026-06-11')), ['06-11T10:00 5', '06-11T10:10 7.5', '06-11T10:35 0']);
});

for (const path of ['plant/list', 'plant/data', 'plant/power', 'plant/energy']) {
  test(`when ${path} says "too frequently", it waits and goes on`, async (t) => {
    let refusals = 2;
    const answers: Answers = {
      ...USUAL,
      'plant/power': () => ({ data: { powers: rowsOf('2026-06-11', ['12:00']) } }),
      'plant/energy': () => ({ data: { energys: [{ date: '2026-06-11', energy: '31.4' }] } }),
    };
    const { reader, context, waits, asked } = await startReader(t, {
      ...answers,
      [path]: (params) => (refusals-- > 0 ? TOO_OFTEN : answers[path]?.(params)),
    });
    const [plant] = await reader.plants(context);
    assert.ok(plant);
    assert.equal((await reader.day(context, plant, '2026-06-11')).curve.length, 1);
    assert.deepEqual(
      await reader.energies(context, plant, '2026-06-11', '2026-06-11'),
      new Map([['2026-06-11', 31.4]]),
    );
    assert.deepEqual(waits, [5 * MINUTE, 10 * MINUTE]);
    assert.equal(asked.length, 6);
  });
}

test('where plant/energy is refused, the days have no energy of the cloud, and that is reported once', async (t) => {
  const { reader, context, notes } = await startReader(
    t,
    { 'plant/energy': () => refusal(10011, 'error_permission_denied') },
    BERLIN,
  );
  for (const date of ['2026-06-04', '2026-06-11']) {
    assert.deepEqual(await reader.energies(context, berlin, date, date), new Map());
  }
  assert.match(
    notes[0] ?? '',
    /^the cloud refuses plant\/energy of plant 1: computing the energy of its days/,
  );
});

test('a cloud that goes on refusing is given up after hours, and never asked in between', async (t) => {
  const { reader, context, waits, asked } = await startReader(t, { 'plant/power': () => TOO_OFTEN }, BERLIN);
  await assert.rejects(
    reader.day(context, berlin, '2026-06-11'),
    (error) => error instanceof SourceError && error.kind === 'rate-limited',
  );
  assert.deepEqual(
    waits.map((ms) => ms / MINUTE),
    [5, 10, 20, 40, 80, 120],
  );
  assert.equal(asked.length, 7);
});

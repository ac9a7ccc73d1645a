import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devices, plants, startScripted } from './scripted.ts';
import { MINUTE, NOON } from './world.ts';

const warnings = (lines: readonly string[]) => lines.filter((line) => line.startsWith('warn'));
const counted = (limits: readonly string[], name: string) => limits.filter((limit) => limit === name).length;
const rows = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => ({ device_sn: `${prefix}${n}`, type: 99, datalogger_sn: 'L' }));

test('a page with 20 000 rows is one list that is cut after 5 000, not a defect', async (t) => {
  const many = Array.from({ length: 20_000 }, (_, n) => ({ plant_id: n + 1 }));
  const { world, calls } = await startScripted(t, {
    'plant/list': () => ({ data: { count: many.length, plants: many } }),
  });
  const agent = world.run();
  await world.until(NOON + MINUTE / 2);
  assert.equal(calls('plant/list'), 1);
  assert.equal(agent.source.size().plants, 5000);
  assert.deepEqual(agent.limits, ['list_rows']);
  assert.ok(
    agent.lines.includes('warn: growatt/default: plant/list has 20000 rows: reading only the first 5000'),
    agent.lines.slice(0, 5).join('\n'),
  );
});

test('an account has at most 5 000 devices: more are left out, logged once and counted', async (t) => {
  const lists = { '1': rows('A', 3000), '2': rows('B', 3000) };
  const page = (params: URLSearchParams) => {
    const all = lists[params.get('plant_id') as '1' | '2'];
    const first = (Number(params.get('page')) - 1) * 100;
    return { data: { count: all.length, devices: all.slice(first, first + 100) } };
  };
  const { world } = await startScripted(
    t,
    { 'plant/list': () => plants({ plant_id: 1 }, { plant_id: 2 }), 'device/list': page },
    { settings: { callSpacing: 0, discoveryInterval: 10 * MINUTE } },
  );
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.equal(agent.source.size().devices, 5000);
  assert.equal(counted(agent.limits, 'devices'), 1);
  await world.until(NOON + 40 * MINUTE);
  assert.equal(agent.source.size().devices, 5000);
  assert.ok(counted(agent.limits, 'devices') > 1, 'counted each time it cuts');
  const about = warnings(agent.lines).filter((line) => line.includes('more than 5000 devices'));
  assert.deepEqual(about, [
    'warn: growatt/default: the account has more than 5000 devices: some of plant 2 are not read',
  ]);
});

test('a name of 300 characters is cut off after 200, logged once and counted', async (t) => {
  const name = '😀'.repeat(300);
  const { world } = await startScripted(
    t,
    { 'plant/list': () => plants({ plant_id: 1, name, note: 'x'.repeat(1000) }) },
    { settings: { discoveryInterval: 10 * MINUTE } },
  );
  const agent = world.run();
  await world.until(NOON + 40 * MINUTE);
  const info = agent.store.samples().find(({ metric }) => metric === 'growatt_plant_info');
  assert.equal(info?.attributes.plant_name, '😀'.repeat(200));
  assert.ok(counted(agent.limits, 'label_length') > 1);
  assert.deepEqual(
    warnings(agent.lines).filter((line) => line.includes('cut off')),
    ['warn: growatt/default: plant/list: name is cut off after 200 characters'],
  );
});

test('texts that are long and not shown are no limit reached', async (t) => {
  const list = () => devices({ device_sn: 'A1', type: 7, datalogger_sn: 'L', img: 'x'.repeat(1000) });
  const { world } = await startScripted(t, { 'device/list': list });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.deepEqual(agent.limits, []);
});

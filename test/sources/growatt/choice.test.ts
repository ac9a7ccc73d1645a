import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateLimiter } from '../../../src/policy/rate-limiter.ts';
import { berlinHome, DAY, HOUR, MINUTE, NOON, startWorld } from './world.ts';

const device = (sn: string, family: 'min' | 'sph' = 'min') => ({ sn, family, dataloggerSn: `LOG${sn}` });
const house = berlinHome({ id: 1, devices: [device('A1'), device('A2')] });
const barn = berlinHome({ id: 2, name: 'Scheune', devices: [device('B1')] });
const devicesOf = (agent: {
  store: { samples(): readonly { attributes: Readonly<Record<string, string>> }[] };
}) => [...new Set(agent.store.samples().flatMap(({ attributes }) => attributes.device_sn ?? []))].toSorted();

test('without a choice all plants and devices are read', async (t) => {
  const world = await startWorld(t, { plants: [house, barn] });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.deepEqual(devicesOf(agent), ['A1', 'A2', 'B1']);
});

test('only the chosen plants are listed and read', async (t) => {
  const world = await startWorld(t, { plants: [house, barn], account: { plants: [{ id: '2' }] } });
  const agent = world.run();
  await world.until(NOON + HOUR);
  assert.deepEqual(devicesOf(agent), ['B1']);
  assert.ok(world.cloud.calls.every(({ params }) => params.plant_id !== '1'));
});

test('only the chosen devices are read, of the account or of one plant', async (t) => {
  const world = await startWorld(t, { plants: [house, barn], account: { deviceSns: ['A2', 'B1'] } });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.deepEqual(devicesOf(agent), ['A2', 'B1']);
  const plants = [{ id: '1', devices: ['A1'] }, { id: '2' }];
  const another = await startWorld(t, { plants: [house, barn], account: { plants } });
  const other = another.run();
  await another.until(NOON + MINUTE);
  assert.deepEqual(devicesOf(other), ['A1', 'B1']);
});

test('a chosen plant that the account does not list is read all the same, and that is said once', async (t) => {
  const world = await startWorld(t, { plants: [house], account: { plants: [{ id: '1' }, { id: '99' }] } });
  const agent = world.run();
  await world.until(NOON + HOUR);
  assert.deepEqual(devicesOf(agent), ['A1', 'A2']);
  const warnings = agent.lines.filter((line) => line.startsWith('warn'));
  assert.deepEqual(warnings, [
    'warn: growatt/default: the account does not list plant 99: check GROWATT_PLANT_ID',
    'warn: growatt/default: skipping plant 99 until the next discovery (in 3 h): device/list: 10003 error_Plant does not exist',
  ]);
});

test('a token that sees no plant says where another one comes from', async (t) => {
  const world = await startWorld(t, { plants: [] });
  const agent = world.run();
  await world.until(NOON + HOUR);
  assert.equal(
    agent.lines.filter((line) => /this token has access to no plants\. If the ShinePhone app/.test(line))
      .length,
    1,
  );
  assert.equal(agent.value('growatt_account_up'), 1);
  world.cloud.addPlant(house);
  await world.until(NOON + 4 * HOUR);
  assert.deepEqual(devicesOf(agent), ['A1', 'A2']);
});

test('two accounts with one token share its rate limiter: neither comes closer than the spacing to the other', async (t) => {
  const world = await startWorld(t, { plants: [house, barn] });
  const rateLimiter = new RateLimiter(world.clock, 3000);
  const first = world.run({ rateLimiter, account: { name: 'first', plants: [{ id: '1' }] } });
  const second = world.run({ rateLimiter, account: { name: 'second', plants: [{ id: '2' }] } });
  await world.until(NOON + 20 * MINUTE);
  const times = world.cloud.calls.map(({ at }) => at);
  for (const [i, at] of times.entries()) assert.ok(i === 0 || at - times[i - 1]! >= 3000);
  assert.deepEqual([...devicesOf(first), ...devicesOf(second)], ['A1', 'A2', 'B1']);
});

test('a device that is first listed without a plant has no value under two plants, also while it is silent', async (t) => {
  const noah = { sn: 'N1', family: 'noah' as const, dataloggerSn: 'LOGN1' };
  const world = await startWorld(t, {
    plants: [house, { ...barn, devices: [...barn.devices, noah] }],
    account: { v4: true },
  });
  const agent = world.run();
  await world.until(NOON + HOUR);
  const plantsOf = (sn: string) => [
    ...new Set(
      agent.store
        .samples()
        .filter(({ attributes }) => attributes.device_sn === sn)
        .map(({ attributes }) => attributes.plant_id),
    ),
  ];
  assert.deepEqual(plantsOf('N1'), ['']);
  const before = agent.values({ device_sn: 'N1' });
  world.cloud.disturb('N1', { silentSince: NOON + HOUR });
  world.cloud.addDevice(2, { sn: 'B2', family: 'min', dataloggerSn: 'LOGN1' });
  await world.until(NOON + 3.2 * HOUR);
  assert.deepEqual(plantsOf('N1'), ['2']);
  const { growatt_energy_total_kwh } = agent.values({ device_sn: 'N1', plant_id: '2' });
  assert.equal(growatt_energy_total_kwh, before.growatt_energy_total_kwh, 'what is known of it stays');
  assert.deepEqual(agent.rejections, []);
});

test('a device that is added appears with the next discovery, one that is removed goes', async (t) => {
  const world = await startWorld(t, { plants: [house] });
  const agent = world.run();
  await world.until(NOON + HOUR);
  world.cloud.removeDevice('A1');
  world.cloud.addDevice(1, device('A3', 'sph'));
  world.cloud.addPlant(barn);
  await world.until(NOON + 3.1 * HOUR);
  assert.deepEqual(devicesOf(agent), ['A2', 'A3', 'B1']);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'A3' }) ?? 0) > 0);
  world.cloud.removePlant(2);
  await world.until(NOON + 6.3 * HOUR);
  assert.deepEqual(devicesOf(agent), ['A2', 'A3']);
  assert.equal(agent.value('growatt_up', { plant_id: '2' }), undefined);
});

test('a device that moves to another plant keeps being read, whichever list comes first', async (t) => {
  for (const [from, to] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const plants = [house, barn].map((plant) =>
      plant.id === from ? { ...plant, devices: [...plant.devices, device('M1')] } : plant,
    );
    const world = await startWorld(t, { plants });
    const agent = world.run();
    await world.until(NOON + HOUR);
    assert.notEqual(
      agent.value('growatt_current_power_watts', { plant_id: String(from), device_sn: 'M1' }),
      undefined,
    );
    world.cloud.removeDevice('M1');
    world.cloud.addDevice(to, device('M1'));
    await world.until(NOON + 3.2 * HOUR);
    assert.deepEqual(agent.values({ plant_id: String(from), device_sn: 'M1' }), {});
    const moved = agent.values({ plant_id: String(to), device_sn: 'M1' });
    assert.notEqual(moved.growatt_current_power_watts, undefined, `to plant ${to}`);
  }
});

test('an empty list of devices is believed only the second time', async (t) => {
  const world = await startWorld(t, { plants: [house] });
  const agent = world.run();
  await world.until(NOON + 2.9 * HOUR);
  world.cloud.faults.next({ kind: 'empty-devices', match: 'device/list', times: 2 });
  await world.until(NOON + 5.9 * HOUR);
  assert.equal(world.callCounts()['device/list'], 2);
  assert.deepEqual(devicesOf(agent), ['A1', 'A2']);
  assert.equal(agent.value('growatt_up', { plant_id: '1' }), 1);
  await world.until(NOON + 6.2 * HOUR);
  assert.deepEqual(devicesOf(agent), []);
  await world.until(NOON + DAY);
  assert.deepEqual(devicesOf(agent), ['A1', 'A2'], 'and they come back when they are listed again');
});

test('250 plants are found on three pages, and a page that fails is asked for again soon', async (t) => {
  const plants = Array.from({ length: 250 }, (_, i) =>
    berlinHome({ id: i + 1, createDate: '2026-06-12', devices: [] }),
  );
  const world = await startWorld(t, { plants });
  const agent = world.run();
  await world.until(NOON + MINUTE / 4);
  assert.equal(world.callCounts()['plant/list'], 3);
  assert.equal(agent.source.size().plants, 250);

  const unlucky = await startWorld(t, { plants, settings: { callSpacing: 1000 } });
  // Page 2 fails for good in the first poll, and is there in the next one.
  const cut = unlucky.run();
  unlucky.cloud.faults.next({ kind: 'strings', match: 'plant/list' });
  unlucky.cloud.faults.next({ kind: 'http-500', match: 'plant/list', times: 4 });
  await unlucky.until(NOON + MINUTE);
  assert.equal(cut.source.size().plants, 0);
  await unlucky.until(NOON + 6 * MINUTE);
  assert.equal(cut.source.size().plants, 250);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedOf } from './expected.ts';
import { berlinHome, MIN, MINUTE, NOON, startModel, startWorld } from './world.ts';

test('the first values of a home are there after two more calls than it has devices, and few follow', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.deepEqual(world.callCounts(), {
    'plant/list': 1,
    'device/list': 1,
    'tlx/tlx_last_data': 1,
    'plant/data': 1,
  });
  assert.deepEqual(agent.outcomes, ['success']);
  assert.deepEqual(agent.lines, ['info: growatt/default: first poll succeeded {"plants":1,"devices":1}']);
});

test('the inverter and its plant show what the model measures', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + MINUTE);
  const { newest } = startModel([berlinHome()], () => NOON);
  const reading = newest(MIN);
  const near = (actual: number | undefined, expected: number, what: string) =>
    assert.ok(
      Math.abs((actual ?? Number.NaN) - expected) <= 0.1001,
      `${what}: ${actual}, in truth ${expected}`,
    );
  const device = agent.values({ device_sn: MIN });
  for (const [metric, truth] of Object.entries(expectedOf('min', reading)))
    near(device[metric], truth, metric);
  assert.equal(device['growatt_device_info{device_type="min",model="MIN 6000TL-X"}'], 1);
  assert.equal(device.growatt_last_update_timestamp_seconds, Math.floor(reading.at / 1000));

  const plant = (metric: string) => agent.value(metric, { plant_id: '1' });
  // plant/data gives kW with two decimals.
  assert.ok(Math.abs((plant('growatt_plant_power_watts') ?? 0) - reading.power.ac) <= 5.001);
  near(plant('growatt_plant_energy_today_kwh'), reading.today.ac, 'today');
  near(plant('growatt_plant_energy_total_kwh'), reading.total.ac, 'total');
  near(
    plant('growatt_energy_month_kwh'),
    reading.total.ac - 12.5,
    'the plant began on the first of this month',
  );
  near(plant('growatt_energy_year_kwh'), reading.total.ac - 12.5, 'year');
  assert.equal(plant('growatt_plant_status'), 1);
  assert.equal(plant('growatt_up'), 1);
  assert.equal(agent.value('growatt_account_up', { account: 'default' }), 1);
  const info = { plant_name: 'Dach Süd', location: '52.5,13.4', peak_power_kw: '10.2' };
  assert.equal(agent.value('growatt_plant_info', { plant_id: '1', ...info }), 1);
});

test('no call comes closer to the last than the spacing, retries included', async (t) => {
  const world = await startWorld(t);
  world.cloud.faults.next({ kind: 'http-500', times: 3 });
  world.cloud.faults.next({ kind: 'truncated', match: 'tlx' });
  world.run();
  await world.until(NOON + 20 * MINUTE);
  const times = world.cloud.calls.map(({ at }) => at);
  assert.ok(times.length > 8);
  for (const [i, at] of times.entries()) {
    assert.ok(
      i === 0 || at - times[i - 1]! >= 3000,
      `call ${i} came ${at - times[i - 1]!} ms after the last`,
    );
  }
});

test('nothing is exposed of what is not known yet', async (t) => {
  const world = await startWorld(t);
  const agent = world.boot();
  assert.deepEqual(agent.store.samples(), []);
  world.cloud.faults.next({ kind: 'http-500', match: 'tlx', times: 4 });
  agent.run();
  await world.until(NOON + MINUTE);
  assert.equal(agent.value('growatt_energy_total_kwh'), undefined);
  assert.equal(agent.value('growatt_inverter_status'), undefined);
  assert.equal(agent.value('growatt_up'), 0);
});

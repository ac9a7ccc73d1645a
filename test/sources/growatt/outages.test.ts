import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrowattFault } from '../../../src/simulators/growatt/cloud-faults.ts';
import { deadAddress } from '../../helpers/http.ts';
import { berlinHome, DAY, HOUR, MIN, MINUTE, NOON, startWorld } from './world.ts';

const FOREVER = Number.POSITIVE_INFINITY;
const outages: GrowattFault[] = [
  'http-500',
  'http-405-html',
  'login-page',
  'reset',
  'empty-body',
  'redirect',
  'system-error',
];

for (const kind of outages) {
  test(`an hour of ${kind}: few calls, last values kept, and back within one interval`, async (t) => {
    const world = await startWorld(t);
    const agent = world.run();
    await world.until(NOON + 8 * MINUTE);
    const before = agent.value('growatt_current_power_watts');
    world.cloud.faults.next({ kind, times: FOREVER });
    const started = NOON + 8 * MINUTE;
    await world.until(started + 50 * MINUTE);
    assert.equal(agent.value('growatt_current_power_watts'), before);
    assert.equal(agent.value('growatt_up'), 0);
    assert.equal(agent.value('growatt_account_up'), 0);
    await world.until(started + HOUR);
    const perTenMinutes = [0, 1, 2, 3, 4, 5].map((n) => {
      const counts = world.callCounts(started + n * 10 * MINUTE, started + (n + 1) * 10 * MINUTE);
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    });
    // Four tries, one more opens the circuit, then one trial each poll.
    assert.ok((perTenMinutes[0] ?? 0) <= 6, perTenMinutes.join());
    assert.ok(
      perTenMinutes.slice(1).every((count) => count <= 2),
      perTenMinutes.join(),
    );
    world.cloud.faults.clear();
    await world.until(started + HOUR + 5.5 * MINUTE);
    assert.notEqual(agent.value('growatt_current_power_watts'), undefined);
    assert.notEqual(agent.value('growatt_current_power_watts'), before);
    assert.equal(agent.value('growatt_up'), 1);
    assert.equal(agent.lines.length, 3, agent.lines.join('\n'));
    assert.match(agent.lines[2] ?? '', /^info: growatt\/default: recovered after (1 h( \d+ min)?|\d+ min)$/);
    assert.deepEqual(agent.rejections, []);
  });
}

test('after an hour of failure only energies, names and up remain', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 8 * MINUTE);
  world.cloud.faults.next({ kind: 'http-500', times: FOREVER });
  await world.until(NOON + 80 * MINUTE);
  const left = Object.keys(agent.values({ device_sn: MIN })).toSorted();
  assert.deepEqual(left, [
    'growatt_device_info{device_type="min",model="MIN 6000TL-X"}',
    'growatt_energy_today_kwh',
    'growatt_energy_total_kwh',
    'growatt_last_update_timestamp_seconds',
    'growatt_pv1_energy_today_kwh',
    'growatt_pv1_energy_total_kwh',
    'growatt_pv2_energy_today_kwh',
    'growatt_pv2_energy_total_kwh',
    'growatt_pv_energy_today_kwh',
    'growatt_pv_energy_total_kwh',
  ]);
  await world.until(NOON + DAY);
  assert.ok(!('growatt_energy_today_kwh' in agent.values()), 'and of yesterday nothing is said');
  assert.ok(!('growatt_plant_energy_today_kwh' in agent.values()));
  assert.ok('growatt_energy_total_kwh' in agent.values());
});

test('a cloud that refuses connections is one line', async (t) => {
  const address = await deadAddress();
  const world = await startWorld(t, { account: { baseUrl: `http://${address}` } });
  const agent = world.run();
  await world.until(NOON + 2 * HOUR);
  assert.deepEqual(agent.lines, [
    `warn: growatt/default: plant/list: no answer from ${address} (connection refused): check the network and the address; next attempt in 5 min`,
  ]);
  assert.equal(agent.value('growatt_account_up'), 0);
});

test('one family that fails does not keep the others from being read', async (t) => {
  const devices = [...berlinHome().devices, { sn: 'S1', family: 'sph' as const, dataloggerSn: 'LOGS1' }];
  const world = await startWorld(t, { plants: [berlinHome({ devices })] });
  world.cloud.faults.next({ kind: 'http-500', match: 'tlx', times: FOREVER });
  const agent = world.run();
  await world.until(NOON + HOUR);
  assert.ok((agent.value('growatt_load_power_watts', { device_sn: 'S1' }) ?? 0) > 0);
  assert.equal(agent.value('growatt_up'), 0);
  assert.equal(agent.value('growatt_account_up'), 1);
});

test('a short disturbance is healed by a retry and leaves no trace', async (t) => {
  for (const kind of ['reset', 'http-500', 'system-error', 'login-page'] as const) {
    const world = await startWorld(t);
    const agent = world.run();
    await world.until(NOON + 8 * MINUTE);
    world.cloud.faults.next({ kind, match: 'tlx', times: 2 });
    await world.until(NOON + 12 * MINUTE);
    assert.deepEqual(agent.outcomes, ['success', 'success', 'success'], kind);
    assert.equal(agent.lines.length, 1);
  }
});

test('numbers sent as text are the same numbers', async (t) => {
  const plain = await startWorld(t);
  const textual = await startWorld(t);
  textual.cloud.faults.next({ kind: 'strings', times: FOREVER });
  const agents = [plain.run(), textual.run()];
  await plain.until(NOON + MINUTE);
  await textual.until(NOON + MINUTE);
  const [numbers, texts] = agents.map((agent) => agent.values());
  assert.deepEqual(texts, numbers);
  assert.ok(Object.keys(numbers ?? {}).length > 25);
});

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { everyFamily } from '../../src/simulators/growatt/plants.ts';
import { berlinHome, DAY, HOUR, MIN, MINUTE, NOON, startWorld, TOKEN } from '../sources/growatt/world.ts';

function startFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'restart-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

test('a restart repeats no call that the cloud would refuse, and lists nothing anew', async (t) => {
  const stateDir = startFolder(t);
  const plants = [berlinHome({ devices: everyFamily() })];
  const world = await startWorld(t, { plants, account: { v4: true } });
  let agent = world.run({ stateDir });
  for (const minutes of [7, 8, 9, 14, 21]) {
    await world.until(NOON + minutes * MINUTE);
    await agent.stop();
    agent = world.run({ stateDir });
  }
  await world.until(NOON + 40 * MINUTE);
  const counts = world.callCounts();
  for (const once of [
    'plant/list',
    'device/list',
    'new-api/queryDeviceList',
    'ammeter/meter_list',
    'env/env_list',
  ]) {
    assert.equal(counts[once], 1, once);
  }
  assert.deepEqual(
    agent.lines.filter((line) => /10012|102 FREQ/.test(line)),
    [],
  );
  assert.deepEqual(agent.source.size(), { plants: 1, devices: everyFamily().length });
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'SIMWIT01' }) ?? 0) > 0);
});

test('a restart shows what was known at once, and the first poll comes when its call is no longer too early', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t);
  const first = world.run({ stateDir });
  await world.until(NOON + 6 * MINUTE);
  const known = first.values();
  await first.stop();
  const second = world.run({ stateDir });
  const before = world.cloud.calls.length;
  await world.until(NOON + 6 * MINUTE + 1000);
  assert.deepEqual(second.values(), known);
  for (const metric of [
    'growatt_current_power_watts',
    'growatt_up',
    'growatt_account_up',
    'growatt_energy_month_kwh',
  ])
    assert.ok((known[metric] ?? 0) > 0, metric);
  await world.until(NOON + 10 * MINUTE);
  assert.equal(world.cloud.calls.length, before);
  await world.until(NOON + 11 * MINUTE);
  assert.ok((second.value('growatt_current_power_watts', { device_sn: MIN }) ?? 0) > 0);
  assert.deepEqual(second.lines, [
    'info: growatt/default: first poll in 4 min: the cloud would refuse an earlier call',
    'info: growatt/default: first poll succeeded {"plants":1,"devices":1}',
  ]);
});

test('a restart while the account is locked out makes no call', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t, { account: { token: 'another-token' } });
  let agent = world.run({ stateDir });
  for (let restart = 1; restart <= 10; restart++) {
    await world.until(NOON + restart * MINUTE);
    await agent.stop();
    agent = world.run({ stateDir });
  }
  await world.until(NOON + 14 * MINUTE);
  assert.equal(world.cloud.calls.length, 1);
  await world.until(NOON + 40 * MINUTE);
  assert.equal(world.cloud.calls.length, 2, 'asked again after 15 minutes, then after 30');
});

test('a restart during a pause that the cloud asked for waits for the rest of it', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t);
  let agent = world.run({ stateDir });
  world.cloud.faults.next({ kind: 'rate-limited', match: 'tlx', times: 2 });
  await world.until(NOON + 9 * MINUTE);
  await agent.stop();
  const calls = world.callTimes('tlx_last_data');
  agent = world.run({ stateDir });
  await world.until(NOON + 17 * MINUTE);
  assert.deepEqual(world.callTimes('tlx_last_data'), calls);
});

test('a token that works again after a restart ends the lock-out', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t, { account: { token: 'another-token' } });
  const first = world.run({ stateDir });
  await world.until(NOON + MINUTE);
  await first.stop();
  world.cloud.setToken('another-token');
  const second = world.run({ stateDir });
  await world.until(NOON + 17 * MINUTE);
  assert.equal(second.value('growatt_account_up'), 1);
});

test('a total that fell over a restart is held back', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t);
  const first = world.run({ stateDir });
  await world.until(NOON + 8 * MINUTE);
  const before = first.value('growatt_energy_total_kwh') ?? 0;
  await first.stop();
  world.cloud.disturb(MIN, { lifetimeZero: true });
  const second = world.run({ stateDir });
  await world.until(NOON + HOUR);
  assert.equal(second.value('growatt_energy_total_kwh'), before);
  assert.ok(second.rejections.includes('total_fell'));
  world.cloud.disturb(MIN, {});
  await world.until(NOON + 70 * MINUTE);
  assert.ok((second.value('growatt_energy_total_kwh') ?? 0) > before);
});

test('a restart at night knows that the inverter sleeps, and polls as rarely as before', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t, { start: NOON + 8 * HOUR });
  const first = world.run({ stateDir });
  await world.until(NOON + 13 * HOUR);
  await first.stop();
  const calls = world.cloud.calls.length;
  const second = world.run({ stateDir });
  await world.until(NOON + 14 * HOUR);
  const made = world.cloud.calls.slice(calls).map(({ path }) => path.split('/').at(-1));
  assert.deepEqual(made, ['tlx_last_data', 'data', 'tlx_last_data']);
  assert.equal(second.value('growatt_inverter_status'), 0);
  assert.equal(second.value('growatt_energy_today_kwh'), 0, 'it is past midnight');
  assert.equal(second.value('growatt_current_power_watts'), undefined);
});

test('an agent that was off since noon does not take what the cloud repeats at night for the present', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t);
  const first = world.run({ stateDir });
  await world.until(NOON + 10 * MINUTE);
  await first.stop();
  await world.until(NOON + 11 * HOUR);
  const second = world.run({ stateDir });
  await world.until(NOON + 11 * HOUR + 4 * MINUTE);
  assert.equal(second.value('growatt_current_power_watts'), undefined);
});

test('the file holds no secret, and is for its owner alone', async (t) => {
  const stateDir = startFolder(t);
  const world = await startWorld(t, { account: { plants: [{ id: '1' }] } });
  const agent = world.run({ stateDir });
  await world.until(NOON + HOUR);
  await agent.stop();
  const path = join(stateDir, 'state.json');
  const text = readFileSync(path, 'utf8');
  assert.ok(text.includes(MIN));
  assert.ok(!text.includes(TOKEN));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('saved state of a source that is not valid is a warning, and everything is discovered again', async (t) => {
  const stateDir = startFolder(t);
  const foreign = { version: 1, sources: { 'growatt/default': { source: { plants: 'many' }, guards: {} } } };
  writeFileSync(join(stateDir, 'state.json'), JSON.stringify(foreign));
  const world = await startWorld(t);
  const agent = world.run({ stateDir });
  await world.until(NOON + MINUTE);
  assert.equal(
    agent.lines[0],
    'warn: growatt/default: the saved state of this source is not valid: starting without it',
  );
  assert.ok((agent.value('growatt_current_power_watts') ?? 0) > 0);
});

test('plants that are no longer chosen are dropped', async (t) => {
  const stateDir = startFolder(t);
  const plants = [1, 2].map((id) =>
    berlinHome({ id, devices: [{ sn: `D${id}`, family: 'min', dataloggerSn: `L${id}` }] }),
  );
  const world = await startWorld(t, { plants });
  const first = world.run({ stateDir });
  await world.until(NOON + 6 * MINUTE);
  await first.stop();
  const second = world.run({ stateDir, account: { plants: [{ id: '2' }] } });
  await world.until(NOON + 12 * MINUTE);
  assert.deepEqual(second.values({ plant_id: '1' }), {});
  assert.ok('growatt_energy_total_kwh' in second.values({ plant_id: '2' }));
  await world.until(NOON + DAY / 4);
  assert.deepEqual(second.source.size(), { plants: 1, devices: 1 });
});

test('plants that are chosen now and were not before are found at once, though the lists are known', async (t) => {
  const stateDir = startFolder(t);
  const plants = [1, 2].map((id) =>
    berlinHome({ id, devices: [{ sn: `D${id}`, family: 'min', dataloggerSn: `L${id}` }] }),
  );
  const world = await startWorld(t, { plants });
  let agent = world.run({ stateDir });
  await world.until(NOON + 6 * MINUTE);
  await agent.stop();
  agent = world.run({ stateDir, account: { plants: [{ id: '2' }] } });
  await world.until(NOON + 12 * MINUTE);
  assert.deepEqual(agent.source.size(), { plants: 1, devices: 1 });
  await agent.stop();
  agent = world.run({ stateDir });
  await world.until(NOON + 20 * MINUTE);
  assert.deepEqual(agent.source.size(), { plants: 2, devices: 2 });
  assert.ok('growatt_energy_total_kwh' in agent.values({ plant_id: '1' }));
  assert.deepEqual(
    agent.lines.filter((line) => /10012/.test(line)),
    [],
  );
});

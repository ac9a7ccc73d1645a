import assert from 'node:assert/strict';
import { test } from 'node:test';
import { berlinHome, HOUR, MIN, MINUTE, NOON, startWorld, TOKEN } from './world.ts';

const FOREVER = Number.POSITIVE_INFINITY;
const device = (sn: string) => ({ sn, family: 'min' as const, dataloggerSn: `LOG${sn}` });
const warnings = ({ lines }: { lines: readonly string[] }) =>
  lines.filter((line) => line.startsWith('warn')).map((line) => line.replace('warn: growatt/default: ', ''));

test('a refused token: one line about token and region, asked again after 15, 30, 60 and 60 minutes', async (t) => {
  const world = await startWorld(t, { account: { token: 'another-token' } });
  const agent = world.run();
  await world.until(NOON + 4 * HOUR);
  assert.deepEqual(world.callTimes('plant/list'), [0, 15, 46, 108, 169, 231]);
  assert.deepEqual(Object.keys(world.callCounts()), ['plant/list']);
  assert.equal(agent.value('growatt_account_up'), 0);
  const host = new URL(world.cloud.url).host;
  assert.deepEqual(warnings(agent), [
    `${host} refuses the token (plant/list: 10011 error_permission_denied): check the token and GROWATT_BASE_URL; next attempt in 15 min`,
  ]);
  world.cloud.setToken('another-token');
  await world.until(NOON + 5 * HOUR);
  assert.equal(agent.value('growatt_account_up'), 1);
  assert.equal(agent.value('growatt_up', { plant_id: '1' }), 1);
});

test("Growatt's own servers are named with their region", async (t) => {
  const world = await startWorld(t, { account: { token: 'another-token', official: true } });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.match(
    warnings(agent)[0] ?? '',
    /check the token and GROWATT_REGION \(a token belongs to one region\)/,
  );
});

test('a token that is revoked and restored: down with one line, few calls, then as before', async (t) => {
  for (const count of [1, 2]) {
    const devices = [device('A1'), device('A2')].slice(0, count);
    const world = await startWorld(t, { plants: [berlinHome({ devices })] });
    const agent = world.run();
    await world.until(NOON + 30 * MINUTE);
    world.cloud.setToken(undefined);
    await world.until(NOON + 2 * HOUR);
    assert.equal(agent.value('growatt_account_up'), 0);
    assert.equal(agent.value('growatt_up', { plant_id: '1' }), 0);
    assert.ok((agent.value('growatt_energy_total_kwh') ?? 0) > 0, 'totals stay');
    assert.equal(agent.value('growatt_current_power_watts'), undefined, 'the rest ends after an hour');
    const calls = Object.values(world.callCounts(NOON + 31 * MINUTE, NOON + 2 * HOUR)).reduce(
      (a, b) => a + b,
      0,
    );
    assert.ok(calls <= 6, `${calls} calls in 90 minutes`);
    assert.equal(warnings(agent).length, 1, agent.lines.join('\n'));
    assert.match(warnings(agent)[0] ?? '', /refuses the token/);
    world.cloud.setToken(TOKEN);
    await world.until(NOON + 2.5 * HOUR);
    for (const { sn } of devices) {
      const power = agent.value('growatt_current_power_watts', { device_sn: sn });
      assert.ok(
        (power ?? 0) > 0,
        `${sn} is read as soon as the token is accepted, not with the next discovery`,
      );
    }
    await world.until(NOON + 3.2 * HOUR);
    assert.equal(agent.value('growatt_account_up'), 1);
    for (const { sn } of devices) {
      assert.ok((agent.value('growatt_current_power_watts', { device_sn: sn }) ?? 0) > 0, sn);
    }
    const before = world.cloud.calls.length;
    await world.until(NOON + 3.4 * HOUR);
    const paths = new Set(world.cloud.calls.slice(before).map(({ path }) => path.split('/').at(-1)));
    assert.ok(paths.has(count === 1 ? 'tlx_last_data' : 'tlxs_data'), [...paths].join());
  }
});

test('a token that is refused between polls is reported at once, and tried again 15 minutes after that', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 2.9 * HOUR);
  world.cloud.faults.next({ kind: 'permission', match: 'plant/list' });
  await world.until(NOON + 3.1 * HOUR);
  const [refusedAt = 0] = world.cloud.calls.slice(-1).map(({ at }) => at);
  const next = agent.poller.status.nextPoll ?? 0;
  assert.ok(next * 1000 - refusedAt >= 15 * MINUTE, `${next * 1000 - refusedAt} ms after the refusal`);
  assert.ok(next * 1000 - refusedAt <= 16 * MINUTE);
  assert.equal(warnings(agent).length, 1, agent.lines.join('\n'));
  assert.match(warnings(agent)[0] ?? '', /refuses the token .*: check the token/);
  assert.equal(agent.value('growatt_account_up'), 0);
  await world.until(refusedAt + 15 * MINUTE - 1000);
  assert.equal(world.cloud.calls.at(-1)?.at, refusedAt, 'no call in between');
  await world.until(NOON + 3.5 * HOUR);
  assert.equal(agent.value('growatt_account_up'), 1);
});

test('one device that is refused is reported once and skipped, the others are read', async (t) => {
  const devices = [device('A1'), { ...device('S1'), family: 'sph' as const }];
  const world = await startWorld(t, { plants: [berlinHome({ devices })] });
  world.cloud.faults.next({ kind: 'permission', match: 'mix_last_data', times: FOREVER });
  const agent = world.run();
  await world.until(NOON + 2.9 * HOUR);
  assert.deepEqual(warnings(agent), [
    'skipping device S1 until the next discovery (in 3 h): device/mix/mix_last_data: 10011 error_permission_denied',
  ]);
  assert.equal(world.callCounts()['mix/mix_last_data'], 1);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'A1' }) ?? 0) > 0);
  assert.equal(agent.value('growatt_account_up'), 1);
  assert.equal(agent.value('growatt_up'), 0, 'a part of the plant cannot be read');
  world.cloud.faults.clear();
  await world.until(NOON + 3.2 * HOUR);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'S1' }) ?? 0) > 0);
  assert.equal(agent.value('growatt_up'), 1);
});

test('one plant that is refused is reported once and skipped, the others are read', async (t) => {
  const plants = [1, 2].map((id) => berlinHome({ id, devices: [device(`D${id}`)] }));
  const world = await startWorld(t, { plants });
  world.cloud.faults.next({ kind: 'permission', match: 'device/list' });
  const agent = world.run();
  await world.until(NOON + 2.9 * HOUR);
  assert.deepEqual(warnings(agent), [
    'skipping plant 1 until the next discovery (in 3 h): device/list: 10011 error_permission_denied',
  ]);
  assert.equal(agent.value('growatt_up', { plant_id: '1' }), 0);
  assert.equal(agent.value('growatt_up', { plant_id: '2' }), 1);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'D2' }) ?? 0) > 0);
  await world.until(NOON + 4.2 * HOUR);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'D1' }) ?? 0) > 0);
});

test('figures of a plant that stay refused are reported once, and are back with the next discovery', async (t) => {
  const world = await startWorld(t, { settings: { discoveryInterval: 10 * MINUTE, plantInterval: MINUTE } });
  world.cloud.faults.next({ kind: 'permission', match: 'plant/data', times: FOREVER });
  const agent = world.run();
  await world.until(NOON + HOUR);
  assert.deepEqual(agent.lines.slice(1), [
    'warn: growatt/default: skipping plant/data of plant 1 until the next discovery (in 10 min): plant/data: 10011 error_permission_denied',
  ]);
  assert.equal(agent.value('growatt_up'), 0);
  assert.ok((world.callCounts()['plant/data'] ?? 0) > 2, 'each discovery gives it another try');
  world.cloud.faults.clear();
  await world.until(NOON + 1.3 * HOUR);
  assert.equal(agent.value('growatt_up'), 1);
  assert.ok((agent.value('growatt_energy_month_kwh') ?? 0) > 0);
});

test('a device that does not exist is reported, dropped, and back with the next discovery', async (t) => {
  const world = await startWorld(t, {
    plants: [berlinHome({ devices: [device('A1'), { ...device('S1'), family: 'sph' }] })],
  });
  const agent = world.run();
  await world.until(NOON + 10 * MINUTE);
  world.cloud.removeDevice('S1');
  await world.until(NOON + 20 * MINUTE);
  assert.deepEqual(agent.values({ device_sn: 'S1' }), {});
  assert.deepEqual(warnings(agent), [
    'skipping device S1 until the next discovery (in 2 h 50 min): device/mix/mix_last_data: 10002 error_device does not exist',
  ]);
  assert.equal(agent.value('growatt_up'), 1);
  world.cloud.addDevice(1, { ...device('S1'), family: 'sph' });
  await world.until(NOON + 3.2 * HOUR);
  assert.ok((agent.value('growatt_load_power_watts', { device_sn: 'S1' }) ?? 0) > 0);
});

test('a batch that is refused is taken apart, and put together again without the cause', async (t) => {
  const world = await startWorld(t, { plants: [berlinHome({ devices: ['A1', 'A2', 'A3'].map(device) })] });
  const agent = world.run();
  await world.until(NOON + 8 * MINUTE);
  world.cloud.faults.next({ kind: 'permission', match: 'tlxs_data' });
  world.cloud.faults.next({ kind: 'permission', match: 'tlx_last_data' });
  await world.until(NOON + 13 * MINUTE);
  assert.equal(agent.value('growatt_up'), 0);
  await world.until(NOON + 30 * MINUTE);
  assert.deepEqual(
    warnings(agent).filter((line) => line.startsWith('skipping device ')),
    [
      'skipping device A1 until the next discovery (in 2 h 45 min): device/tlx/tlx_last_data: 10011 error_permission_denied',
    ],
  );
  const live = world.cloud.calls
    .filter(({ path }) => path.includes('tlx'))
    .map(({ params }) => params.tlxs ?? params.tlx_sn);
  assert.deepEqual(live, ['A1,A2,A3', 'A1,A2,A3', 'A1,A2,A3', 'A1', 'A2', 'A3', 'A2,A3', 'A2,A3']);
});

test('a device that a batch leaves out is reported, and the others are read', async (t) => {
  const world = await startWorld(t, { plants: [berlinHome({ devices: ['A1', 'A2'].map(device) })] });
  const agent = world.run();
  await world.until(NOON + 10 * MINUTE);
  world.cloud.removeDevice('A2');
  await world.until(NOON + 20 * MINUTE);
  assert.deepEqual(warnings(agent), ["no data of device A2 in the cloud's answer"]);
  assert.equal(agent.value('growatt_up'), 0);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'A1' }) ?? 0) > 0);
});

test('"too frequently": a pause of five minutes, then twice as long each time, with a longer interval', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 8 * MINUTE);
  const before = agent.value('growatt_current_power_watts');
  world.cloud.faults.next({ kind: 'rate-limited', match: 'tlx', times: 3 });
  const seconds: number[] = [];
  for (let minute = 8; minute < 150; minute++) {
    await world.until(NOON + minute * MINUTE);
    seconds.push(agent.source.interval() / 1000);
    if (minute < 15) assert.equal(agent.value('growatt_current_power_watts'), before, 'what is known stays');
  }
  const calls = world.callTimes('tlx_last_data');
  const gaps = calls.slice(2, 6).map((at, i) => at - calls[i + 1]!);
  assert.deepEqual(gaps, [5, 8, 11, 35]);
  assert.deepEqual(
    seconds.filter((value, i) => value !== seconds[i - 1]).map(Math.round),
    [300, 450, 675, 1013, 810, 648, 518, 415, 332, 300],
  );
  assert.equal(agent.value('growatt_up'), 1);
  assert.equal(warnings(agent).length, 1, agent.lines.join('\n'));
});

test('the interval stays long while a call for live values is paused', async (t) => {
  const world = await startWorld(t, { settings: { collectInterval: 10_000 }, cloud: { limits: false } });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  world.cloud.faults.next({ kind: 'rate-limited', match: 'tlx' });
  await world.until(NOON + 5 * MINUTE);
  assert.equal(agent.source.interval(), 15_000);
  await world.until(NOON + 8 * MINUTE);
  assert.equal(agent.source.interval(), 10_000);
});

test('a rate limit at the very start ends in readings, not in a success without any', async (t) => {
  const world = await startWorld(t);
  world.cloud.faults.next({ kind: 'rate-limited', match: 'plant/list', times: 3 });
  const agent = world.run();
  for (let minute = 1; minute < 30; minute++) {
    await world.until(NOON + minute * MINUTE);
    assert.equal(agent.value('growatt_account_up'), 1, 'the token is not refused');
  }
  assert.ok(!agent.outcomes.includes('success'));
  await world.until(NOON + HOUR);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: MIN }) ?? 0) > 0);
});

test('a list of plants that is limited does not keep chosen plants from being read', async (t) => {
  const world = await startWorld(t, { account: { plants: [{ id: '1' }] } });
  world.cloud.faults.next({ kind: 'rate-limited', match: 'plant/list', times: FOREVER });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: MIN }) ?? 0) > 0);
  assert.equal(agent.value('growatt_account_up'), 1);
});

for (const count of [1, 2, 18]) {
  test(`10002 for one of ${count} devices is one line of log in a day, whatever is listed meanwhile`, async (t) => {
    const devices = Array.from({ length: count }, (_, i) => device(`A${i + 10}`));
    const gone: typeof fetch = async (input, init) => {
      const request = `${String(input)} ${init?.body ?? ''}`;
      if (!/tlx_last_data|tlxs_data/.test(request) || !request.includes('A10'))
        return await fetch(input, init);
      const refusal = { error_code: 10002, error_msg: 'error_device does not exist', data: '' };
      return new Response(JSON.stringify(refusal));
    };
    const world = await startWorld(t, { plants: [berlinHome({ devices })], fetch: gone });
    const agent = world.run();
    await world.until(NOON + 24 * HOUR);
    assert.ok((world.callCounts()['device/list'] ?? 0) > 4, 'it is listed again and again');
    assert.equal(agent.lines.filter((line) => line.includes('A10')).length, 1, agent.lines.join('\n'));
  });
}

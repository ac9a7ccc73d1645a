import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import type { GrowattFault } from '../../src/simulators/growatt/cloud-faults.ts';
import { berlinHome, NOON, startCloud, TOKEN } from './helper.ts';

const MINUTE = 60_000;
const LAST = 'device/tlx/tlx_last_data';
const SN = { tlx_sn: 'SIMMIN0001' };

test('equal calls within five minutes are refused with 10012, others are not', async (t) => {
  const { clock, post } = await startCloud(t, { limits: true });
  assert.equal((await post(LAST, SN)).error_code, 0);
  assert.deepEqual(await post(LAST, SN), {
    error_msg: 'error_frequently_access',
    data: '',
    error_code: 10012,
  });
  assert.equal((await post(LAST, { tlx_sn: 'SIMMIN0002' })).error_code, 0);
  clock.at += 4 * MINUTE;
  assert.equal((await post(LAST, SN)).error_code, 10012);
  clock.at += MINUTE;
  assert.equal((await post(LAST, SN)).error_code, 0);
});

test('history of a MIN may be asked for every ten seconds', async (t) => {
  const { clock, post } = await startCloud(t, { limits: true });
  const form = { ...SN, start_date: '2026-06-12', end_date: '2026-06-12' };
  assert.equal((await post('device/tlx/tlx_data', form)).error_code, 0);
  clock.at += 10_000;
  assert.equal((await post('device/tlx/tlx_data', form)).error_code, 0);
});

test('plant/list allows ten equal calls in 24 hours', async (t) => {
  const { clock, get } = await startCloud(t, { limits: true });
  for (let call = 0; call < 10; call += 1) {
    assert.equal((await get('plant/list?page=1')).error_code, 0);
    clock.at += 6 * MINUTE;
  }
  assert.equal((await get('plant/list?page=1')).error_code, 10012);
  assert.equal((await get('plant/list?page=2')).error_code, 0);
  clock.at = NOON + 24 * 60 * MINUTE + 1;
  assert.equal((await get('plant/list?page=1')).error_code, 0);
});

test('the v4 API counts five minutes, but one for NOAH', async (t) => {
  const noah = { sn: 'SIMNOAH01', family: 'noah', dataloggerSn: 'SIMLOG1' } as const;
  const { clock, post, cloud } = await startCloud(t, { limits: true });
  cloud.addDevice(1, noah);
  const read = async (deviceSn: string, deviceType: string) =>
    (await post('/v4/new-api/queryLastData', { deviceSn, deviceType })).code;
  assert.deepEqual([await read('SIMNOAH01', 'noah'), await read('SIMMIN0001', 'min')], [0, 0]);
  clock.at += MINUTE;
  assert.deepEqual([await read('SIMNOAH01', 'noah'), await read('SIMMIN0001', 'min')], [0, 102]);
});

test('a wrong token is refused with status 200, and a token can be revoked and restored', async (t) => {
  const { call, get, cloud } = await startCloud(t);
  const denied = { error_msg: 'error_permission_denied', data: '', error_code: 10011 };
  assert.deepEqual(await call('/v1/plant/list', { headers: { token: 'wrong' } }), denied);
  assert.deepEqual(await call('/v1/plant/list', { headers: { Authorization: `Bearer ${TOKEN}` } }), denied);
  cloud.setToken(undefined);
  assert.deepEqual(await get('plant/list'), denied);
  cloud.setToken(TOKEN);
  assert.equal((await get('plant/list')).error_code, 0);
});

test('answers are JSON that says it is HTML, and every call is on record without its token', async (t) => {
  const { cloud } = await startCloud(t);
  const response = await fetch(`${cloud.url}/v1/plant/list?page=1`, { headers: { token: TOKEN } });
  assert.equal(response.headers.get('content-type'), 'text/html;charset=UTF-8');
  await response.json();
  assert.deepEqual(cloud.calls, [{ at: NOON, method: 'GET', path: '/v1/plant/list', params: { page: '1' } }]);
});

/** What a client sees of each fault on plant/list: status, then something in the body. */
const SEEN: [GrowattFault, number, string][] = [
  ['http-500', 500, '<h1>'],
  ['http-405-html', 405, 'firewall'],
  ['login-page', 200, 'data-name="login"'],
  ['rate-limited', 200, '10012'],
  ['http-429', 429, 'Too Many'],
  ['permission', 200, '10011'],
  ['system-error', 200, '10001'],
  ['empty-devices', 200, '"devices":[]'],
  ['empty-body', 200, ''],
  ['truncated', 200, '{"data"'],
  ['strings', 200, '"plant_id":"1"'],
  ['redirect', 302, ''],
];

test('each fault shows once and is gone', async (t) => {
  const { cloud } = await startCloud(t);
  const request = () =>
    fetch(`${cloud.url}/v1/plant/list`, { headers: { token: TOKEN }, redirect: 'manual' });
  for (const [kind, status, text] of SEEN) {
    cloud.faults.next({ kind, retryAfter: 7 });
    const response = await request();
    assert.equal(response.status, status, kind);
    assert.equal(response.headers.get('retry-after'), kind === 'http-429' ? '7' : null);
    const body = await response.text();
    assert.ok(body.includes(text), `${kind}: ${body}`);
    if (kind === 'truncated') assert.throws(() => JSON.parse(body));
    assert.equal(((await (await request()).json()) as { error_code: number }).error_code, 0);
  }
});

test('faults count down, keep to their path and can be cleared', async (t) => {
  const { cloud, get } = await startCloud(t);
  cloud.faults.next({ kind: 'system-error', match: 'device/list', times: 2 });
  assert.equal((await get('plant/list')).error_code, 0);
  assert.equal((await get('device/list?plant_id=1')).error_code, 10001);
  assert.equal((await get('device/list?plant_id=1')).error_code, 10001);
  assert.equal((await get('device/list?plant_id=1')).error_code, 0);
  cloud.faults.next({ kind: 'rate-limited', times: Number.POSITIVE_INFINITY });
  assert.equal((await get('plant/list')).error_code, 10012);
  cloud.faults.clear();
  assert.equal((await get('plant/list')).error_code, 0);
});

test('hanging, reset and endless answers end with the client or the cloud', async () => {
  const cloud = await startGrowattCloud({ token: TOKEN, plants: [berlinHome()] });
  const url = `${cloud.url}/v1/plant/list`;
  cloud.faults.next({ kind: 'reset' });
  await assert.rejects(fetch(url));
  cloud.faults.next({ kind: 'oversize' });
  const flood = (await fetch(url)).body!.getReader();
  assert.ok((await flood.read()).value!.length > 1_000);
  await flood.cancel();
  cloud.faults.next({ kind: 'gzip-bomb' });
  const bomb = (await fetch(url)).body!.getReader();
  let size = 0;
  while (size < 20_000_000) size += (await bomb.read()).value!.length;
  await bomb.cancel();
  cloud.faults.next({ kind: 'hang' });
  const hanging = assert.rejects(fetch(url));
  while (cloud.calls.length < 4) await new Promise(setImmediate);
  await cloud.close();
  await hanging;
});

test('a disturbed device misbehaves until it is healed', async (t) => {
  const { cloud, get, post } = await startCloud(t);
  const read = async () => (await post(LAST, SN)).data;
  const healthy = await read();
  cloud.disturb('SIMMIN0001', { lifetimeZero: true });
  assert.deepEqual([(await read()).eacTotal, (await read()).eacToday], [0, healthy.eacToday]);
  cloud.disturb('SIMMIN0001', { clockSkewMs: 90 * MINUTE });
  assert.match((await read()).time, /^2026-06-12 13:2/);
  cloud.disturb('SIMMIN0001', { replayMs: 3 * 60 * MINUTE });
  assert.match((await read()).time, /^2026-06-12 08:5/);
  assert.ok((await read()).eacTotal < healthy.eacTotal);
  cloud.disturb('SIMMIN0001', { faultCode: 302 });
  assert.deepEqual([(await read()).status, (await read()).faultType], [2, 302]);
  cloud.disturb('SIMMIN0001', { silentSince: NOON - 60 * MINUTE });
  assert.match((await read()).time, /^2026-06-12 10:5/);
  assert.equal((await get('device/list?plant_id=1')).data.devices[0].lost, true);
  cloud.disturb('SIMMIN0001', {});
  assert.deepEqual(await read(), healthy);
});

test('plants and devices come and go', async (t) => {
  const { cloud, get, post } = await startCloud(t);
  cloud.removeDevice('SIMMIN0001');
  assert.equal((await post(LAST, SN)).error_code, 10002);
  assert.equal((await get('device/list?plant_id=1')).data.count, 1);
  cloud.addDevice(1, { sn: 'NEW0000001', family: 'min', dataloggerSn: 'LOG1' });
  assert.equal((await post(LAST, { tlx_sn: 'NEW0000001' })).error_code, 0);
  cloud.removePlant(1);
  assert.equal((await get('plant/data?plant_id=1')).error_code, 10002);
  assert.equal((await post(LAST, { tlx_sn: 'NEW0000001' })).error_code, 10002);
  cloud.addPlant(berlinHome({ id: 2 }));
  assert.equal((await get('plant/list')).data.count, 1);
});

test('nothing but the given clock tells the cloud the time', async (t) => {
  const { cloud, get, post } = await startCloud(t);
  const answers = async () =>
    JSON.stringify([
      await get('plant/list'),
      await get('plant/data?plant_id=1'),
      await get('device/list?plant_id=1'),
      await get('device/tlx/tlx_data_info?device_sn=SIMMIN0001'),
      await get('device/datalogger/list?plant_id=1'),
      await post(LAST, SN),
    ]);
  const before = await answers();
  t.mock.method(Date, 'now', () => Date.UTC(2099, 0, 1));
  assert.equal(await answers(), before);
  assert.ok(cloud.calls.every(({ at }) => at === NOON));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyFamily, fleetPlants } from '../../src/simulators/growatt/plants.ts';
import { berlinHome, type Json, NOON, startCloud } from './helper.ts';

const family = () => ({ plants: [berlinHome({ devices: everyFamily() })] });

/** Each family's call, and fields whose spelling is its own. */
const LAST_DATA = [
  [
    'device/storage/storage_last_data',
    'storage_sn',
    'SIMSTORAGE01',
    ['outPutPower', 'capacity', 'pDischarge', 'vBat'],
  ],
  [
    'device/max/max_last_data',
    'max_sn',
    'SIMMAX01',
    ['powerToday', 'eacToday', 'vString32', 'vpv16', 'vact'],
  ],
  [
    'device/mix/mix_last_data',
    'mix_sn',
    'SIMSPH01',
    ['epvtoday', 'etogridTotal', 'edischarge1Today', 'pacToUserR'],
  ],
  ['device/spa/spa_last_data', 'spa_sn', 'SIMSPA01', ['ppvInverter', 'epvInverterToday', 'etogridTotal']],
  [
    'device/tlx/tlx_last_data',
    'tlx_sn',
    'SIMMIN01',
    ['eacToday', 'vpv4', 'bdc1Soc', 'pacToLocalLoad', 'temp5'],
  ],
  ['device/pcs/pcs_last_data', 'pcs_sn', 'SIMPCS01', ['powerGird', 'toPowerGird', 'loadToday', 'vacw']],
  ['device/hps/hps_last_data', 'hps_sn', 'SIMHPS01', ['eBatChargeTotal', 'eGridToday', 'ibat', 'temp6']],
  ['device/pbd/pbd_last_data', 'pbd_sn', 'SIMPBD01', ['pbdOutPowe', 'eOutTotal', 'vpv5']],
  [
    'device/boost/boost_last_data',
    'boost_sn',
    'SIMGROBOOST01',
    ['totalEneny', 'bppv', 'ctotalEnergy', 'maxTemp'],
  ],
] as const;

test('every family answers its last data with its own parameter and spelling', async (t) => {
  const { post, get } = await startCloud(t, family());
  for (const [path, param, sn, fields] of LAST_DATA) {
    const answer = await post(path, { [param]: sn });
    assert.equal(answer[param], sn);
    assert.equal(answer.error_code, 0);
    assert.equal(answer.data.time.slice(0, 10), '2026-06-12');
    for (const field of fields) assert.ok(field in answer.data, `${path} has no ${field}`);
  }
  const inverter = await get('device/inverter/last_new_data?device_sn=SIMINVERTER01');
  assert.equal(inverter.device_sn, 'SIMINVERTER01');
  assert.ok(inverter.data.powerToday > 0 && inverter.data.vacRs > 390);
  assert.equal('eacToday' in inverter.data, false);
});

test('the wrong parameter, an unknown device and another family are refused', async (t) => {
  const { post, get } = await startCloud(t, family());
  const code = async (form: Record<string, string>) =>
    (await post('device/tlx/tlx_last_data', form)).error_code;
  assert.equal(await code({ device_sn: 'SIMMIN01' }), 10003);
  assert.equal(await code({ tlx_sn: 'NOSUCH0001' }), 10002);
  assert.equal(await code({ tlx_sn: 'SIMSPH01' }), 10002);
  assert.equal((await get('device/tlx/tlx_data_info?tlx_sn=SIMMIN01')).error_code, 10003);
});

test('parameters in the query of a POST, or in JSON, count for nothing', async (t) => {
  const { call } = await startCloud(t);
  const path = '/v1/device/tlx/tlx_last_data';
  assert.equal((await call(`${path}?tlx_sn=SIMMIN0001`, { method: 'POST' })).error_code, 10003);
  const body = JSON.stringify({ tlx_sn: 'SIMMIN0001' });
  assert.equal((await call(path, { method: 'POST', body })).error_code, 10003);
});

test('the wrong method gets a page with status 405', async (t) => {
  const { cloud } = await startCloud(t);
  const headers = { token: 'x' };
  assert.equal(
    (await fetch(`${cloud.url}/v1/device/tlx/tlx_last_data?tlx_sn=SIMMIN0001`, { headers })).status,
    405,
  );
  assert.equal((await fetch(`${cloud.url}/v1/plant/list`, { headers, method: 'POST' })).status, 405);
  assert.equal((await fetch(`${cloud.url}/v1/constructor`, { headers })).status, 404);
});

test('info calls hold no telemetry, but zeros and a NUL', async (t) => {
  const { get } = await startCloud(t, family());
  const { data } = await get('device/tlx/tlx_data_info?device_sn=SIMMIN01');
  assert.deepEqual([data.power, data.eToday, data.eTotal], [0, 0, 0]);
  assert.equal('pac' in data, false);
  assert.ok(data.bdc1Version.includes('\0'));
  assert.equal(data.lastUpdateTime.year, 126);
  assert.equal(data.lastUpdateTime.hours, Number(data.lastUpdateTimeText.slice(11, 13)));
  assert.equal((await get('device/inverter/inv_data_info?device_sn=SIMINVERTER01')).data.power, 0);
});

test('values carry 32-bit noise, and markers and unused connectors look like numbers', async (t) => {
  const { post } = await startCloud(t);
  const { data } = await post('device/tlx/tlx_last_data', { tlx_sn: 'SIMMIN0001' });
  assert.equal(Math.fround(data.vac1), data.vac1);
  assert.notEqual(data.vac1, Math.round(data.vac1 * 10) / 10);
  assert.deepEqual([data.vpv3, data.ipv4, data.vac2, data.pacToLocalLoad], [0, 0, 0, 0]);
  assert.deepEqual([data.eex1Today, data.epsPf, data.soc1, data.lost], [-0.1, -1, null, true]);
});

test('a hybrid balances its powers', async (t) => {
  const { clock, post } = await startCloud(t, family());
  for (let hour = 0; hour < 24; hour += 3) {
    clock.at = NOON + hour * 3_600_000;
    const { data } = await post('device/mix/mix_last_data', { mix_sn: 'SIMSPH01' });
    const supply = data.ppv + data.pdischarge1 + data.pacToUserTotal;
    const demand = data.plocalLoadTotal + data.pcharge1 + data.pacToGridTotal;
    assert.ok(Math.abs(supply - demand) < 0.5);
    assert.ok(data.soc >= 10 && data.soc <= 100);
  }
});

test('a batch nests each serial twice and leaves foreign ones out', async (t) => {
  const { post } = await startCloud(t);
  const tlxs = 'SIMMIN0001,FOREIGN001,SIMMIN0002,SIMMIN0001';
  const answer = await post('device/tlx/tlxs_data', { tlxs, pageNum: '1' });
  assert.deepEqual(answer.tlxs, ['SIMMIN0001', 'SIMMIN0002']);
  assert.equal(answer.data.SIMMIN0002.dataloggerSn, 'SIMLOG0002');
  assert.equal(answer.data.SIMMIN0001.SIMMIN0001.serialNum, 'SIMMIN0001');
  const single = await post('device/tlx/tlx_last_data', { tlx_sn: 'SIMMIN0001' });
  assert.deepEqual(answer.data.SIMMIN0001.SIMMIN0001, single.data);
});

test('a batch takes 100 serials and refuses 101 of them', async (t) => {
  const { post } = await startCloud(t, { plants: fleetPlants(NOON, 51) });
  const serials = fleetPlants(NOON, 51).flatMap(({ devices }) => devices.map(({ sn }) => sn));
  const batch = (count: number) =>
    post('device/tlx/tlxs_data', { tlxs: serials.slice(0, count).join(','), pageNum: '1' });
  assert.equal(Object.keys((await batch(100)).data).length, 100);
  assert.equal((await batch(101)).error_code, 10003);
});

test('history pages backwards through what was uploaded by day', async (t) => {
  const { post, get } = await startCloud(t, family());
  const form = { tlx_sn: 'SIMMIN01', start_date: '2026-06-10', end_date: '2026-06-12', perpage: '100' };
  const pages: Json[] = [];
  for (let page = 1; pages.at(-1)?.datas.length !== 0; page += 1) {
    pages.push((await post('device/tlx/tlx_data', { ...form, page: String(page) })).data);
  }
  const times: string[] = pages.flatMap(({ datas }) => datas.map(({ time }: Json) => time));
  assert.equal(times.length, pages[0].count);
  assert.deepEqual(times, times.toSorted().toReversed());
  assert.ok(times.at(-1)!.startsWith('2026-06-10 0') && times[0]!.startsWith('2026-06-12 1'));
  const now = await post('device/tlx/tlx_last_data', { tlx_sn: 'SIMMIN01' });
  assert.deepEqual(pages[0].datas[0], now.data);
  const code = async (dates: object) => (await post('device/tlx/tlx_data', { ...form, ...dates })).error_code;
  assert.equal(await code({ start_date: '2026-06-01' }), 10004);
  assert.equal(await code({ start_date: 'June' }), 10003);
  const old = await get(
    'device/inverter/data?device_sn=SIMINVERTER01&start_date=2026-06-12&end_date=2026-06-12',
  );
  assert.match(old.data.datas[0].today_energy, /^\d+\.\d$/);
});

test('meters and sensors are asked for by datalogger and address', async (t) => {
  const { get } = await startCloud(t, family());
  const [meter] = (await get('device/ammeter/meter_list?datalog_sn=SIMLOG0110')).data.meters;
  assert.deepEqual([meter.device_name, meter.address, meter.lost], ['SDM_THREE', '1', '0']);
  const query = 'datalog_sn=SIMLOG0110&address';
  const { data } = await get(`device/ammeter/meter_last_data?${query}=1`);
  assert.ok(Math.abs(data.activePower - (data.posiActivePower - data.reverActivePower)) < 0.11);
  assert.equal((await get(`device/ammeter/meter_last_data?${query}=`)).error_code, 10003);
  assert.equal((await get('device/ammeter/meter_last_data?datalog_sn=NONE&address=1')).error_code, 10004);
  assert.equal((await get('device/ammeter/meter_list?datalog_sn=NONE')).error_code, 10003);
  const env = await get('device/env/env_last_data?datalog_sn=SIMLOG0111&address=1');
  assert.ok(env.data.radiant > 50 && env.data.panelTemp > env.data.envTemp);
  const loggers = (await get('device/datalogger/list?plant_id=1')).data.dataloggers;
  assert.ok(loggers.some(({ sn }: Json) => sn === 'SIMLOG0111'));
});

test('the v4 API lists devices with their types and reads them by type', async (t) => {
  const { post, call } = await startCloud(t, family());
  const { code, data, message } = await post('/v4/new-api/queryDeviceList', { page: '1' });
  assert.deepEqual([code, message, data.lastPager], [0, 'SUCCESSFUL_OPERATION', true]);
  const types = data.data.map(({ deviceType }: Json) => deviceType);
  assert.deepEqual(types.toSorted(), ['inv', 'max', 'min', 'noah', 'spa', 'sph', 'sph-s', 'storage', 'wit']);
  for (const { deviceSn, deviceType } of data.data) {
    const last = await post('/v4/new-api/queryLastData', { deviceSn: `${deviceSn},FOREIGN001`, deviceType });
    assert.equal(last.data[deviceType].length, 1);
    assert.equal(typeof last.data[deviceType][0].calendar, 'number');
  }
  const noah = await call('/v4/new-api/queryLastData?deviceSn=SIMNOAH01&deviceType=noah', { method: 'POST' });
  const [{ time, timeStr }] = noah.data.noah;
  // Its wall clock, taken for that of China.
  assert.equal(time, Date.parse(`${timeStr.replace(' ', 'T')}+08:00`));
  assert.equal((await post('/v4/new-api/queryLastData', { deviceSn: 'SIMMIN01' })).code, 7);
  assert.equal((await post('/v4/new-api/queryLastData', { deviceType: 'min' })).code, 8);
  assert.equal((await call('/v4/new-api/queryDeviceList?page=1', { method: 'POST', headers: {} })).code, 2);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { scriptedServer } from '../../helpers/http.ts';
import { HOUR, MINUTE, NOON, startWorld, TOKEN } from './world.ts';

/** Berlin, June: Growatt's "GMT+1" all the same, while the devices' clocks follow the season. */
const TIME = '2026-06-12 11:58:34';

const flat = (text: string) => JSON.parse(text.replaceAll('2025-06-12 11:06:34', TIME));

/** Bodies in the shape of the documentation, with values of 0 and markers where real devices have them. */
const answers: Record<string, unknown> = {
  '/v1/plant/list': flat(
    `{"data":{"count":1,"plants":[{"status":1,"locale":"en-US","total_energy":"4521.3","operator":"0","country":"Germany","city":"Musterstadt","current_power":"1834.5","create_date":"2023-05-02","image_url":null,"plant_id":1234567,"name":"Dach Süd","installer":"0","user_id":223344,"longitude":"","latitude":"","latitude_d":null,"latitude_f":null,"peak_power":9.2}]},"error_code":0,"error_msg":""}`,
  ),
  '/v1/plant/data': flat(
    `{"data":{"peak_power_actual":9.2,"monthly_energy":"315.7","last_update_time":"2025-06-12 11:06:34","current_power":1.83,"timezone":"GMT+1","yearly_energy":"2115.7","today_energy":"7.6","carbon_offset":"2710.4","efficiency":"","total_energy":"4521.3"},"error_code":0,"error_msg":""}`,
  ),
  '/v1/device/list': flat(
    `{"data":{"count":3,"devices":[{"device_sn":"ABC1234567","last_update_time":"2025-06-12 11:06:34","model":"MIN 6000TL-XH","lost":false,"status":1,"manufacturer":"Growatt","device_id":50001,"datalogger_sn":"XGD1A23456","type":7},{"device_sn":"GHI1112223","last_update_time":"2025-06-12 11:06:34","model":"10000 UE","lost":false,"status":1,"manufacturer":"   PV Inverter  ","device_id":"","datalogger_sn":"XGD1A23458","type":1},{"device_sn":"MAX0000001","model":"MAX 80KTL3 LV","lost":false,"status":1,"datalogger_sn":"XGD1A23459","type":1},{"device_sn":"MAX0000001","model":"MAX 80KTL3 LV","lost":false,"status":1,"datalogger_sn":"XGD1A23459","type":4}]},"error_code":0,"error_msg":""}`,
  ),
  '/v1/device/tlx/tlx_last_data': flat(
    `{"dataloggerSn":"XGD1A23456","tlx_sn":"ABC1234567","data":{"serialNum":"ABC1234567","address":0,"alias":"","again":false,"isAgain":false,"lost":true,"status":1,"statusText":"Normal","time":"2025-06-12 11:06:34","pac":1834.5,"pac1":1846.199951171875,"pac2":0,"pac3":0,"ppv":1880.3,"ppv1":1010.2,"ppv2":870.1,"ppv3":0,"ppv4":0,"vpv1":312.6000061035156,"vpv2":268,"vpv3":0,"vpv4":0,"ipv1":3.200000047683716,"ipv2":3.200000047683716,"ipv3":0,"ipv4":0,"vac1":236.5,"vac2":0,"vac3":0,"vacRs":236.5,"vacSt":0,"vacTr":0,"iac1":7.800000190734863,"iac2":0,"iac3":0,"fac":50.0099983215332,"pf":1,"temp1":47.79999923706055,"temp2":0,"temp5":51.70000076293945,"eacToday":7.599999904632568,"eacTotal":4521.3,"epv1Today":4.1,"epv2Today":3.6,"epvTotal":4551.2,"bmsSoc":0,"bdc1Soc":0,"bdc1Vbat":0,"bdc1ChargePower":0,"bdc1DischargePower":0,"echargeToday":0,"echargeTotal":0,"edischargeToday":0,"edischargeTotal":0,"pacToGridTotal":0,"pacToUserTotal":0,"pacToLocalLoad":0,"etoGridToday":0,"etoGridTotal":0,"etoUserToday":0,"etoUserTotal":0,"elocalLoadToday":0,"elocalLoadTotal":0,"eex1Today":-0.1,"eex1Total":-0.1,"pex1":-0.1,"epsPf":-1,"faultType":0,"faultType1":null,"warnCode":0,"newWarnCode":null,"sysFaultWord":0,"errorText":"Unknown","warnText":"Unknown","tlxBean":null,"calendar":{"timeInMillis":1749697594000,"timeZone":{"ID":"Asia/Shanghai"}},"withTime":false},"error_code":0,"error_msg":""}`,
  ),
  '/v1/device/inverter/last_new_data': flat(
    `{"dataloggerSn":"XGD1A23458","device_sn":"GHI1112223","data":{"inverterId":"GHI1112223","id":0,"status":1,"statusText":"Normal","time":"2025-06-12 11:06:34","pac":2410.5,"pacr":803.5,"pacs":803.4,"pact":803.6,"ppv":2475.2,"ppv1":1260.1,"ppv2":1215.1,"vpv1":505.8999938964844,"vpv2":498.2,"ipv1":2.5,"ipv2":2.4,"vacr":232.1,"vacs":231.8,"vact":232.4,"iacr":3.5,"iacs":3.4,"iact":3.5,"fac":49.98,"temperature":41.3,"temperature2":0,"powerToday":9.600000381469727,"powerTotal":38210.4,"faultType":0,"faultCode1":0,"warnCode":0,"again":false},"error_code":0,"error_msg":""}`,
  ),
  '/v1/device/max/max_last_data': flat(
    `{"dataloggerSn":"XGD1A23459","max_sn":"MAX0000001","data":{"serialNum":"MAX0000001","status":1,"time":"2025-06-12 11:06:34","lost":true,"pac":41230.1,"ppv":41980.2,"ppv1":5410.2,"vpv1":612.3,"ipv1":8.8,"vacr":231.2,"iacr":59.4,"fac":50.01,"temperature":48.2,"eacToday":152.3,"eacTotal":210345.59375,"powerToday":152.3,"powerTotal":210345.59375,"faultType":0,"faultCode1":0,"warnCode":0,"afciStatus":-1,"maxBean":null},"error_code":0,"error_msg":""}`,
  ),
};

async function startDocumented(
  t: TestContext,
  changes: Record<string, unknown> = {},
  rejections: readonly string[] = [],
) {
  const bodies = { ...answers, ...changes };
  const server = await scriptedServer(t, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://cloud');
    const known = request.headers.token === TOKEN ? bodies[pathname] : undefined;
    response.writeHead(200, { 'Content-Type': 'text/html;charset=UTF-8' });
    response.end(
      JSON.stringify(known ?? { error_code: 10011, error_msg: 'error_permission_denied', data: '' }),
    );
  });
  const world = await startWorld(t, { account: { baseUrl: server.url.origin } });
  const agent = world.run();
  await world.until(NOON + MINUTE);
  assert.deepEqual(agent.rejections, rejections);
  return { agent, server, world };
}

test('the documented answers become the seed metrics of a MIN, in 6 calls for three inverters', async (t) => {
  const { agent, server } = await startDocumented(t);
  assert.ok(server.requests.length <= 8);
  assert.equal(server.requests.length, 6);
  assert.deepEqual(agent.values({ device_sn: 'ABC1234567' }), {
    growatt_current_power_watts: 1834.5,
    growatt_pv_power_watts: 1880.3,
    growatt_pv1_voltage_volts: 312.6,
    growatt_pv1_current_amps: 3.2,
    growatt_pv1_power_watts: 1010.2,
    growatt_pv2_voltage_volts: 268,
    growatt_pv2_current_amps: 3.2,
    growatt_pv2_power_watts: 870.1,
    growatt_ac_voltage_volts: 236.5,
    growatt_ac_current_amps: 7.8,
    growatt_ac_frequency_hz: 50.01,
    growatt_pv1_energy_today_kwh: 4.1,
    growatt_pv2_energy_today_kwh: 3.6,
    growatt_pv_energy_today_kwh: 7.7,
    growatt_pv_energy_total_kwh: 4551.2,
    growatt_inverter_temperature_celsius: 47.8,
    'growatt_temperature_celsius{sensor="board"}': 51.7,
    growatt_power_factor_ratio: 1,
    growatt_energy_today_kwh: 7.6,
    growatt_energy_total_kwh: 4521.3,
    growatt_fault_code: 0,
    growatt_warning_code: 0,
    growatt_inverter_status: 1,
    growatt_inverter_status_code: 1,
    // 11:58:34 in summer time, though the plant claims GMT+1.
    growatt_last_update_timestamp_seconds: Date.parse('2026-06-12T09:58:34Z') / 1000,
    'growatt_device_info{device_type="min",model="MIN 6000TL-XH"}': 1,
  });
});

test('they become the metrics of the plant, its power in watts and its place in words', async (t) => {
  const { agent } = await startDocumented(t);
  const plant = (metric: string) => agent.value(metric, { plant_id: '1234567' });
  assert.equal(plant('growatt_plant_power_watts'), 1830);
  assert.equal(plant('growatt_plant_energy_today_kwh'), 7.6);
  assert.equal(plant('growatt_plant_energy_total_kwh'), 4521.3);
  assert.equal(plant('growatt_energy_month_kwh'), 315.7);
  assert.equal(plant('growatt_energy_year_kwh'), 2115.7);
  assert.equal(plant('growatt_plant_status'), 1);
  const info = { plant_name: 'Dach Süd', location: 'Musterstadt, Germany', peak_power_kw: '9.2' };
  assert.equal(agent.value('growatt_plant_info', { plant_id: '1234567', ...info }), 1);
});

test('a plant whose owner stated no peak power has none', async (t) => {
  const peak = 'growatt_plant_peak_power_watts';
  const { agent } = await startDocumented(t);
  assert.equal(agent.value(peak), 9200);
  const path = '/v1/plant/list';
  const list = JSON.parse(JSON.stringify(answers[path]).replace('"peak_power":9.2', '"peak_power":0'));
  const { agent: other } = await startDocumented(t, { [path]: list });
  assert.equal(other.value(peak), undefined);
});

test('the rated power that an answer states bounds the values of that very answer', async (t) => {
  const path = '/v1/device/tlx/tlx_last_data';
  const changed = '"opFullwatt":3000,"ppv":4600';
  const answer = JSON.parse(JSON.stringify(answers[path]).replace('"ppv":1880.3', changed));
  const { agent } = await startDocumented(t, { [path]: answer }, ['out_of_range']);
  assert.equal(agent.value('growatt_pv_power_watts', { device_sn: 'ABC1234567' }), undefined);
  assert.equal(agent.value('growatt_pv1_power_watts', { device_sn: 'ABC1234567' }), 1010.2);
});

test('a string inverter shows its three phases, and its energies are those called power', async (t) => {
  const { agent } = await startDocumented(t);
  const values = agent.values({ device_sn: 'GHI1112223' });
  assert.equal(values.growatt_energy_today_kwh, 9.6);
  assert.equal(values.growatt_energy_total_kwh, 38210.4);
  assert.equal(values['growatt_ac_phase_voltage_volts{phase="3"}'], 232.4);
  assert.equal(values['growatt_ac_phase_current_amps{phase="2"}'], 3.4);
  assert.equal(values['growatt_device_info{device_type="inverter",model="10000 UE"}'], 1);
});

test('a serial number that is listed twice, as types 1 and 4, is one MAX', async (t) => {
  const { agent, server } = await startDocumented(t);
  const values = agent.values({ device_sn: 'MAX0000001' });
  assert.equal(values.growatt_energy_total_kwh, 210345.6);
  assert.equal(values['growatt_device_info{device_type="max",model="MAX 80KTL3 LV"}'], 1);
  assert.equal(server.requests.filter(({ url }) => url?.includes('last_new_data')).length, 1);
  assert.deepEqual(agent.source.size(), { plants: 1, devices: 3 });
});

test('a device of unknown type is listed, not read, and that is said once', async (t) => {
  const devices = [
    { device_sn: 'ABC1234567', type: 7, lost: false },
    { device_sn: 'NEW1', type: 99, model: 'FUTURE 1' },
  ];
  const list = { data: { count: 2, devices }, error_code: '0', error_msg: '' };
  const { agent, world } = await startDocumented(t, { '/v1/device/list': list });
  assert.deepEqual(agent.values({ device_sn: 'NEW1' }), {
    'growatt_device_info{device_type="unknown",model="FUTURE 1"}': 1,
  });
  await world.until(NOON + 4 * HOUR);
  assert.deepEqual(
    agent.lines.filter((line) => line.startsWith('warn')),
    [
      'warn: growatt/default: device NEW1 (FUTURE 1) has the unknown device type 99: it is listed, but not read',
    ],
  );
  assert.equal(agent.value('growatt_up'), 1);
});

test('a balcony battery in the list of version 1 is one line that says how it is read', async (t) => {
  for (const listed of [
    { device_sn: '0AAA00AA00AA00AA', datalogger_sn: '0AAA00AA00AA00AA', model: '', type: 3 },
    { device_sn: 'NOAH1', model: 'NOAH 2000', type: 3 },
  ]) {
    const devices = [
      listed,
      { device_sn: 'XGD1A23456', datalogger_sn: 'XGD1A23456', model: 'ShineWiFi-X', type: 3 },
    ];
    const list = { data: { count: 2, devices }, error_code: '0', error_msg: '' };
    const { agent, world } = await startDocumented(t, { '/v1/device/list': list });
    await world.until(NOON + 4 * HOUR);
    const { device_sn: sn, model } = listed;
    assert.deepEqual(
      agent.lines.filter((line) => line.startsWith('warn')),
      [
        `warn: growatt/default: device ${sn} (${model || 'no model'}) is a balcony battery, which only the v4 API reads: set GROWATT_V4=true`,
      ],
    );
  }
});

test('an answer about another device is ignored', async (t) => {
  const path = '/v1/device/tlx/tlx_last_data';
  const foreign = JSON.parse(JSON.stringify(answers[path]).replaceAll('ABC1234567', 'SOMEBODYELSE'));
  const { agent } = await startDocumented(t, { [path]: foreign });
  assert.equal(agent.value('growatt_current_power_watts', { device_sn: 'ABC1234567' }), undefined);
  assert.equal(agent.value('growatt_up'), 0);
});

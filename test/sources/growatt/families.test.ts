import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyFamily } from '../../../src/simulators/growatt/plants.ts';
import type { FamilyName } from '../../../src/simulators/growatt/specs.ts';
import { expectedOf } from './expected.ts';
import { berlinHome, DAY, HOUR, MINUTE, NOON, startModel, startWorld, type Values } from './world.ts';

/** The cloud gives one decimal of most quantities. */
const PRECISION = 0.1001;
/** Serial numbers of meters and sensors are not told; datalogger and address are as good. */
const snOf = (family: FamilyName, sn: string, logger: string) =>
  family === 'meter' || family === 'env' ? `${logger}-1` : sn;

function compare(actual: Values, expected: Values, what: string): void {
  for (const [metric, value] of Object.entries(actual)) {
    if (/device_info|last_update/.test(metric)) continue;
    const truth = expected[metric];
    assert.ok(truth !== undefined, `${what}: ${metric} is exposed, but not expected`);
    assert.ok(Math.abs(value - truth) <= PRECISION, `${what}: ${metric} is ${value}, in truth ${truth}`);
  }
  for (const [metric, truth] of Object.entries(expected)) {
    if (Math.abs(truth) > PRECISION) assert.ok(metric in actual, `${what}: ${metric} is not exposed`);
  }
}

for (const [when, start] of [
  ['at noon', NOON],
  ['in the evening, when batteries discharge', NOON + 8.5 * HOUR],
  ['at night, when inverters sleep', NOON + 14 * HOUR],
] as const) {
  test(`every family shows what its devices measure, ${when}`, async (t) => {
    const plants = [berlinHome({ devices: everyFamily() })];
    const world = await startWorld(t, { start, plants, account: { v4: true } });
    const agent = world.run();
    // A total of 0 is believed after three readings.
    await world.until(start + 14 * MINUTE);
    let now = start;
    const { newest, device, model } = startModel(plants, () => now);
    for (const { family, sn, dataloggerSn } of everyFamily()) {
      const live = world.cloud.calls.findLast(
        ({ params }) =>
          Object.values(params).includes(sn) || (params.address && params.datalog_sn === dataloggerSn),
      );
      now = live?.at ?? 0;
      const actual = agent.values({ device_sn: snOf(family, sn, dataloggerSn) });
      if (model.awake(device(sn), start)) compare(actual, expectedOf(family, newest(sn)), family);
      else assert.equal(actual.growatt_current_power_watts, undefined, `${family} sleeps`);
    }
    assert.deepEqual(agent.lines.slice(1), []);
  });
}

test('a device that sleeps keeps its energies, has status 0 and the time of its reading, nothing else', async (t) => {
  const world = await startWorld(t, { start: NOON + 11 * HOUR });
  const agent = world.run();
  await world.until(NOON + 11 * HOUR + 5 * MINUTE);
  const { growatt_energy_today_kwh, growatt_energy_total_kwh, ...rest } = agent.values({
    device_sn: 'SIMMIN0001',
  });
  assert.ok(growatt_energy_today_kwh && growatt_energy_total_kwh);
  assert.deepEqual(Object.keys(rest).toSorted(), [
    'growatt_device_info{device_type="min",model="MIN 6000TL-X"}',
    'growatt_inverter_status',
    'growatt_last_update_timestamp_seconds',
    'growatt_pv1_energy_today_kwh',
    'growatt_pv1_energy_total_kwh',
    'growatt_pv2_energy_today_kwh',
    'growatt_pv2_energy_total_kwh',
    'growatt_pv_energy_today_kwh',
    'growatt_pv_energy_total_kwh',
  ]);
  assert.equal(rest.growatt_inverter_status, 0);
});

test('a device of v4 belongs to the plant of its datalogger, a meter to the plant that lists it', async (t) => {
  const house = berlinHome({ id: 1 });
  const barn = berlinHome({
    id: 2,
    devices: [
      { sn: 'BARNMIN', family: 'min', dataloggerSn: 'BARNLOG' },
      { sn: 'BARNWIT', family: 'wit', dataloggerSn: 'BARNLOG' },
      { sn: 'M1', family: 'meter', dataloggerSn: 'BARNLOG', address: 1 },
      { sn: 'M2', family: 'meter', dataloggerSn: 'BARNLOG', address: 2 },
      { sn: 'STRAY', family: 'noah', dataloggerSn: 'STRAYLOG' },
    ],
  });
  const world = await startWorld(t, { plants: [house, barn], account: { v4: true } });
  const agent = world.run();
  await world.until(NOON + 2 * MINUTE);
  const plantOf = (sn: string) =>
    agent.store.samples().find(({ attributes }) => attributes.device_sn === sn)?.attributes.plant_id;
  const plants = ['SIMMIN0001', 'BARNMIN', 'BARNWIT', 'BARNLOG-1', 'BARNLOG-2', 'STRAY'].map(plantOf);
  assert.deepEqual(plants, ['1', '2', '2', '2', '2', '']);
  assert.equal(plantOf('AMMETER-BARNLOG'), undefined);
  assert.deepEqual(agent.source.size(), { plants: 2, devices: 6 });
});

test('an account without access to v4 keeps its other devices, warns once and retries rarely', async (t) => {
  const world = await startWorld(t, { account: { v4: true } });
  world.cloud.faults.next({ kind: 'permission', match: 'new-api', times: Number.POSITIVE_INFINITY });
  const agent = world.run();
  await world.until(NOON + DAY / 4);
  assert.deepEqual(
    agent.lines.filter((line) => line.startsWith('warn')),
    ['warn: growatt/default: the list of v4 devices failed: v4/new-api/queryDeviceList: 2 INVALID_TOKEN'],
  );
  assert.ok(world.callTimes('queryDeviceList').length <= 7);
  assert.equal(agent.value('growatt_up', { plant_id: '1' }), 1);
});

test('a datalogger whose meters cannot be listed costs neither its plant nor its inverters', async (t) => {
  const devices = [
    ...berlinHome().devices,
    { sn: 'M1', family: 'meter' as const, dataloggerSn: 'SIMLOG0001' },
  ];
  for (const kind of ['permission', 'system-error', 'rate-limited'] as const) {
    const world = await startWorld(t, { plants: [berlinHome({ devices })] });
    world.cloud.faults.next({ kind, match: 'meter_list', times: Number.POSITIVE_INFINITY });
    const agent = world.run();
    await world.until(NOON + HOUR);
    assert.ok((agent.value('growatt_current_power_watts') ?? 0) > 1000, kind);
    assert.equal(agent.value('growatt_up', { plant_id: '1' }), 1, kind);
    assert.equal(agent.value('growatt_account_up'), 1, kind);
    const [line, ...more] = agent.lines.filter((text) =>
      /^warn: .*(the list of meter devices of datalogger SIMLOG0001|meter_list)/.test(text),
    );
    assert.ok(line && more.length === 0, kind);
  }
});

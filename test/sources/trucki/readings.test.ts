import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { definitionOf } from '../../../src/catalogue.ts';
import { readAnswer } from '../../../src/sources/trucki/readings.ts';
import { valuesOf } from '../../helpers/context.ts';
import { type Body, charger, normalDay, silentNight, threeInverters } from './samples.ts';

const read = (body: Body) => readAnswer('stick', body, false);
const said = (body: Body) => valuesOf(read(body));
/** What changes in the values when these keys of a normal day change; `undefined` for values that are gone. */
function changeOf(keys: Body, from: Body = normalDay): Record<string, number | undefined> {
  const before = said(from);
  const after = said({ ...from, ...keys });
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names].filter((name) => before[name] !== after[name]).map((name) => [name, after[name]]),
  );
}
const oneOf = (metric: string, states: string, present: string) =>
  Object.fromEntries(
    states.split(' ').map((state) => [`${metric}{state="${state}"}`, Number(state === present)]),
  );
const wifi = (present: string) =>
  oneOf(
    'trucki_wifi_state',
    'disconnected connected not_set connecting no_shield idle_status connect_failed no_ssid_avail scan_completed connection_lost unknown',
    present,
  );
const zeroExport = (present: string) =>
  oneOf('trucki_zero_export_state', 'enabled disabled manual mqtt linked unknown', present);
const meter = (present: string) => oneOf('trucki_meter_state', 'ok not_set not_found inactive', present);

test('a normal day says all that the stick knows of itself, its inverter and its meter', () => {
  assert.deepEqual(said(normalDay), {
    trucki_grid_voltage_volts: 234.2,
    trucki_battery_voltage_volts: 24.5,
    trucki_inverter_temperature_celsius: 57,
    'trucki_inverter_ac_power_watts{inverter="1"}': 880.1,
    'trucki_inverter_reachable{inverter="1"}': 1,
    trucki_battery_low: 0,
    'trucki_inverter_ac_power_setpoint_watts{inverter="1"}': 868,
    'trucki_inverter_ac_power_limit_watts{inverter="1"}': 1000,
    trucki_meter_power_watts: 21.95,
    trucki_meter_read_duration_seconds: 0.041,
    trucki_meter_import_energy_today_kwh: 2.31,
    trucki_inverter_energy_today_kwh: 0.4,
    trucki_inverter_energy_total_kwh: 1043.7,
    trucki_zero_export_power_watts: 868.3,
    ...zeroExport('enabled'),
    ...meter('ok'),
    ...wifi('connected'),
    trucki_wifi_quality_level: 3,
    trucki_uptime_seconds: 310_078,
  });
  assert.deepEqual(read(normalDay).rejections, []);
});

test('at night, with the inverter silent, none of its zeros is a measurement', () => {
  assert.deepEqual(said(silentNight), {
    'trucki_inverter_reachable{inverter="1"}': 0,
    'trucki_inverter_ac_power_setpoint_watts{inverter="1"}': 0,
    'trucki_inverter_ac_power_limit_watts{inverter="1"}': 800,
    trucki_meter_power_watts: 312.4,
    trucki_meter_read_duration_seconds: 0.038,
    trucki_meter_import_energy_today_kwh: 5.02,
    trucki_zero_export_power_watts: 0,
    ...zeroExport('enabled'),
    ...meter('ok'),
    ...wifi('connected'),
    trucki_wifi_quality_level: 2,
    trucki_uptime_seconds: 341_463,
  });
  assert.equal(read(silentNight).producing, false);
});

test('energies that a silent inverter leaves in place are still shown', () => {
  const kept = said({ ...silentNight, DAYENERGY: 1.2, TOTALENERGY: 1044.5 });
  assert.equal(kept.trucki_inverter_energy_today_kwh, 1.2);
  assert.equal(kept.trucki_inverter_energy_total_kwh, 1044.5);
});

test('linked remotes have their own power, setpoint, limit and round trip', () => {
  const values = said(threeInverters);
  const ofInverters = Object.entries(values).filter(([name]) => name.includes('inverter="'));
  assert.deepEqual(Object.fromEntries(ofInverters), {
    'trucki_inverter_ac_power_watts{inverter="1"}': 390.3,
    'trucki_inverter_ac_power_watts{inverter="2"}': 403.7,
    'trucki_inverter_ac_power_watts{inverter="3"}': 3.6,
    'trucki_inverter_ac_power_setpoint_watts{inverter="1"}': 407,
    'trucki_inverter_ac_power_setpoint_watts{inverter="2"}': 407,
    'trucki_inverter_ac_power_setpoint_watts{inverter="3"}': 0,
    'trucki_inverter_ac_power_limit_watts{inverter="1"}': 850,
    'trucki_inverter_ac_power_limit_watts{inverter="2"}': 850,
    'trucki_inverter_ac_power_limit_watts{inverter="3"}': 850,
    'trucki_remote_round_trip_seconds{inverter="2"}': 0.053,
    'trucki_remote_round_trip_seconds{inverter="3"}': 0.061,
    'trucki_inverter_reachable{inverter="1"}': 1,
    'trucki_inverter_reachable{inverter="2"}': 1,
    'trucki_inverter_reachable{inverter="3"}': 1,
  });
  assert.equal(values.trucki_wifi_quality_level, 4);
});

test('a lost packet ends the round trip only, a lost remote also its power', () => {
  assert.deepEqual(changeOf({ SUN3ROUNDTRIP: '-1' }, threeInverters), {
    'trucki_remote_round_trip_seconds{inverter="3"}': undefined,
  });
  const lost = { SUN3ROUNDTRIP: '-1', ACPOWERSUN3: 'not found', SUN3POWERLIMIT: 0 };
  assert.deepEqual(changeOf(lost, threeInverters), {
    'trucki_remote_round_trip_seconds{inverter="3"}': undefined,
    'trucki_inverter_ac_power_watts{inverter="3"}': undefined,
    'trucki_inverter_reachable{inverter="3"}': 0,
    'trucki_inverter_ac_power_limit_watts{inverter="3"}': 0,
  });
});

test('an empty battery stops the power, not the reachability', () => {
  assert.deepEqual(changeOf({ ACPOWER: 'VBat low', VBAT: 46.9, SETACPOWER: 0, POWERLIMIT: 0 }), {
    trucki_battery_voltage_volts: 46.9,
    'trucki_inverter_ac_power_watts{inverter="1"}': undefined,
    trucki_battery_low: 1,
    'trucki_inverter_ac_power_setpoint_watts{inverter="1"}': 0,
    'trucki_inverter_ac_power_limit_watts{inverter="1"}': 0,
  });
});

test("the controller's words are states, and the meter's power is then unknown", () => {
  for (const word of ['DISABLED', 'MANUAL', 'MQTT', 'LINKED', 'linked']) {
    const values = said({ ...normalDay, ZEPCPOWER: word, METERPOWER: word });
    const expected = {
      ...said(normalDay),
      ...zeroExport(word.toLowerCase()),
      ...meter('inactive'),
    };
    delete expected.trucki_zero_export_power_watts;
    delete expected.trucki_meter_power_watts;
    assert.deepEqual(values, expected, word);
    assert.deepEqual(read({ ...normalDay, ZEPCPOWER: word, METERPOWER: word }).rejections, []);
  }
});

test('a meter that is not set or not found has a state and no power', () => {
  const gone = { trucki_meter_power_watts: undefined, 'trucki_meter_state{state="ok"}': 0 };
  assert.deepEqual(changeOf({ METERPOWER: 'not found' }), {
    ...gone,
    'trucki_meter_state{state="not_found"}': 1,
  });
  assert.deepEqual(changeOf({ METERPOWER: 'not set' }), {
    ...gone,
    'trucki_meter_state{state="not_set"}': 1,
    trucki_meter_read_duration_seconds: undefined,
  });
});

test('one odd key changes its own values and no others', () => {
  const cases: [Body, Record<string, number | undefined>, readonly string[]][] = [
    [{ SETACPOWER: 868.5 }, { 'trucki_inverter_ac_power_setpoint_watts{inverter="1"}': 868.5 }, []],
    [{ TEMP: 46.5 }, { trucki_inverter_temperature_celsius: 46.5 }, []],
    [{ TEMP: 0 }, { trucki_inverter_temperature_celsius: 0 }, []],
    [{ TEMP: 6548 }, { trucki_inverter_temperature_celsius: undefined }, ['implausible_value']],
    [{ VGRID: '230.5' }, { trucki_grid_voltage_volts: 230.5 }, []],
    [{ VGRID: '230,5' }, { trucki_grid_voltage_volts: undefined }, ['unparsed_value']],
    [{ VGRID: 'high' }, { trucki_grid_voltage_volts: undefined }, ['unparsed_value']],
    [{ VGRID: true }, { trucki_grid_voltage_volts: undefined }, ['unparsed_value']],
    [{ VBAT: null }, { trucki_battery_voltage_volts: undefined }, []],
    [{ VBAT: [24.5] }, { trucki_battery_voltage_volts: undefined }, ['unparsed_value']],
    [{ METERPOWER: '-50.19 W' }, { trucki_meter_power_watts: -50.19 }, []],
    [{ METERPOWER: '-1.00 W' }, { trucki_meter_power_watts: -1 }, []],
    [
      { METERPOWER: 'nan W' },
      {
        trucki_meter_power_watts: undefined,
        ...Object.fromEntries(Object.keys(meter('ok')).map((name) => [name, undefined])),
      },
      ['unparsed_value'],
    ],
    [{ RSSI: 72 }, { trucki_wifi_quality_level: undefined, trucki_wifi_quality_ratio: 0.72 }, []],
    [{ RSSI: 172 }, { trucki_wifi_quality_level: undefined }, []],
    [{ RSSI: 'bad' }, { trucki_wifi_quality_level: 0 }, []],
    [{ RSSI: 'Superb' }, { trucki_wifi_quality_level: undefined }, []],
    [{ UPTIME: 'long' }, { trucki_uptime_seconds: undefined }, []],
    [{ NEWKEY: 'new', BSSID: '02:00:00:00:00:01' }, {}, []],
  ];
  for (const [keys, change, rejections] of cases) {
    assert.deepEqual(changeOf(keys), change, JSON.stringify(keys));
    assert.deepEqual(read({ ...normalDay, ...keys }).rejections, rejections, JSON.stringify(keys));
  }
});

test('every word for the Wi-Fi is known, in the spelling of any firmware', () => {
  const words: Record<string, string> = {
    CONNECTED: 'connected',
    'WIFI CONNECTED': 'connected',
    connected: 'connected',
    DISCONNECTED: 'disconnected',
    'not set': 'not_set',
    'CONNECTING...': 'connecting',
    'NO SHIELD': 'no_shield',
    'IDLE STATUS': 'idle_status',
    'CONNECT FAILED': 'connect_failed',
    'NO SSID AVAIL': 'no_ssid_avail',
    'SCAN COMPLETED': 'scan_completed',
    CONNECTION_LOST: 'connection_lost',
    ROAMING: 'unknown',
  };
  for (const [word, state] of Object.entries(words)) {
    assert.equal(said({ WIFI: word })[`trucki_wifi_state{state="${state}"}`], 1, word);
  }
});

test('keys that low memory cut off are gone, and take nothing else with them', () => {
  const cut = { ACPOWERSUN3: undefined, ZEPCPOWER: undefined, METERPOWER: undefined };
  const values = said({ ...threeInverters, ...cut });
  assert.equal(values['trucki_inverter_ac_power_limit_watts{inverter="3"}'], 850);
  assert.equal(values['trucki_inverter_ac_power_watts{inverter="3"}'], undefined);
  assert.equal(values['trucki_inverter_reachable{inverter="3"}'], undefined);
  assert.equal(values['trucki_zero_export_state{state="enabled"}'], 1);
  assert.equal(values['trucki_meter_state{state="ok"}'], undefined);
  const dark = said({ ...silentNight, ACPOWER: undefined });
  assert.equal(dark.trucki_grid_voltage_volts, undefined);
  assert.equal(dark.trucki_battery_voltage_volts, undefined);
  assert.equal(dark.trucki_inverter_energy_total_kwh, undefined);
});

test('a charger shows its DC side', () => {
  assert.deepEqual(changeOf(charger), {
    trucki_charger_dc_power_watts: 350.2,
    trucki_charger_dc_power_setpoint_watts: 360,
    trucki_charger_output_current_amps: 12.47,
    trucki_charger_output_current_setpoint_amps: 12.9,
    trucki_charger_output_voltage_setpoint_volts: 28.8,
    trucki_charger_efficiency_ratio: 0.95,
  });
});

test('an answer of any shape gives finite values of known metrics and known labels, and nothing else', () => {
  const value = fc.oneof(
    fc.anything(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('not found', 'not set', 'VBat low', 'LINKED', 'nan W', '-1', '0', 1e308, -1, '1e999'),
    fc.double().map((number) => `${number} W`),
  );
  const keys = fc.constantFrom(...Object.keys({ ...normalDay, ...charger }), '__proto__', 'constructor');
  fc.assert(
    fc.property(fc.dictionary(keys, value), fc.boolean(), (body, legacyNames) => {
      const { values } = readAnswer('stick', body, legacyNames);
      for (const { metric, value, labels = {} } of values) {
        assert.ok(Number.isFinite(value), metric);
        for (const name of Object.keys(labels)) assert.ok(definitionOf(metric).labels.includes(name));
        assert.match(Object.values(labels).join(), /^[a-z_0-9]*$/);
      }
      const names = Object.keys(valuesOf({ entity: 'stick', values }));
      assert.equal(names.length, values.length, 'no series comes twice');
    }),
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { legacyMetrics } from '../../../src/sources/trucki/metrics.ts';
import { readAnswer } from '../../../src/sources/trucki/readings.ts';
import { valuesOf } from '../../helpers/context.ts';
import { type Body, normalDay, silentNight, threeInverters } from './samples.ts';

/** The values that TRUCKI_LEGACY_NAMES adds. */
function legacyOf(body: Body): Record<string, number> {
  const modern = valuesOf(readAnswer('stick', body, false));
  const all = valuesOf(readAnswer('stick', body, true));
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in modern)));
}

test('the 22 legacy names carry the values of their keys, meter and controller each their own', () => {
  assert.deepEqual(legacyOf(threeInverters), {
    trucki_voltage_grid: 226.4,
    trucki_voltage_battery: 49.6,
    trucki_set_ac_power: 407,
    trucki_inverter_temperature: 46,
    trucki_power_limit: 850,
    trucki_sun_2_round_trip: 53,
    trucki_sun_2_set_point: 407,
    trucki_sun_2_power_limit: 850,
    trucki_sun_3_round_trip: 61,
    trucki_sun_3_set_point: 0,
    trucki_sun_3_power_limit: 850,
    trucki_power_meter_readout: 112,
    trucki_day_energy_grid_output: 1.9,
    trucki_total_energy_grid_output: 2381.4,
    trucki_power_meter_day_energy: 0.6,
    trucki_inverter_ac_power_output: 390.3,
    trucki_sun_2_ac_power_output: 403.7,
    trucki_sun_3_ac_power_output: 3.6,
    trucki_zero_export_control_power: 814,
    trucki_power_meter_power: 52,
    trucki_wifi_state: 1,
    trucki_wifi_rssi: 4,
  });
});

test('-1 stands for a word, there and only there', () => {
  const values = legacyOf({ ...normalDay, ACPOWER: 'VBat low', ZEPCPOWER: 'LINKED', METERPOWER: 'LINKED' });
  assert.equal(values.trucki_inverter_ac_power_output, -1);
  assert.equal(values.trucki_sun_2_ac_power_output, -1);
  assert.equal(values.trucki_zero_export_control_power, -1);
  assert.equal(values.trucki_power_meter_power, -1);
  const modern = valuesOf(readAnswer('stick', silentNight, false));
  assert.ok(!Object.values(modern).includes(-1));
});

test('the zeros of a silent inverter stay with the legacy names, as they always were', () => {
  const values = legacyOf(silentNight);
  assert.deepEqual([values.trucki_voltage_grid, values.trucki_total_energy_grid_output], [0, 0]);
  assert.equal(values.trucki_inverter_ac_power_output, -1);
});

test('a value outside of its range has no legacy name either', () => {
  const body = {
    VGRID: -1234,
    VBAT: 1e300,
    TEMP: 6553,
    TOTALENERGY: 1e300,
    SUN2ROUNDTRIP: 1e9,
    DAYENERGY: 1.5,
  };
  const shown = Object.entries(legacyOf(body)).filter(([, value]) => value !== -1);
  assert.deepEqual(shown, [['trucki_day_energy_grid_output', 1.5]]);
});

test('a word for the Wi-Fi that is not known is 0, a quality in percent has no legacy name', () => {
  assert.equal(legacyOf({ WIFI: 'ROAMING' }).trucki_wifi_state, 0);
  assert.equal(legacyOf({ WIFI: 'CONNECTION_LOST' }).trucki_wifi_state, 9);
  assert.equal('trucki_wifi_rssi' in legacyOf({ ...normalDay, RSSI: 72 }), false);
});

test('a key that is missing is no sample, where trucki2prometheus would say 0', () => {
  assert.deepEqual(
    Object.keys(legacyOf({})).filter((name) => legacyOf({})[name] !== -1),
    [],
  );
});

test('the catalogue holds the 22 names: 21 of its own and trucki_wifi_state without a label', () => {
  const names = Object.keys(legacyOf(threeInverters)).toSorted();
  const listed = [...legacyMetrics.definitions.map(({ name }) => name), 'trucki_wifi_state'].toSorted();
  assert.deepEqual(names, listed);
});

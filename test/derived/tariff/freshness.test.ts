import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Freshness } from '../../../src/derived/tariff/freshness.ts';
import { devicesIn } from '../../../src/derived/tariff/quantities.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-06-12T10:00:00Z');

/** A device with these values, beside a total that it must have to count. */
function device(values: Readonly<Record<string, number>>, serial = 'A') {
  const shown = { growatt_energy_total_kwh: 1, ...values };
  const samples = Object.entries(shown).map(([metric, value]) => ({
    metric,
    value,
    attributes: { plant_id: '1', device_sn: serial },
  }));
  return devicesIn(samples)[0]!;
}

const updated = (at: number) => ({ growatt_last_update_timestamp_seconds: at / 1000 });
const voltage = (volts: number) => ({ growatt_ac_voltage_volts: volts });

test('a device was read anew when one of its values is another than before', () => {
  const freshness = new Freshness();
  assert.equal(freshness.readAt(device(voltage(230)), NOW), undefined, 'it may be an old reading');
  assert.equal(freshness.readAt(device(voltage(230)), NOW + 1), undefined);
  assert.equal(freshness.readAt(device(voltage(231)), NOW + 2), NOW + 2);
  assert.equal(freshness.readAt(device({}), NOW + 3), undefined, 'a value that ends is no reading');
  assert.equal(freshness.readAt(device(voltage(231)), NOW + 4), NOW + 4);
});

test('it has the time that it states, unless that lies ahead or is more than an hour ago', () => {
  const freshness = new Freshness();
  const read = (at: number) => freshness.readAt(device(updated(at)), NOW);
  assert.equal(read(NOW - 9 * HOUR), NOW - 9 * HOUR, 'the first one');
  assert.equal(read(NOW - 300_000), NOW - 300_000);
  assert.equal(read(NOW - HOUR), NOW - HOUR);
  assert.equal(read(NOW - HOUR - 1), NOW);
  assert.equal(read(NOW + 1), NOW);
  assert.equal(new Freshness().readAt(device(updated(NOW + 1)), NOW), undefined);
});

test('devices are told apart, and one that was gone begins anew', () => {
  const freshness = new Freshness();
  freshness.readAt(device(voltage(230)), NOW);
  assert.equal(freshness.readAt(device(voltage(235), 'B'), NOW), undefined);
  freshness.begin();
  freshness.readAt(device(voltage(230)), NOW);
  freshness.begin();
  freshness.readAt(device(voltage(230)), NOW);
  assert.equal(freshness.readAt(device(voltage(236), 'B'), NOW), undefined);
  assert.equal(freshness.readAt(device(voltage(236)), NOW), NOW);
});

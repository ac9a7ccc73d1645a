import assert from 'node:assert/strict';
import { test } from 'node:test';
import { families } from '../../../src/sources/modbus/families.ts';
import { shown } from './shown.ts';

test('the sign of battery and grid power is the vendor’s for each map', () => {
  const battery = (quantity: string, value: number) => {
    const values = shown({ [quantity]: value, battery_soc: 50 });
    return [values.battery_charge_power_watts, values.battery_discharge_power_watts];
  };
  assert.deepEqual(battery('battery_power', 300), [300, 0]);
  assert.deepEqual(battery('battery_power', -300), [0, 300]);
  assert.deepEqual(battery('battery_output', 300), [0, 300]);
  assert.deepEqual(battery('battery_output', -300), [300, 0]);
  const grid = shown({ grid_power: -40, load_power: 9 }, { family: families.spf });
  assert.deepEqual([grid.grid_import_power_watts, grid.grid_export_power_watts], [0, 40]);
});

test('what a battery cannot be without is unknown at 0', () => {
  const zero = {
    battery_soc: 63,
    battery_soh: 0,
    battery_cycles: 0,
    cell_voltage_min: 0,
    battery_voltage: 0,
  };
  assert.deepEqual(shown({ ...zero, battery_current: 0 }), { battery_soc_percent: 63 });
});

test('battery power by the VPP protocol is in 1/10 W or in W, as voltage and current say', () => {
  const features = new Set<string>();
  const wit = (power: number, battery_current: number) => {
    const battery = { battery_soc: 98, battery_voltage: 53.4, battery_current, battery_power: power };
    return shown(battery, { family: families.wit }, features).battery_discharge_power_watts;
  };
  assert.equal(wit(-12.3, 2.4), 12.3);
  assert.equal(wit(-176.4, 34.1), 1764);
  assert.equal(wit(-12.3, 2.4), 123);
  assert.equal(wit(-1820.9, 34.1), 1820.9);
  assert.equal(wit(-12.3, 2.4), 12.3);
  assert.equal(wit(-176.4, 0), 176.4);
});

test('without a battery there is nothing of it', () => {
  assert.deepEqual(
    shown({ battery_soc: 0, battery_voltage: 1.3, battery_current: 0, battery_temperature: 12 }),
    {},
  );
});

const converter = { battery_soc: 63, battery_current: 3.3, battery_discharge_power: 0 };

test('a voltage that is too low to be in 1/100 V is in 1/10 V if current and power say so', () => {
  const modXh = { family: families.modXh };
  const volts = (quantities: Readonly<Record<string, number>>) =>
    shown({ ...converter, ...quantities }, modXh).battery_voltage_volts;
  assert.equal(volts({ bdc_voltage: 210.17 }), 210.17);
  assert.equal(volts({ bdc_voltage: 72.83, battery_discharge_power: 2403 }), 728.3);
  assert.equal(volts({ bdc_voltage: 72.83, battery_discharge_power: 50 }), undefined);
  assert.equal(volts({ bdc_voltage: 72.83, battery_voltage: 728.1 }), 728.1);
  assert.equal(volts({ bdc_voltage: 0 }), undefined);
});

test('the BMS’s current is believed where it fits the power, and on HU models never', () => {
  const amps = (quantities: Readonly<Record<string, number>>, code?: number) =>
    shown({ battery_soc: 63, battery_voltage: 54.3, ...quantities }, { code }).battery_current_amps;
  assert.equal(amps({ bms_current: 14, battery_charge_power: 760 }), 14);
  assert.equal(amps({ bms_current: -58.5, battery_discharge_power: 3050 }), -58.5);
  assert.equal(amps({ bms_current: 1.4, battery_charge_power: 760 }), undefined);
  assert.equal(amps({ bms_current: 14, battery_discharge_power: 760 }), undefined);
  assert.equal(amps({ bms_current: 14, battery_charge_power: 760 }, 3504), undefined);
  assert.equal(amps({ bms_current: 0.2 }), 0.2);
});

test('the state of charge of the battery management stands in for a converter that leaves its own at 0', () => {
  assert.equal(shown({ battery_soc: 0, bms_soc: 63 }).battery_soc_percent, 63);
  assert.equal(shown({ battery_soc: 62, bms_soc: 63 }).battery_soc_percent, 62);
  assert.equal(shown({ battery_soc: 0, bms_soc: 0, battery_charge_power: 5 }).battery_soc_percent, 0);
});

test('what is no voltage of a cell is not shown as one', () => {
  const cells = (cell_voltage_min: number, cell_voltage_max: number) =>
    Object.keys(shown({ battery_soc: 10, cell_voltage_min, cell_voltage_max })).length - 1;
  assert.deepEqual([cells(1.416, 1.704), cells(3.265, 3.269), cells(3.2, 17), cells(0, 0)], [0, 2, 0, 0]);
});

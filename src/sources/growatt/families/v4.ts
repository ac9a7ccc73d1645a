import { phases, pvInputs } from '../fields.ts';
import { type DeviceCall, FAULT, type Family, NORMAL, OTHER } from './family.ts';
import { batteryPort, hybridFields, hybridStatus } from './storage.ts';

/** Families that only the v4 API reads; it takes the family's word with each call, and always reads batches. */
const v4Call = (word: string): DeviceCall => ({
  method: 'POST',
  path: 'v4/new-api/queryLastData',
  param: 'deviceSn',
  fixed: { deviceType: word },
});

const v4Calls = (word: string) => ({ word, last: v4Call(word), batch: v4Call(word) });

const sphS: Family = {
  ...v4Calls('sph-s'),
  status: hybridStatus,
  features: ['battery', 'grid'],
  fields: [
    ...hybridFields,
    ...batteryPort,
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(3, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN' }),
    ...phases(['vac1', 'vac2'], ['iac1', 'iac2']),
  ],
};

/** Commercial hybrid. The sign of its `batPower` is documented nowhere, so that is not read. */
const wit: Family = {
  ...v4Calls('wit'),
  status: hybridStatus,
  features: ['battery', 'grid'],
  fields: [
    ...hybridFields,
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(10, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN' }),
    ...phases(['vac1', 'vac2', 'vac3'], ['iac1', 'iac2', 'iac3']),
    ['growatt_battery_charge_energy_today_kwh', 'echarge1Today+echarge2Today+echarge3Today'],
    ['growatt_battery_charge_energy_total_kwh', 'echarge1Total+echarge2Total+echarge3Total'],
    ['growatt_battery_discharge_energy_today_kwh', 'edischarge1Today+edischarge2Today+edischarge3Today'],
    ['growatt_battery_discharge_energy_total_kwh', 'edischarge1Total+edischarge2Total+edischarge3Total'],
  ],
};

/** Balcony battery. Its charging power is negative while it discharges. */
const noah: Family = {
  ...v4Calls('noah'),
  // 5 is heating; 6 occurs in published answers, and nothing says what it means.
  status: { 1: NORMAL, 4: FAULT, 5: OTHER, 6: OTHER },
  features: ['battery'],
  fields: [
    ['growatt_current_power_watts', 'pac'],
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(4, { voltage: 'pvNVoltage', current: 'pvNCurrent' }),
    ['growatt_energy_today_kwh', 'eacToday'],
    ['growatt_energy_total_kwh', 'eacTotal'],
    ['growatt_battery_soc_percent', 'totalBatteryPackSoc'],
    ['growatt_battery_charge_power_watts', '>totalBatteryPackChargingPower'],
    ['growatt_battery_discharge_power_watts', '<totalBatteryPackChargingPower'],
    ['growatt_battery_temperature_celsius', 'battery1Temp'],
    ['growatt_inverter_temperature_celsius', 'systemTemp'],
    ['growatt_load_power_watts', 'totalHouseholdLoad'],
    ['growatt_fault_code', 'faultStatus'],
  ],
};

/** By `deviceType` in `queryDeviceList`. */
export const v4Families: ReadonlyMap<string, Family> = new Map(
  [sphS, wit, noah].map((family) => [family.word, family]),
);

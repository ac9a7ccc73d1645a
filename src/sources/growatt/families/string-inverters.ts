import { type FieldRow, phases, pvInputs } from '../fields.ts';
import { batchCall, endpoints, FAULT, type Family, NORMAL, WAITING } from './family.ts';
import { gridEnergies } from './grid.ts';

/** Raw status of inverters without a battery of their own. */
const status = { 0: WAITING, 1: NORMAL, 2: WAITING, 3: FAULT };

const gridFlows: readonly FieldRow[] = [
  ['growatt_grid_export_power_watts', 'pacToGridTotal'],
  ['growatt_grid_import_power_watts', 'pacToUserTotal'],
  ['growatt_load_power_watts', 'pacToLocalLoad'],
  ...gridEnergies,
];

/** MIN, MID, MOD, MIC, NEO. `tlx_data_info` is no alternative: its telemetry fields are always 0. */
export const min: Family = {
  word: 'min',
  ...endpoints('tlx', true),
  // 2 is a fault in Growatt's documentation of this call, off-grid in other sources: unverified.
  status: { 0: WAITING, 1: NORMAL, 2: FAULT, 3: FAULT },
  fields: [
    ['growatt_current_power_watts', 'pac'],
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(4, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN' }),
    ...phases(['vac1', 'vac2', 'vac3'], ['iac1', 'iac2', 'iac3']),
    ['growatt_ac_frequency_hz', 'fac'],
    ['growatt_inverter_temperature_celsius', 'temp1'],
    ['growatt_energy_today_kwh', 'eacToday'],
    ['growatt_energy_total_kwh', 'eacTotal'],
    ['growatt_fault_code', 'faultType'],
    ['growatt_warning_code', 'warnCode'],
    ['growatt_battery_soc_percent', 'bmsSoc else bdc1Soc else bdc2Soc'],
    ['growatt_battery_voltage_volts', 'bmsVbat else bdc1Vbat else bdc2Vbat'],
    ['growatt_battery_current_amps', 'bmsIbat'],
    ['growatt_battery_temperature_celsius', 'bmsTemp1Bat'],
    ['growatt_battery_charge_power_watts', 'bdc1ChargePower+bdc2ChargePower'],
    ['growatt_battery_discharge_power_watts', 'bdc1DischargePower+bdc2DischargePower'],
    ['growatt_battery_charge_energy_today_kwh', 'echargeToday'],
    ['growatt_battery_charge_energy_total_kwh', 'echargeTotal'],
    ['growatt_battery_discharge_energy_today_kwh', 'edischargeToday'],
    ['growatt_battery_discharge_energy_total_kwh', 'edischargeTotal'],
    ...gridFlows,
  ],
};

const threePhase: readonly FieldRow[] = [
  ['growatt_current_power_watts', 'pac'],
  ['growatt_pv_power_watts', 'ppv'],
  ...phases(['vacr', 'vacs', 'vact'], ['iacr', 'iacs', 'iact']),
  ['growatt_ac_frequency_hz', 'fac'],
  ['growatt_inverter_temperature_celsius', 'temperature'],
  ['growatt_fault_code', 'faultCode1 else faultType'],
  ['growatt_warning_code', 'warnCode'],
];

/** Older string inverters. The keys of the energies say power; their unit is kWh. */
export const inverter: Family = {
  word: 'inverter',
  last: { method: 'GET', path: 'device/inverter/last_new_data', param: 'device_sn' },
  batch: batchCall('device/inverter/invs_data', 'inverters'),
  status,
  fields: [
    ...threePhase,
    ...pvInputs(10, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN' }),
    ['growatt_energy_today_kwh', 'powerToday'],
    ['growatt_energy_total_kwh', 'powerTotal'],
  ],
};

/** Large three-phase inverters. */
export const max: Family = {
  word: 'max',
  ...endpoints('max', true),
  status,
  fields: [
    ...threePhase,
    ...pvInputs(16, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN' }),
    ['growatt_energy_today_kwh', 'eacToday|powerToday'],
    ['growatt_energy_total_kwh', 'eacTotal|powerTotal'],
  ],
};

/** Diverts surplus to a water heater: what it draws is load. `totalEneny` is the API's spelling. */
export const groboost: Family = {
  word: 'groboost',
  ...endpoints('boost', true),
  fields: [
    ['growatt_load_power_watts', 'power'],
    ['growatt_load_energy_total_kwh', 'totalEneny|totalEnergy'],
    ['growatt_inverter_temperature_celsius', 'temp'],
  ],
  features: ['grid'],
};

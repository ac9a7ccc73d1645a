import { type FieldRow, phases, pvInputs } from '../fields.ts';
import { endpoints, FAULT, type Family, NORMAL, OFFLINE, OTHER, WAITING } from './family.ts';
import { gridEnergies } from './grid.ts';

const features = ['battery', 'grid'] as const;

/** Raw status of SPH and SPA: 5 to 8 are the working modes. */
export const hybridStatus = {
  0: WAITING,
  1: OTHER,
  3: FAULT,
  4: OTHER,
  5: NORMAL,
  6: NORMAL,
  7: NORMAL,
  8: NORMAL,
};

/** What SPH, SPA and the related families of v4 have in common. The powers called Total are sums of phases, in W. */
export const hybridFields: readonly FieldRow[] = [
  ['growatt_current_power_watts', 'pac'],
  ['growatt_ac_frequency_hz', 'fac'],
  ['growatt_inverter_temperature_celsius', 'temp1'],
  ['growatt_energy_today_kwh', 'eacToday'],
  ['growatt_energy_total_kwh', 'eacTotal'],
  ['growatt_fault_code', 'errorCode else faultCode'],
  ['growatt_warning_code', 'warnCode'],
  ['growatt_battery_soc_percent', 'soc else bmsSOC'],
  ['growatt_battery_voltage_volts', 'vbat else bmsBatteryVolt'],
  ['growatt_battery_current_amps', 'bmsBatteryCurr'],
  ['growatt_battery_temperature_celsius', 'bmsBatteryTemp'],
  ['growatt_grid_export_power_watts', 'pacToGridTotal else pacToGridR'],
  ['growatt_grid_import_power_watts', 'pacToUserTotal else pacToUserR'],
  ['growatt_load_power_watts', 'plocalLoadTotal else plocalLoadR'],
  ...gridEnergies,
];

/** One battery port. SPH spells its discharge `edischarge1Today`; other models leave the number out. */
export const batteryPort: readonly FieldRow[] = [
  ['growatt_battery_charge_power_watts', 'pcharge1'],
  ['growatt_battery_discharge_power_watts', 'pdischarge1'],
  ['growatt_battery_charge_energy_today_kwh', 'echarge1Today'],
  ['growatt_battery_charge_energy_total_kwh', 'echarge1Total'],
  ['growatt_battery_discharge_energy_today_kwh', 'edischarge1Today|edischargeToday'],
  ['growatt_battery_discharge_energy_total_kwh', 'edischarge1Total|edischargeTotal'],
];

/** Hybrid inverters, "mix" in the API. */
export const sph: Family = {
  word: 'sph',
  ...endpoints('mix', true),
  status: hybridStatus,
  features,
  fields: [
    ...hybridFields,
    ...batteryPort,
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(2, { voltage: 'vpvN', power: 'ppvN' }),
    ...phases(['vac1', 'vac2', 'vac3']),
  ],
};

/** AC-coupled storage: PV is another inverter's. */
export const spa: Family = {
  word: 'spa',
  ...endpoints('spa', true),
  status: hybridStatus,
  features,
  fields: [
    ...hybridFields,
    ...batteryPort,
    ['growatt_pv_power_watts', 'ppvInverter'],
    ...phases(['vac1', 'vac2', 'vac3']),
  ],
};

/** Off-grid inverters (SPF). Their output is the load; the energy they make is the PV energy. */
export const storage: Family = {
  word: 'storage',
  ...endpoints('storage', false),
  status: {
    ...Object.fromEntries([1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((code) => [code, NORMAL])),
    [-1]: OFFLINE,
    0: WAITING,
    3: FAULT,
  },
  features,
  fields: [
    ['growatt_current_power_watts', 'outPutPower'],
    ['growatt_load_power_watts', 'outPutPower'],
    ['growatt_ac_voltage_volts', 'outPutVolt'],
    ['growatt_ac_current_amps', 'outPutCurrent'],
    ['growatt_ac_frequency_hz', 'freqOutPut'],
    ['growatt_pv_power_watts', 'ppv+ppv2'],
    ['growatt_pv1_power_watts', 'ppv'],
    ['growatt_pv2_power_watts', 'ppv2'],
    ['growatt_pv1_voltage_volts', 'vpv'],
    ['growatt_pv2_voltage_volts', 'vpv2'],
    ['growatt_pv1_current_amps', 'ipv'],
    ['growatt_inverter_temperature_celsius', 'temperature'],
    ['growatt_energy_today_kwh', 'epvToday+epvToday2'],
    ['growatt_energy_total_kwh', 'epvTotal+epvTotal2'],
    ['growatt_fault_code', 'errorCode else faultCode'],
    ['growatt_warning_code', 'warnCode'],
    ['growatt_battery_soc_percent', 'capacity'],
    ['growatt_battery_voltage_volts', 'vBat'],
    ['growatt_battery_temperature_celsius', 'batTemp'],
    ['growatt_battery_charge_power_watts', 'pCharge+pCharge2'],
    ['growatt_battery_discharge_power_watts', 'pDischarge+pDischarge2'],
    ['growatt_battery_charge_energy_today_kwh', 'eChargeToday+eChargeToday2'],
    ['growatt_battery_charge_energy_total_kwh', 'eChargeTotal+eChargeTotal2'],
    ['growatt_battery_discharge_energy_today_kwh', 'eDischargeToday+eDischargeToday2'],
    ['growatt_battery_discharge_energy_total_kwh', 'eDischargeTotal+eDischargeTotal2'],
    ['growatt_grid_import_power_watts', 'pAcInPut else pacToUser'],
    ['growatt_grid_export_power_watts', 'pacToGrid'],
    ['growatt_grid_import_energy_today_kwh', 'eToUserToday'],
    ['growatt_grid_import_energy_total_kwh', 'eToUserTotal'],
    ['growatt_grid_export_energy_today_kwh', 'eToGridToday'],
    ['growatt_grid_export_energy_total_kwh', 'eToGridTotal'],
  ],
};

import { FAULT, NORMAL, OTHER, WAITING } from '../../../metrics/growatt/inverter-status.ts';
import { type FieldRow, phases, pvInputs, temperatures } from '../fields.ts';
import { endpoints, type Family } from './family.ts';

/**
 * ATESS storage systems. Their keys are documented, the scale of their powers is unverified on a live unit.
 */
const status = { 0: WAITING, 1: OTHER, 2: NORMAL, 3: FAULT, 4: FAULT, 5: NORMAL, 6: NORMAL };
const features = ['grid'] as const;

const sensors = temperatures({ 2: 'temp2', 3: 'temp3', 4: 'temp4', 5: 'temp5', 6: 'temp6' });

const battery: readonly FieldRow[] = [
  ['growatt_battery_soc_percent', 'capacity'],
  ['growatt_battery_voltage_volts', 'vbat'],
];

const chargeEnergies: readonly FieldRow[] = [
  ['growatt_battery_charge_energy_today_kwh', 'eChargeToday'],
  ['growatt_battery_charge_energy_total_kwh', 'eChargeTotal'],
  ['growatt_battery_discharge_energy_today_kwh', 'eDischargeToday'],
  ['growatt_battery_discharge_energy_total_kwh', 'eDischargeTotal'],
];

/** Power conversion system: battery and grid, PV on some. `powerGird` is the API's spelling. */
export const pcs: Family = {
  word: 'pcs',
  ...endpoints('pcs', false),
  status,
  features,
  largest: 1_000_000,
  fields: [
    ...battery,
    ...chargeEnergies,
    ['growatt_current_power_watts', 'pcsActivePower'],
    ['growatt_pv_power_watts', 'ppv'],
    ['growatt_load_power_watts', 'loadActivePower'],
    ['growatt_grid_import_power_watts', 'powerGird'],
    ['growatt_grid_export_power_watts', 'toPowerGird|pacToGrid'],
    ...phases(['vacu', 'vacv', 'vacw']),
    ['growatt_ac_frequency_hz', 'vacFrequency else gridFreq'],
    ['growatt_inverter_temperature_celsius', 'temp1'],
    ...sensors,
    ['growatt_bus_voltage_volts', 'bvbus'],
    ['growatt_grid_import_energy_today_kwh', 'gridToday'],
    ['growatt_grid_import_energy_total_kwh', 'gridTotal'],
    ['growatt_grid_export_energy_today_kwh', 'toGridToday'],
    ['growatt_grid_export_energy_total_kwh', 'toGridTotal'],
    ['growatt_load_energy_today_kwh', 'loadToday'],
    ['growatt_load_energy_total_kwh', 'loadTotal'],
    ['growatt_fault_code', 'sysFaultWord1'],
    ['growatt_warning_code', 'alarmCode1 else alarmCode2'],
  ],
};

/** Hybrid power system. */
export const hps: Family = {
  word: 'hps',
  ...endpoints('hps', false),
  status,
  features,
  largest: 1_000_000,
  fields: [
    ...battery,
    ['growatt_current_power_watts', 'pac'],
    ['growatt_pv_power_watts', 'ppv'],
    ['growatt_pv1_voltage_volts', 'vpv'],
    ['growatt_pv2_voltage_volts', 'vpv2'],
    ['growatt_pv1_current_amps', 'ipv'],
    ['growatt_pv2_current_amps', 'ipv2'],
    ['growatt_pv1_power_watts', 'ppv1'],
    ['growatt_pv2_power_watts', 'ppv2'],
    ['growatt_battery_current_amps', 'ibat'],
    ['growatt_load_power_watts', 'loadActivePower'],
    ['growatt_ac_frequency_hz', 'fac else gridFreq'],
    ['growatt_inverter_temperature_celsius', 'temp1'],
    ...sensors,
    ['growatt_pv_energy_today_kwh', 'epvToday'],
    ['growatt_pv_energy_total_kwh', 'epvTotal'],
    ['growatt_pv_insulation_ohms', 'lowest 1: insulDetecPosi*1000,insulDetecNega*1000'],
    ['growatt_energy_today_kwh', 'epvToday'],
    ['growatt_energy_total_kwh', 'epvTotal'],
    ['growatt_battery_charge_energy_today_kwh', 'eChargeToday'],
    ['growatt_battery_charge_energy_total_kwh', 'eBatChargeTotal'],
    ['growatt_battery_discharge_energy_today_kwh', 'eDischargeToday'],
    ['growatt_battery_discharge_energy_total_kwh', 'eBatDischargeTotal'],
    ['growatt_grid_import_energy_today_kwh', 'eGridToday'],
    ['growatt_grid_import_energy_total_kwh', 'eGridTotal'],
    ['growatt_grid_export_energy_today_kwh', 'eToGridToday'],
    ['growatt_grid_export_energy_total_kwh', 'eToGridTotal'],
    ['growatt_load_energy_today_kwh', 'eLoadToday'],
    ['growatt_load_energy_total_kwh', 'eLoadTotal'],
    ['growatt_fault_code', 'sysFaultWord1'],
  ],
};

/** PV to battery: direct current on both sides. */
export const pbd: Family = {
  word: 'pbd',
  ...endpoints('pbd', false),
  status: { 0: WAITING, 1: NORMAL, 3: FAULT },
  largest: 1_000_000,
  fields: [
    ...battery,
    ...chargeEnergies,
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(5, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN' }),
    ['growatt_pv_energy_today_kwh', 'epvToday'],
    ['growatt_pv_energy_total_kwh', 'epvTotal'],
    ['growatt_energy_today_kwh', 'epvToday'],
    ['growatt_energy_total_kwh', 'epvTotal'],
    ['growatt_pv_insulation_ohms', 'lowest 1: risoPVp*1000,risoPVn*1000'],
    ['growatt_bus_voltage_volts', 'bvbus'],
    ['growatt_inverter_temperature_celsius', 'temp'],
    ...temperatures({
      'out module': 'tempoutBuckModule',
      'pv module': 'temppvBuckModule',
      'out inductor': 'tempoutBuckL',
      'pv inductor': 'temppvBuckL',
    }),
  ],
};

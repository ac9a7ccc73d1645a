import { FAULT, NORMAL, WAITING } from '../../../metrics/growatt/inverter-status.ts';
import { type FieldRow, phases, pvInputs, pvStrings, sumOfInputs, temperatures } from '../fields.ts';
import { batchCall, endpoints, type Family } from './family.ts';
import { inverterFaults as faults } from './fault-texts.ts';
import { gridEnergies } from './grid.ts';

/** Raw status of inverters without a battery of their own. */
const status = { 0: WAITING, 1: NORMAL, 2: WAITING, 3: FAULT };

/** With a meter; without one the load repeats the output and has no energy. */
const gridFlows: readonly FieldRow[] = [
  // Some firmware adds the load to the output in a few of a hundred readings; the true export is their difference.
  [
    'growatt_grid_export_power_watts',
    'pacToGridTotal but not pac+pacToLocalLoad else powerOfGridFeed if pacToGridTotal=0',
  ],
  ['growatt_grid_import_power_watts', 'pacToUserTotal else powerOfGridTake'],
  ['growatt_load_power_watts', 'pacToLocalLoad if elocalLoadTotal!=0 else powerOfLoad'],
  ...gridEnergies,
];

const energies = { today: 'epvNToday', total: 'epvNTotal' };

/**
 * What a high-voltage battery is known by. The BMS of some fills neither voltage nor current nor temperature. A
 * second battery converter that is not fitted shows registers of other things, but no voltage of a battery.
 */
const tlxBattery: readonly FieldRow[] = [
  ['growatt_battery_soc_percent', 'bmsSoc else bdc1Soc else bdc2Soc if bdc2Vbat>40'],
  [
    'growatt_battery_voltage_volts',
    'bdc1Vbat if bdc1Vbat>20 else bmsVbat if bmsVbat>20 else bdc2Vbat if bdc2Vbat>40',
  ],
  ['growatt_battery_current_amps', 'bmsIbat else bdc1Ibat'],
  ['growatt_battery_temperature_celsius', 'bmsTemp1Bat'],
  [
    'growatt_battery_charge_power_watts',
    'bdc1ChargePower+bdc2ChargePower if bdc2Vbat>40 else bdc1ChargePower else chargePowerOfBattery',
  ],
  [
    'growatt_battery_discharge_power_watts',
    'bdc1DischargePower+bdc2DischargePower if bdc2Vbat>40 else bdc1DischargePower else disChargePowerOfBattery',
  ],
  ['growatt_battery_charge_energy_today_kwh', 'echargeToday'],
  ['growatt_battery_charge_energy_total_kwh', 'echargeTotal'],
  ['growatt_battery_discharge_energy_today_kwh', 'edischargeToday'],
  ['growatt_battery_discharge_energy_total_kwh', 'edischargeTotal'],
  ['growatt_battery_ac_charge_energy_today_kwh', 'eacChargeToday'],
  ['growatt_battery_ac_charge_energy_total_kwh', 'eacChargeTotal'],
  ['growatt_battery_soh_percent', 'bmsSoh'],
];

/** MIN, MID, MOD, MIC, NEO. `tlx_data_info` is no alternative: its telemetry fields are always 0. */
export const min: Family = {
  word: 'min',
  ...endpoints('tlx', true),
  // 2 is a fault in Growatt's documentation of this call, off-grid in other sources: unverified. 100 is what one
  // owner's device has while it produces.
  status: { 0: WAITING, 1: NORMAL, 2: FAULT, 3: FAULT, 100: NORMAL },
  faults,
  largest: 60_000,
  fields: [
    ['growatt_current_power_watts', 'pac'],
    ['growatt_pv_power_watts', 'ppv else powerOfPhotovoltaic'],
    ...pvInputs(4, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN', ...energies }),
    ['growatt_pv_energy_today_kwh', `epvToday else ${sumOfInputs(4, energies.today)}`],
    ['growatt_pv_energy_total_kwh', 'epvTotal'],
    ...phases(['vac1', 'vac2', 'vac3'], ['iac1', 'iac2', 'iac3']),
    ['growatt_ac_frequency_hz', 'fac'],
    ['growatt_inverter_temperature_celsius', 'temp1'],
    ...temperatures({ ipm: 'temp2', boost: 'temp3', 4: 'temp4', board: 'temp5' }),
    ['growatt_energy_today_kwh', 'eacToday'],
    ['growatt_energy_total_kwh', 'eacTotal'],
    ['growatt_fault_code', 'faultType'],
    ['growatt_warning_code', 'warnCode'],
    ...tlxBattery,
    ...gridFlows,
    ['growatt_self_consumption_power_watts', 'pself'],
    ['growatt_self_consumption_energy_today_kwh', 'eselfToday'],
    ['growatt_self_consumption_energy_total_kwh', 'eselfTotal'],
    ['growatt_eps_power_watts', 'epsPac'],
    ['growatt_eps_voltage_volts', 'epsVac1'],
    ['growatt_eps_frequency_hz', 'epsFac'],
    ['growatt_power_factor_ratio', 'pf'],
    ['growatt_derating_mode', 'deratingMode'],
    ['growatt_output_power_percent', 'realOPPercent'],
    ['growatt_pv_insulation_ohms', 'iso*1000'],
    ['growatt_leakage_current_amps', 'gfci*0.001'],
    ['growatt_bus_voltage_volts', 'pBusVoltage'],
  ],
};

/** The names of the further sensors are documented nowhere. */
const threePhase: readonly FieldRow[] = [
  ['growatt_current_power_watts', 'pac'],
  ['growatt_pv_power_watts', 'ppv'],
  ...phases(['vacr', 'vacs', 'vact'], ['iacr', 'iacs', 'iact']),
  ['growatt_ac_frequency_hz', 'fac'],
  ['growatt_inverter_temperature_celsius', 'temperature'],
  ...temperatures({
    2: 'temperature2',
    3: 'temperature3',
    4: 'temperature4',
    5: 'temperature5',
    ipm: 'ipmTemperature',
  }),
  ['growatt_fault_code', 'faultCode1 else faultType'],
  ['growatt_warning_code', 'warnCode'],
  ['growatt_power_factor_ratio', 'pf'],
  ['growatt_derating_mode', 'deratingMode'],
  ['growatt_output_power_percent', 'realOPPercent'],
  ['growatt_pv_insulation_ohms', 'pvIso*1000'],
  ['growatt_leakage_current_amps', 'gfci*0.001'],
  ['growatt_bus_voltage_volts', 'pBusVoltage'],
];

/** The total of some devices is twice the sum of their inputs and of their output. */
const pvEnergies = (inputs: number): FieldRow[] => [
  ['growatt_pv_energy_today_kwh', `epvToday else ${sumOfInputs(inputs, energies.today)}`],
  ['growatt_pv_energy_total_kwh', `epvTotal ~ ${sumOfInputs(inputs, energies.total)}`],
];

/** Older string inverters. The keys of the energies say power; their unit is kWh. */
export const inverter: Family = {
  word: 'inverter',
  last: { method: 'GET', path: 'device/inverter/last_new_data', param: 'device_sn' },
  batch: batchCall('device/inverter/invs_data', 'inverters'),
  status,
  faults,
  largest: 350_000,
  fields: [
    ...threePhase,
    ...pvInputs(10, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN', ...energies }),
    ...pvEnergies(10),
    ...pvStrings(16),
    // Beside PV energy, 0 is an energy that was not filled.
    ['growatt_energy_today_kwh', 'powerToday if powerTotal>0 else powerToday if epvTotal=0'],
    ['growatt_energy_total_kwh', 'powerTotal if powerTotal>0 else powerTotal if epvTotal=0'],
  ],
};

/** Large three-phase inverters. */
export const max: Family = {
  word: 'max',
  ...endpoints('max', true),
  status,
  faults,
  largest: 350_000,
  fields: [
    ...threePhase,
    ...pvInputs(16, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN', ...energies }),
    ...pvEnergies(16),
    ...pvStrings(32),
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

import { FAULT, NORMAL, OFFLINE, WAITING, WORKING_MODES } from '../../../metrics/growatt/inverter-status.ts';
import { cellVoltages, type FieldRow, phases, pvInputs, sumOfInputs, temperatures } from '../fields.ts';
import { endpoints, type Family } from './family.ts';
import { inverterFaults, offGridFaults } from './fault-texts.ts';
import { gridEnergies } from './grid.ts';

const features = ['grid'] as const;

/** Raw status of SPH and SPA. */
export const hybridStatus = { ...WORKING_MODES, 0: WAITING };

/** What SPH, SPA and the related families of v4 have in common. The powers called Total are sums of phases, in W. */
export const hybridFields: readonly FieldRow[] = [
  ['growatt_current_power_watts', 'pac'],
  ['growatt_ac_frequency_hz', 'fac'],
  ['growatt_energy_today_kwh', 'eacToday'],
  ['growatt_energy_total_kwh', 'eacTotal'],
  ['growatt_fault_code', 'errorCode else faultCode'],
  ['growatt_warning_code', 'warnCode'],
  ['growatt_battery_soc_percent', 'soc else bmsSOC'],
  ['growatt_battery_current_amps', 'bmsBatteryCurr'],
  // The second is ten times too large in some answers.
  ['growatt_battery_temperature_celsius', 'bmsBatteryTemp else batteryTemperature'],
  ['growatt_battery_cycles_total', 'bmsCycleCnt else uwBatCycleCntPr'],
  ['growatt_battery_ac_charge_power_watts', 'acChargePower'],
  ['growatt_battery_ac_charge_energy_today_kwh', 'acChargeEnergyToday'],
  ['growatt_battery_ac_charge_energy_total_kwh', 'acChargeEnergyTotal'],
  ['growatt_grid_export_power_watts', 'pacToGridTotal else pacToGridR'],
  ['growatt_grid_import_power_watts', 'pacToUserTotal else pacToUserR'],
  ['growatt_load_power_watts', 'plocalLoadTotal else plocalLoadR'],
  ...gridEnergies,
  ['growatt_self_consumption_power_watts', 'pself'],
  ['growatt_self_consumption_energy_today_kwh', 'eselfToday'],
  ['growatt_self_consumption_energy_total_kwh', 'eselfTotal'],
  ['growatt_eps_power_watts', 'upsPac1+upsPac2+upsPac3'],
  ['growatt_eps_voltage_volts', 'upsVac1'],
  ['growatt_eps_frequency_hz', 'upsFac'],
  ['growatt_derating_mode', 'deratingMode'],
];

const cells = Array.from({ length: 16 }, (_, i) => `bmsCell${i + 1}Volt`).join(',');

/** What SPH and SPA add: a low-voltage battery of 16 cells, and an inverter with its temperatures. */
const lowVoltage: readonly FieldRow[] = [
  ['growatt_battery_voltage_volts', 'vbat else bmsBatteryVolt else vBatDsp'],
  ['growatt_battery_soh_percent', 'bmsSOH'],
  ...cellVoltages(cells),
  ['growatt_inverter_temperature_celsius', 'temp1'],
  ...temperatures({ ipm: 'temp2', boost: 'temp3' }),
  ['growatt_bus_voltage_volts', 'vBus1'],
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
  faults: inverterFaults,
  largest: 60_000,
  features,
  fields: [
    ...hybridFields,
    ...batteryPort,
    ...lowVoltage,
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(2, { voltage: 'vpvN', power: 'ppvN', today: 'epvNToday', total: 'epvNTotal' }),
    ['growatt_pv_energy_today_kwh', `epvToday else ${sumOfInputs(2, 'epvNToday')}`],
    ['growatt_pv_energy_total_kwh', 'epvTotal'],
    ...phases(['vac1', 'vac2', 'vac3']),
  ],
};

/** AC-coupled storage: PV is another inverter's. */
export const spa: Family = {
  word: 'spa',
  ...endpoints('spa', true),
  status: hybridStatus,
  faults: inverterFaults,
  largest: 30_000,
  features,
  fields: [
    ...hybridFields,
    ...batteryPort,
    ...lowVoltage,
    ['growatt_pv_power_watts', 'ppvInverter'],
    ['growatt_pv_energy_today_kwh', 'epvInverterToday'],
    ['growatt_pv_energy_total_kwh', 'epvInverterTotal'],
    ...phases(['vac1', 'vac2', 'vac3']),
  ],
};

const NO_OUTPUT = 'outPutPower=0 and outPutVolt=0';
const storageCells = ['bmsCellVoltageN', 'cellVoltageN', 'bmsCellVoltN']
  .flatMap((key) => Array.from({ length: 16 }, (_, i) => key.replace('N', String(i + 1))))
  .join(',');

/**
 * Off-grid inverters (SPF) and the older SP. The output of an SPF is the load, and its backup output; the energy it
 * makes is the PV energy. An SP has no such output: its AC values are those towards the house.
 */
export const storage: Family = {
  word: 'storage',
  ...endpoints('storage', false),
  status: {
    ...Object.fromEntries([1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((code) => [code, NORMAL])),
    [-1]: OFFLINE,
    0: WAITING,
    3: FAULT,
  },
  faults: offGridFaults,
  largest: 15_000,
  features,
  fields: [
    ['growatt_current_power_watts', `outPutPower else sysOut if ${NO_OUTPUT}`],
    [
      'growatt_load_power_watts',
      'outPutPower if outPutPower>0 else outPutPower if outPutVolt>0 else outPutPower if sysOut=0',
    ],
    ['growatt_ac_voltage_volts', `outPutVolt else vac if ${NO_OUTPUT}`],
    ['growatt_ac_current_amps', 'outPutCurrent if outPutCurrent>0 else outPutCurrent if vac=0'],
    ['growatt_ac_frequency_hz', 'freqOutPut if freqOutPut>0 else freqOutPut if vac=0'],
    ['growatt_eps_power_watts', 'outPutPower'],
    ['growatt_eps_voltage_volts', 'outPutVolt'],
    ['growatt_eps_frequency_hz', 'freqOutPut'],
    ['growatt_pv_power_watts', 'ppv+ppv2'],
    ['growatt_pv1_power_watts', 'ppv'],
    ['growatt_pv2_power_watts', 'ppv2'],
    ['growatt_pv1_voltage_volts', 'vpv'],
    ['growatt_pv2_voltage_volts', 'vpv2'],
    ['growatt_pv1_current_amps', 'ipv if ipv>0 else ipv if ppv=0'],
    ['growatt_pv_energy_today_kwh', 'epvToday+epvToday2'],
    ['growatt_pv_energy_total_kwh', 'epvTotal+epvTotal2'],
    ['growatt_pv1_energy_today_kwh', 'epvToday'],
    ['growatt_pv1_energy_total_kwh', 'epvTotal'],
    ['growatt_pv2_energy_today_kwh', 'epvToday2'],
    ['growatt_pv2_energy_total_kwh', 'epvTotal2'],
    ['growatt_inverter_temperature_celsius', 'invTemperature else temperature'],
    ...temperatures({
      dc: 'dcDcTemperature',
      buck1: 'buck1_NTCTemperature',
      buck2: 'buck2_NTCTemperature',
      ipm: 'ipmTemperature',
    }),
    ['growatt_energy_today_kwh', 'epvToday+epvToday2'],
    ['growatt_energy_total_kwh', 'epvTotal+epvTotal2'],
    ['growatt_fault_code', 'errorCode else faultCode'],
    ['growatt_warning_code', 'warnCode'],
    ['growatt_battery_soc_percent', 'capacity else bmsSoc'],
    ['growatt_battery_voltage_volts', 'vBat'],
    ['growatt_battery_temperature_celsius', 'batTemp else bmsBatteryTemp'],
    ['growatt_battery_soh_percent', 'bmsSoh|soh'],
    ['growatt_battery_cycles_total', 'cycleCount'],
    ...cellVoltages(storageCells),
    ['growatt_battery_charge_power_watts', 'pCharge+pCharge2'],
    ['growatt_battery_discharge_power_watts', 'pDischarge+pDischarge2'],
    ['growatt_battery_charge_energy_today_kwh', 'eChargeToday+eChargeToday2'],
    ['growatt_battery_charge_energy_total_kwh', 'eChargeTotal+eChargeTotal2'],
    // Firmware fills the one or the other.
    [
      'growatt_battery_discharge_energy_today_kwh',
      'eBatDisChargeToday else eDischargeToday+eDischargeToday2',
    ],
    [
      'growatt_battery_discharge_energy_total_kwh',
      'eBatDisChargeTotal else eDischargeTotal+eDischargeTotal2',
    ],
    ['growatt_battery_ac_charge_power_watts', 'pAcCharge'],
    ['growatt_battery_ac_charge_energy_today_kwh', 'eacChargeToday'],
    ['growatt_battery_ac_charge_energy_total_kwh', 'eacChargeTotal'],
    ['growatt_grid_import_power_watts', 'pAcInPut else pacToUser'],
    ['growatt_grid_export_power_watts', 'pacToGrid'],
    ['growatt_grid_import_energy_today_kwh', 'eToUserToday'],
    ['growatt_grid_import_energy_total_kwh', 'eToUserTotal'],
    ['growatt_grid_export_energy_today_kwh', 'eToGridToday'],
    ['growatt_grid_export_energy_total_kwh', 'eToGridTotal'],
    ['growatt_bus_voltage_volts', 'vBus'],
  ],
};

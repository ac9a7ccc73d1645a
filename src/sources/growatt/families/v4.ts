import { FAULT, NORMAL, OTHER } from '../../../metrics/growatt/inverter-status.ts';
import { cellVoltages, phases, pvInputs, pvStrings, temperatures } from '../fields.ts';
import type { DeviceCall, Family } from './family.ts';
import { inverterFaults, packFaults } from './fault-texts.ts';
import { batteryPort, hybridFields, hybridStatus } from './storage.ts';

/** Families that only the v4 API reads; it takes the family's word with each call, and always reads batches. */
const v4Call = (word: string): DeviceCall => ({
  method: 'POST',
  path: 'v4/new-api/queryLastData',
  param: 'deviceSn',
  fixed: { deviceType: word },
});

const v4Calls = (word: string) => ({ word, last: v4Call(word), batch: v4Call(word) });

const energies = { today: 'epvNToday', total: 'epvNTotal' };

/** The text of its status follows `sysStatus`, which disagrees with `status`, and says fault while it works. */
const sphS: Family = {
  ...v4Calls('sph-s'),
  status: hybridStatus,
  modeFirst: true,
  faults: inverterFaults,
  largest: 30_000,
  features: ['grid'],
  fields: [
    ...hybridFields,
    ...batteryPort,
    // `bmsBatteryVolt` is a tenth of it.
    ['growatt_battery_voltage_volts', 'vbat else vbat1'],
    ['growatt_battery_soh_percent', 'bmsSOH'],
    ['growatt_inverter_temperature_celsius', 'invTemp else temp1'],
    ...temperatures({ dc: 'dcTemp' }),
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(3, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN', ...energies }),
    ['growatt_pv_energy_today_kwh', 'epvToday'],
    ['growatt_pv_energy_total_kwh', 'epvTotal'],
    ...phases(['vac1', 'vac2'], ['iac1', 'iac2']),
    ['growatt_power_factor_ratio', 'pf'],
  ],
};

/** Commercial hybrid. The sign of its `batPower` is documented nowhere, so that is not read. */
const wit: Family = {
  ...v4Calls('wit'),
  status: { ...hybridStatus, 1: NORMAL },
  faults: inverterFaults,
  largest: 150_000,
  features: ['grid'],
  fields: [
    ...hybridFields,
    // 48 V is what a high-voltage battery has under the first key.
    ['growatt_battery_voltage_volts', 'vBatDsp if vBatDsp>100 else vbat else bmsBatteryVolt'],
    ['growatt_battery_soh_percent', 'soh else bmsSOH'],
    ['growatt_inverter_temperature_celsius', 'temp1'],
    ...temperatures({ ipm: 'temp2', boost: 'temp3' }),
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(10, { voltage: 'vpvN', current: 'ipvN', power: 'ppvN', ...energies }),
    ['growatt_pv_energy_today_kwh', 'epvToday'],
    ['growatt_pv_energy_total_kwh', 'epvTotal'],
    ...pvStrings(20),
    ...phases(['vac1', 'vac2', 'vac3'], ['iac1', 'iac2', 'iac3']),
    ['growatt_battery_charge_energy_today_kwh', 'echarge1Today+echarge2Today+echarge3Today'],
    ['growatt_battery_charge_energy_total_kwh', 'echarge1Total+echarge2Total+echarge3Total'],
    ['growatt_battery_discharge_energy_today_kwh', 'edischarge1Today+edischarge2Today+edischarge3Today'],
    ['growatt_battery_discharge_energy_total_kwh', 'edischarge1Total+edischarge2Total+edischarge3Total'],
    ['growatt_power_factor_ratio', 'pf'],
    ['growatt_pv_insulation_ohms', 'pvIso*1000'],
    ['growatt_bus_voltage_volts', 'vBusP'],
  ],
};

/**
 * Balcony batteries NOAH and NEXA. Their charging power is negative while they discharge, the output of a NEXA as
 * well; the power at the meter is negative for export. Loads of a NEXA that should be negative wrap at 65536.
 */
const noah: Family = {
  ...v4Calls('noah'),
  // 5 is heating. 6 is what every published answer of a NEXA has, charging, discharging and idle.
  status: { 1: NORMAL, 4: FAULT, 5: OTHER, 6: NORMAL },
  faults: packFaults,
  largest: 10_000,
  fields: [
    ['growatt_current_power_watts', '<pac else pac'],
    ['growatt_pv_power_watts', 'ppv'],
    ...pvInputs(4, { voltage: 'pvNVoltage', current: 'pvNCurrent' }),
    ['growatt_energy_today_kwh', 'eacToday'],
    ['growatt_energy_total_kwh', 'eacTotal'],
    ['growatt_battery_soc_percent', 'totalBatteryPackSoc'],
    ['growatt_battery_charge_power_watts', '>totalBatteryPackChargingPower'],
    ['growatt_battery_discharge_power_watts', '<totalBatteryPackChargingPower'],
    ['growatt_battery_temperature_celsius', 'battery1Temp'],
    ['growatt_battery_soh_percent', 'batterySoh'],
    ['growatt_battery_cycles_total', 'batteryCycles'],
    ...cellVoltages('minCellVoltage*0.001,maxCellVoltage*0.001'),
    ['growatt_inverter_temperature_celsius', 'systemTemp'],
    ...temperatures({
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [`pv${n}`, `pv${n}Temp`])),
      ...Object.fromEntries(
        [2, 3, 4].map((n) => [`battery${n}`, `battery${n}Temp if batteryPackageQuantity>${n - 1}`]),
      ),
    }),
    ['growatt_grid_import_power_watts', '>ctSelfPower'],
    ['growatt_grid_export_power_watts', '<ctSelfPower'],
    [
      'growatt_load_power_watts',
      'totalHouseholdLoad if totalHouseholdLoad<32768 else householdLoadApartFromGroplug',
    ],
    ['growatt_eps_power_watts', 'offGridPower'],
    ['growatt_eps_voltage_volts', 'offGridVoltage'],
    ['growatt_fault_code', 'faultStatus'],
  ],
};

/** By `deviceType` in `queryDeviceList`. */
export const v4Families: ReadonlyMap<string, Family> = new Map(
  [sphS, wit, noah].map((family) => [family.word, family]),
);

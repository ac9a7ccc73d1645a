import type { Endpoint } from '../call.ts';
import type { FieldRow } from '../fields.ts';
import type { Family } from './family.ts';

/** A family on the bus of a datalogger, read by the datalogger's serial number and an address. */
export interface BusFamily {
  readonly family: Family;
  /** Lists the addresses behind one datalogger. */
  readonly list: Endpoint;
  /** Where the list stands in the answer. */
  readonly key: string;
  /** How `device/list` calls its devices; all share one such name. */
  readonly listedAs: RegExp;
}

const perPhase = (metric: string, key: string): FieldRow[] =>
  ['1', '2', '3'].map((phase) => [metric, `${key}${phase}`, { phase }]);

/**
 * Smart meter. Forward is usually import and reverse export, and a positive power import: inferred, since
 * Growatt documents neither, and an installer may have turned the meter round.
 */
const meter: Family = {
  word: 'meter',
  last: { method: 'GET', path: 'device/ammeter/meter_last_data', param: 'datalog_sn' },
  fields: [
    ['growatt_meter_power_watts', 'activePower'],
    ...perPhase('growatt_meter_phase_voltage_volts', 'voltageL'),
    ...perPhase('growatt_meter_phase_current_amps', 'currentL'),
    ['growatt_meter_frequency_hz', 'frequency'],
    ['growatt_meter_power_factor_ratio', 'powerFactor'],
    ['growatt_meter_import_energy_today_kwh', 'positiveActiveTodayEnergy'],
    ['growatt_meter_import_energy_total_kwh', 'positiveActiveTotalEnergy'],
    ['growatt_meter_export_energy_today_kwh', 'reverseActiveTodayEnergy'],
    ['growatt_meter_export_energy_total_kwh', 'reverseActiveTotalEnergy'],
  ],
};

/** Weather station. */
const environment: Family = {
  word: 'environment',
  last: { method: 'GET', path: 'device/env/env_last_data', param: 'datalog_sn' },
  fields: [
    ['growatt_environment_temperature_celsius', 'envTemp'],
    ['growatt_environment_panel_temperature_celsius', 'panelTemp'],
    ['growatt_environment_irradiance_watts_per_square_meter', 'radiant'],
    ['growatt_environment_wind_speed_meters_per_second', 'windSpeed'],
    ['growatt_environment_wind_direction_degrees', 'windAngle'],
    ['growatt_environment_humidity_percent', 'envHumidity'],
  ],
};

export const busFamilies: readonly BusFamily[] = [
  {
    family: meter,
    list: { method: 'GET', path: 'device/ammeter/meter_list' },
    key: 'meters',
    listedAs: /^(am)?meter/i,
  },
  {
    family: environment,
    list: { method: 'GET', path: 'device/env/env_list' },
    key: 'envs',
    listedAs: /^env/i,
  },
];

/** `type` in `device/list` of everything on a bus. */
export const BUS_TYPE = 3;

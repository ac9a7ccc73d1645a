/**
 * What the keys of a Trucki stick mean, as data. Sources: trucki2prometheus, the T2SG firmware 1.12, the
 * energy-node bridge and OpenDTU-OnBattery; the keys of T2MG and T2HG are unverified on a real stick.
 */

/** What a number belongs to; it is left out while that is not there or does not answer. */
export type Needs = 'inverter' | 'remote' | 'meter' | 'grid-voltage';

/** One row of the table of numbers. */
export interface NumberRow {
  readonly key: string;
  readonly metric: string;
  readonly inverter?: '1' | '2' | '3';
  /** Multiplied with the value, e.g. ms to s. */
  readonly scale?: number;
  /** `remote`: the linked stick of this row's inverter. */
  readonly needs?: Needs;
  /** As `needs`, for a 0 only: the stick sets to 0 what it cannot read. */
  readonly zeroNeeds?: Needs;
  /** Believed only within these bounds. */
  readonly range?: readonly [number, number];
  /** What lies outside the range stands for "none", and is no false value. */
  readonly noneOutsideRange?: boolean;
}

export const numberRows: readonly NumberRow[] = [
  { key: 'VGRID', metric: 'trucki_grid_voltage_volts', needs: 'inverter' },
  { key: 'VBAT', metric: 'trucki_battery_voltage_volts', needs: 'inverter' },
  // The register is unsigned: below 0 °C it reads thousands. Without grid voltage, 0 was not measured either.
  {
    key: 'TEMP',
    metric: 'trucki_inverter_temperature_celsius',
    needs: 'inverter',
    zeroNeeds: 'grid-voltage',
    range: [-40, 150],
  },
  { key: 'ACPOWER', metric: 'trucki_inverter_ac_power_watts', inverter: '1' },
  { key: 'ACPOWERSUN2', metric: 'trucki_inverter_ac_power_watts', inverter: '2' },
  { key: 'ACPOWERSUN3', metric: 'trucki_inverter_ac_power_watts', inverter: '3' },
  { key: 'SETACPOWER', metric: 'trucki_inverter_ac_power_setpoint_watts', inverter: '1' },
  { key: 'SUN2SETPOINT', metric: 'trucki_inverter_ac_power_setpoint_watts', inverter: '2', needs: 'remote' },
  { key: 'SUN3SETPOINT', metric: 'trucki_inverter_ac_power_setpoint_watts', inverter: '3', needs: 'remote' },
  { key: 'POWERLIMIT', metric: 'trucki_inverter_ac_power_limit_watts', inverter: '1' },
  { key: 'SUN2POWERLIMIT', metric: 'trucki_inverter_ac_power_limit_watts', inverter: '2', needs: 'remote' },
  { key: 'SUN3POWERLIMIT', metric: 'trucki_inverter_ac_power_limit_watts', inverter: '3', needs: 'remote' },
  // -1: the last datagram was not answered; 0: never linked.
  {
    key: 'SUN2ROUNDTRIP',
    metric: 'trucki_remote_round_trip_seconds',
    inverter: '2',
    scale: 0.001,
    needs: 'remote',
    range: [1, 60_000],
    noneOutsideRange: true,
  },
  {
    key: 'SUN3ROUNDTRIP',
    metric: 'trucki_remote_round_trip_seconds',
    inverter: '3',
    scale: 0.001,
    needs: 'remote',
    range: [1, 60_000],
    noneOutsideRange: true,
  },
  { key: 'METERPOWER', metric: 'trucki_meter_power_watts' },
  {
    key: 'METERREADOUT',
    metric: 'trucki_meter_read_duration_seconds',
    scale: 0.001,
    needs: 'meter',
    range: [0, 600_000],
  },
  { key: 'METERDAYENERGY', metric: 'trucki_meter_import_energy_today_kwh' },
  { key: 'DAYENERGY', metric: 'trucki_inverter_energy_today_kwh', zeroNeeds: 'inverter' },
  { key: 'TOTALENERGY', metric: 'trucki_inverter_energy_total_kwh', zeroNeeds: 'inverter' },
  { key: 'ZEPCPOWER', metric: 'trucki_zero_export_power_watts' },
  { key: 'DCPOWER', metric: 'trucki_charger_dc_power_watts' },
  { key: 'SETDCPOWER', metric: 'trucki_charger_dc_power_setpoint_watts' },
  { key: 'IOUT', metric: 'trucki_charger_output_current_amps' },
  { key: 'IOUTSET', metric: 'trucki_charger_output_current_setpoint_amps' },
  { key: 'VOUTSET', metric: 'trucki_charger_output_voltage_setpoint_volts' },
  { key: 'MWEFFICIENCY', metric: 'trucki_charger_efficiency_ratio', scale: 0.01, range: [0, 100] },
];

/** The words of the power keys. A controller that is not in normal state also puts its word into METERPOWER. */
export const NOT_SET = 'not set';
export const NOT_FOUND = 'not found';
export const BATTERY_LOW = 'vbat low';

export const zeroExportStates = ['enabled', 'disabled', 'manual', 'mqtt', 'linked', 'unknown'] as const;
/** The words that replace a number. */
export const powerWords: ReadonlySet<string> = new Set([
  NOT_SET,
  NOT_FOUND,
  BATTERY_LOW,
  ...zeroExportStates,
]);

export const meterStates = ['ok', 'not_set', 'not_found', 'inactive'] as const;

/** In the order of trucki2prometheus, whose metric has their numbers. */
export const wifiStates = [
  'disconnected',
  'connected',
  'not_set',
  'connecting',
  'no_shield',
  'idle_status',
  'connect_failed',
  'no_ssid_avail',
  'scan_completed',
  'connection_lost',
  'unknown',
] as const;

/** From level 0 up; the dBm behind the words are not published. */
export const wifiQualities: readonly string[] = ['bad', 'not good', 'okay', 'fairly good', 'very good'];

/** A legacy metric is a plain copy of its key; where marked, -1 replaces a word or an unreadable value. */
export interface LegacyRow {
  readonly key: string;
  readonly metric: string;
  readonly fallback?: -1;
}

export const legacyRows: readonly LegacyRow[] = [
  { key: 'VGRID', metric: 'trucki_voltage_grid' },
  { key: 'VBAT', metric: 'trucki_voltage_battery' },
  { key: 'SETACPOWER', metric: 'trucki_set_ac_power' },
  { key: 'TEMP', metric: 'trucki_inverter_temperature' },
  { key: 'POWERLIMIT', metric: 'trucki_power_limit' },
  { key: 'SUN2ROUNDTRIP', metric: 'trucki_sun_2_round_trip', fallback: -1 },
  { key: 'SUN2SETPOINT', metric: 'trucki_sun_2_set_point' },
  { key: 'SUN2POWERLIMIT', metric: 'trucki_sun_2_power_limit' },
  { key: 'SUN3ROUNDTRIP', metric: 'trucki_sun_3_round_trip', fallback: -1 },
  { key: 'SUN3SETPOINT', metric: 'trucki_sun_3_set_point' },
  { key: 'SUN3POWERLIMIT', metric: 'trucki_sun_3_power_limit' },
  { key: 'METERREADOUT', metric: 'trucki_power_meter_readout' },
  { key: 'DAYENERGY', metric: 'trucki_day_energy_grid_output' },
  { key: 'TOTALENERGY', metric: 'trucki_total_energy_grid_output' },
  { key: 'METERDAYENERGY', metric: 'trucki_power_meter_day_energy' },
  { key: 'ACPOWER', metric: 'trucki_inverter_ac_power_output', fallback: -1 },
  { key: 'ACPOWERSUN2', metric: 'trucki_sun_2_ac_power_output', fallback: -1 },
  { key: 'ACPOWERSUN3', metric: 'trucki_sun_3_ac_power_output', fallback: -1 },
  { key: 'ZEPCPOWER', metric: 'trucki_zero_export_control_power', fallback: -1 },
  { key: 'METERPOWER', metric: 'trucki_power_meter_power', fallback: -1 },
];

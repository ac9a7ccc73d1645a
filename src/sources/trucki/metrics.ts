import type { Metric } from '../../model/metric.ts';
import { define } from '../../model/metric.ts';

const inverter = ['inverter'];

/** All metrics of Trucki sticks but the legacy names. */
export const truckiMetrics: readonly Metric[] = define(
  ['stick'],
  [
    ['trucki_up', 'Whether the stick could be read the last time, 1 or 0.', 'fact'],
    ['trucki_grid_voltage_volts', 'AC grid voltage measured by the inverter (VGRID).'],
    ['trucki_battery_voltage_volts', 'Battery voltage measured by the inverter (VBAT).'],
    ['trucki_inverter_temperature_celsius', 'Temperature of the inverter (TEMP).'],
    [
      'trucki_inverter_ac_power_watts',
      'AC output power (ACPOWER, ACPOWERSUN2, ACPOWERSUN3).',
      'instant',
      inverter,
    ],
    ['trucki_inverter_reachable', 'Whether the stick reaches this inverter, 1 or 0.', 'instant', inverter],
    ['trucki_battery_low', 'Whether the inverter stopped for low battery voltage, 1 or 0 (ACPOWER).'],
    [
      'trucki_inverter_ac_power_setpoint_watts',
      'AC power asked of the inverter (SETACPOWER, SUNnSETPOINT).',
      'instant',
      inverter,
    ],
    [
      'trucki_inverter_ac_power_limit_watts',
      'AC power allowed at present (POWERLIMIT, SUNnPOWERLIMIT).',
      'instant',
      inverter,
    ],
    [
      'trucki_remote_round_trip_seconds',
      'Round trip to a remote stick (SUNnROUNDTRIP).',
      'instant',
      inverter,
    ],
    ['trucki_meter_power_watts', 'Power at the house meter, positive is import (METERPOWER).'],
    ['trucki_meter_read_duration_seconds', 'Duration of the last read of the house meter (METERREADOUT).'],
    ['trucki_meter_import_energy_today_kwh', 'Energy drawn from the grid today (METERDAYENERGY).', 'today'],
    [
      'trucki_inverter_energy_today_kwh',
      'AC energy of the day, counted by the inverter (DAYENERGY).',
      'today',
    ],
    ['trucki_inverter_energy_total_kwh', 'AC energy since the inverter was made (TOTALENERGY).', 'lifetime'],
    [
      'trucki_zero_export_power_watts',
      'Power the zero export controller wants of all inverters (ZEPCPOWER).',
    ],
    [
      'trucki_zero_export_state',
      'State of the zero export controller: 1 for the present one.',
      'instant',
      ['state'],
    ],
    ['trucki_meter_state', 'State of the house meter: 1 for the present one.', 'instant', ['state']],
    ['trucki_wifi_state', 'State of the Wi-Fi connection: 1 for the present one.', 'instant', ['state']],
    ['trucki_wifi_quality_level', 'Wi-Fi quality, 0 bad to 4 very good (RSSI as words).'],
    ['trucki_wifi_quality_ratio', 'Wi-Fi quality, 0 to 1 (RSSI as a number, firmware up to 1.12).'],
    ['trucki_uptime_seconds', 'Time since the stick started (UPTIME).'],
    ['trucki_charger_dc_power_watts', 'DC power of the charger (DCPOWER).'],
    ['trucki_charger_dc_power_setpoint_watts', 'DC power asked of the charger (SETDCPOWER).'],
    ['trucki_charger_output_current_amps', 'Output current of the charger (IOUT).'],
    ['trucki_charger_output_current_setpoint_amps', 'Output current asked of the charger (IOUTSET).'],
    ['trucki_charger_output_voltage_setpoint_volts', 'Output voltage asked of the charger (VOUTSET).'],
    ['trucki_charger_efficiency_ratio', 'Efficiency of the charger, 0 to 1 (MWEFFICIENCY).'],
  ],
);

/**
 * trucki2prometheus's names, exposed with TRUCKI_LEGACY_NAMES; -1 means there what it meant there. Its
 * `trucki_wifi_state` shares the modern metric's name and differs by having no label `state`.
 */
export const truckiLegacyMetrics: readonly Metric[] = define(
  ['stick'],
  [
    ['trucki_voltage_grid', 'Legacy name: grid voltage in volts (VGRID).'],
    ['trucki_voltage_battery', 'Legacy name: battery voltage in volts (VBAT).'],
    ['trucki_set_ac_power', 'Legacy name: AC power setpoint in watts (SETACPOWER).'],
    ['trucki_inverter_temperature', 'Legacy name: inverter temperature in degrees Celsius (TEMP).'],
    ['trucki_power_limit', 'Legacy name: AC power limit in watts (POWERLIMIT).'],
    ['trucki_sun_2_round_trip', 'Legacy name: round trip to inverter 2 in milliseconds, -1 for none.'],
    ['trucki_sun_2_set_point', 'Legacy name: AC power setpoint of inverter 2 in watts (SUN2SETPOINT).'],
    ['trucki_sun_2_power_limit', 'Legacy name: AC power limit of inverter 2 in watts (SUN2POWERLIMIT).'],
    ['trucki_sun_3_round_trip', 'Legacy name: round trip to inverter 3 in milliseconds, -1 for none.'],
    ['trucki_sun_3_set_point', 'Legacy name: AC power setpoint of inverter 3 in watts (SUN3SETPOINT).'],
    ['trucki_sun_3_power_limit', 'Legacy name: AC power limit of inverter 3 in watts (SUN3POWERLIMIT).'],
    ['trucki_power_meter_readout', 'Legacy name: duration of a meter read in milliseconds (METERREADOUT).'],
    ['trucki_day_energy_grid_output', 'Legacy name: AC energy of the day in kWh (DAYENERGY).'],
    ['trucki_total_energy_grid_output', 'Legacy name: AC energy in total in kWh (TOTALENERGY).'],
    [
      'trucki_power_meter_day_energy',
      'Legacy name: energy drawn from the grid today in kWh (METERDAYENERGY).',
    ],
    ['trucki_inverter_ac_power_output', 'Legacy name: AC output power in watts, -1 for a word (ACPOWER).'],
    ['trucki_sun_2_ac_power_output', 'Legacy name: AC output power of inverter 2 in watts, -1 for a word.'],
    ['trucki_sun_3_ac_power_output', 'Legacy name: AC output power of inverter 3 in watts, -1 for a word.'],
    [
      'trucki_zero_export_control_power',
      'Legacy name: zero export power in watts, -1 for a word (ZEPCPOWER).',
    ],
    ['trucki_power_meter_power', 'Legacy name: power at the meter in watts, -1 for a word (METERPOWER).'],
    ['trucki_wifi_rssi', 'Legacy name: Wi-Fi quality, 0 bad to 4 very good (RSSI).'],
  ],
);

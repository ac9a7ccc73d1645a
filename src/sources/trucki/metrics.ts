import { define, type MetricGroup, type Range } from '../../model/metric.ts';

const labels = ['stick'];
const ofInverter = { labels: ['inverter'] };
const ofState = { labels: ['state'] };

/** Sticks drive inverters of up to 2 kW on batteries of up to 60 V, three of them in all. */
const POWER: Range = [0, 20_000];
const GRID_VOLTAGE: Range = [0, 500];
const BATTERY_VOLTAGE: Range = [0, 200];
const ENERGY_OF_DAY: Range = [0, 1000];
const ENERGY: Range = [0, 1e6];

export const stickMetrics: MetricGroup = {
  title: 'Sticks',
  introduction:
    'The label `inverter` is 1 for the inverter of the stick itself, 2 and 3 for those of linked sticks.',
  definitions: define({ labels }, [
    [
      'trucki_up',
      'Result of the last attempt to read the stick, 1 for success, 0 for failure.',
      { validity: 'fact' },
    ],
    [
      'trucki_grid_voltage_volts',
      'AC grid voltage in volts, measured by the inverter (VGRID).',
      { unit: 'volts', range: GRID_VOLTAGE },
    ],
    [
      'trucki_battery_voltage_volts',
      'Battery voltage in volts, measured by the inverter (VBAT).',
      { unit: 'volts', range: BATTERY_VOLTAGE },
    ],
    [
      'trucki_inverter_temperature_celsius',
      'Temperature of the inverter in degrees Celsius (TEMP).',
      { unit: 'celsius', signed: true },
    ],
    [
      'trucki_inverter_ac_power_watts',
      'AC output power in watts (ACPOWER, ACPOWERSUN2, ACPOWERSUN3).',
      { unit: 'watts', range: POWER, ...ofInverter },
    ],
    [
      'trucki_inverter_reachable',
      'Connection of the stick to the inverter, 1 if the inverter answers, else 0.',
      ofInverter,
    ],
    ['trucki_battery_low', 'State of the battery, 1 if its voltage is too low for output, else 0 (ACPOWER).'],
    [
      'trucki_inverter_ac_power_setpoint_watts',
      'Setpoint of the AC power in watts (SETACPOWER, SUNnSETPOINT).',
      { unit: 'watts', range: POWER, ...ofInverter },
    ],
    [
      'trucki_inverter_ac_power_limit_watts',
      'Limit of the AC power at present in watts (POWERLIMIT, SUNnPOWERLIMIT).',
      { unit: 'watts', range: POWER, ...ofInverter, example: 900 },
    ],
    [
      'trucki_remote_round_trip_seconds',
      'Round-trip time to a linked stick in seconds (SUNnROUNDTRIP).',
      { unit: 'seconds', ...ofInverter, example: 0.012 },
    ],
    [
      'trucki_meter_power_watts',
      'Power at the house meter in watts, positive for import (METERPOWER).',
      { unit: 'watts', signed: true },
    ],
    [
      'trucki_meter_read_duration_seconds',
      'Duration of the last read of the house meter in seconds (METERREADOUT).',
      { unit: 'seconds', example: 0.118 },
    ],
    [
      'trucki_meter_import_energy_today_kwh',
      'Energy drawn from the grid today in kilowatt hours (METERDAYENERGY).',
      { unit: 'kwh', validity: 'today', range: ENERGY_OF_DAY, example: 1.35 },
    ],
    [
      'trucki_inverter_energy_today_kwh',
      'AC energy of the day in kilowatt hours, counted by the inverter (DAYENERGY).',
      { unit: 'kwh', validity: 'today', range: ENERGY_OF_DAY },
    ],
    [
      'trucki_inverter_energy_total_kwh',
      'AC energy of the inverter since it was made in kilowatt hours (TOTALENERGY).',
      { unit: 'kwh', validity: 'lifetime', range: ENERGY, example: 312.4 },
    ],
    [
      'trucki_zero_export_power_watts',
      'Power that the zero export controller requests from all inverters in watts (ZEPCPOWER).',
      { unit: 'watts', range: POWER, example: 350 },
    ],
    [
      'trucki_zero_export_state',
      'State of the zero export controller, 1 for the present state, 0 for the others.',
      ofState,
    ],
    ['trucki_meter_state', 'State of the house meter, 1 for the present state, 0 for the others.', ofState],
    [
      'trucki_wifi_state',
      'State of the Wi-Fi connection, 1 for the present state, 0 for the others.',
      ofState,
    ],
    [
      'trucki_wifi_quality_level',
      'Quality of the Wi-Fi signal, 0 bad to 4 very good (RSSI as words).',
      { example: 3 },
    ],
    [
      'trucki_wifi_quality_ratio',
      'Quality of the Wi-Fi signal, 0 to 1 (RSSI as a number, firmware up to 1.12).',
      { unit: 'ratio', example: 0.72 },
    ],
    [
      'trucki_uptime_seconds',
      'Time since the stick started in seconds (UPTIME).',
      { unit: 'seconds', example: 86400 },
    ],
    [
      'trucki_charger_dc_power_watts',
      'DC power of the charger in watts (DCPOWER).',
      { unit: 'watts', range: POWER, example: 398 },
    ],
    [
      'trucki_charger_dc_power_setpoint_watts',
      'Setpoint of the DC power of the charger in watts (SETDCPOWER).',
      { unit: 'watts', range: POWER, example: 400 },
    ],
    [
      'trucki_charger_output_current_amps',
      'Output current of the charger in amperes (IOUT).',
      { unit: 'amps' },
    ],
    [
      'trucki_charger_output_current_setpoint_amps',
      'Setpoint of the output current of the charger in amperes (IOUTSET).',
      { unit: 'amps', example: 7.5 },
    ],
    [
      'trucki_charger_output_voltage_setpoint_volts',
      'Setpoint of the output voltage of the charger in volts (VOUTSET).',
      { unit: 'volts', range: BATTERY_VOLTAGE },
    ],
    [
      'trucki_charger_efficiency_ratio',
      'Efficiency of the charger, 0 to 1 (MWEFFICIENCY).',
      { unit: 'ratio' },
    ],
  ]),
};

/**
 * trucki2prometheus's names; -1 means there what it meant there, so that all may be negative. Its `trucki_wifi_state`
 * shares the name of a metric above and differs by having no label `state`.
 */
export const legacyMetrics: MetricGroup = {
  title: 'With `TRUCKI_LEGACY_NAMES=true`',
  introduction:
    'The names of trucki2prometheus. Its `trucki_wifi_state`, 0 to 9, is exposed too, without the label `state`.',
  definitions: define({ labels, signed: true }, [
    ['trucki_voltage_grid', 'AC grid voltage in volts, legacy name (VGRID).', { example: 231.2 }],
    ['trucki_voltage_battery', 'Battery voltage in volts, legacy name (VBAT).', { example: 52.4 }],
    ['trucki_set_ac_power', 'Setpoint of the AC power in watts, legacy name (SETACPOWER).', { example: 350 }],
    [
      'trucki_inverter_temperature',
      'Temperature of the inverter in degrees Celsius, legacy name (TEMP).',
      { example: 38.5 },
    ],
    ['trucki_power_limit', 'Limit of the AC power in watts, legacy name (POWERLIMIT).', { example: 900 }],
    [
      'trucki_sun_2_round_trip',
      'Round-trip time to inverter 2 in milliseconds, -1 for none, legacy name (SUN2ROUNDTRIP).',
      { example: 12 },
    ],
    [
      'trucki_sun_2_set_point',
      'Setpoint of inverter 2 in watts, legacy name (SUN2SETPOINT).',
      { example: 200 },
    ],
    [
      'trucki_sun_2_power_limit',
      'Limit of inverter 2 in watts, legacy name (SUN2POWERLIMIT).',
      { example: 800 },
    ],
    [
      'trucki_sun_3_round_trip',
      'Round-trip time to inverter 3 in milliseconds, -1 for none, legacy name (SUN3ROUNDTRIP).',
      { example: 14 },
    ],
    [
      'trucki_sun_3_set_point',
      'Setpoint of inverter 3 in watts, legacy name (SUN3SETPOINT).',
      { example: 150 },
    ],
    [
      'trucki_sun_3_power_limit',
      'Limit of inverter 3 in watts, legacy name (SUN3POWERLIMIT).',
      { example: 700 },
    ],
    [
      'trucki_power_meter_readout',
      'Duration of the last read of the house meter in milliseconds, legacy name (METERREADOUT).',
      { example: 118 },
    ],
    [
      'trucki_day_energy_grid_output',
      'AC energy of the day in kilowatt hours, legacy name (DAYENERGY).',
      { example: 2.6 },
    ],
    [
      'trucki_total_energy_grid_output',
      'AC energy in total in kilowatt hours, legacy name (TOTALENERGY).',
      { example: 312.4 },
    ],
    [
      'trucki_power_meter_day_energy',
      'Energy drawn from the grid today in kilowatt hours, legacy name (METERDAYENERGY).',
      { example: 1.35 },
    ],
    [
      'trucki_inverter_ac_power_output',
      'AC output power in watts, -1 for a word, legacy name (ACPOWER).',
      { example: 346 },
    ],
    [
      'trucki_sun_2_ac_power_output',
      'AC output power of inverter 2 in watts, -1 for a word, legacy name (ACPOWERSUN2).',
      { example: 198 },
    ],
    [
      'trucki_sun_3_ac_power_output',
      'AC output power of inverter 3 in watts, -1 for a word, legacy name (ACPOWERSUN3).',
      { example: 149 },
    ],
    [
      'trucki_zero_export_control_power',
      'Power of the zero export controller in watts, -1 for a word, legacy name (ZEPCPOWER).',
      { example: 697 },
    ],
    [
      'trucki_power_meter_power',
      'Power at the house meter in watts, -1 for a word, legacy name (METERPOWER).',
      { example: 15 },
    ],
    [
      'trucki_wifi_rssi',
      'Quality of the Wi-Fi signal, 0 bad to 4 very good, legacy name (RSSI).',
      { example: 3 },
    ],
  ]),
};

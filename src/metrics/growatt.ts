import type { Metric } from '../model/metric.ts';
import { define, type Row } from '../model/metric.ts';

/** Strings that a metric name counts: WIT has ten inputs, MAX sixteen. */
const MOST_STRINGS = 16;

const strings = Array.from({ length: MOST_STRINGS }, (_, i) => i + 1).flatMap((n): Row[] => [
  [`growatt_pv${n}_voltage_volts`, `Voltage of PV input ${n} (vpv${n}).`],
  [`growatt_pv${n}_current_amps`, `Current of PV input ${n} (ipv${n}).`],
  [`growatt_pv${n}_power_watts`, `Power of PV input ${n} (ppv${n}).`],
]);

const device = define(
  ['plant_id', 'device_sn'],
  [
    ['growatt_current_power_watts', 'AC output power (pac).'],
    ['growatt_inverter_temperature_celsius', 'Temperature of the inverter (temp1, temperature).'],
    ...strings,
    ['growatt_pv_power_watts', 'PV input power, all inputs (ppv).'],
    ['growatt_ac_voltage_volts', 'AC voltage, phase 1 (vac1, vacr).'],
    ['growatt_ac_current_amps', 'AC current, phase 1 (iac1, iacr).'],
    [
      'growatt_ac_phase_voltage_volts',
      'AC voltage of each phase of a three-phase device.',
      'instant',
      ['phase'],
    ],
    [
      'growatt_ac_phase_current_amps',
      'AC current of each phase of a three-phase device.',
      'instant',
      ['phase'],
    ],
    ['growatt_ac_frequency_hz', 'AC frequency (fac).'],
    [
      'growatt_inverter_status',
      'Status: 0 offline or asleep, 1 normal, 2 waiting or standby, 3 fault, 4 other (self-check, upgrade).',
      'status',
    ],
    ['growatt_inverter_status_code', 'Status as the device family numbers it (status).'],
    ['growatt_fault_code', 'Fault code of the device family, 0 for none.'],
    ['growatt_warning_code', 'Warning code of the device family, 0 for none.'],
    ['growatt_last_update_timestamp_seconds', 'When the device took the reading, Unix time (time).', 'fact'],
    [
      'growatt_energy_today_kwh',
      'AC energy of the day, 0 from local midnight on (eacToday, powerToday).',
      'today',
    ],
    [
      'growatt_energy_total_kwh',
      'AC energy since the device was installed (eacTotal, powerTotal).',
      'lifetime',
    ],
    ['growatt_battery_soc_percent', 'State of charge of the battery.'],
    ['growatt_battery_voltage_volts', 'Voltage of the battery.'],
    ['growatt_battery_current_amps', 'Current of the battery.'],
    ['growatt_battery_temperature_celsius', 'Temperature of the battery.'],
    ['growatt_battery_charge_power_watts', 'Power into the battery.'],
    ['growatt_battery_discharge_power_watts', 'Power out of the battery.'],
    ['growatt_battery_charge_energy_today_kwh', 'Energy into the battery today.', 'today'],
    ['growatt_battery_discharge_energy_today_kwh', 'Energy out of the battery today.', 'today'],
    ['growatt_battery_charge_energy_total_kwh', 'Energy into the battery since installation.', 'lifetime'],
    [
      'growatt_battery_discharge_energy_total_kwh',
      'Energy out of the battery since installation.',
      'lifetime',
    ],
    ['growatt_grid_import_power_watts', 'Power drawn from the grid (pacToUserTotal).'],
    ['growatt_grid_export_power_watts', 'Power fed into the grid (pacToGridTotal).'],
    ['growatt_load_power_watts', 'Power consumed by the loads (plocalLoadTotal, pacToLocalLoad).'],
    ['growatt_grid_import_energy_today_kwh', 'Energy drawn from the grid today.', 'today'],
    ['growatt_grid_export_energy_today_kwh', 'Energy fed into the grid today.', 'today'],
    ['growatt_load_energy_today_kwh', 'Energy consumed by the loads today.', 'today'],
    ['growatt_grid_import_energy_total_kwh', 'Energy drawn from the grid since installation.', 'lifetime'],
    ['growatt_grid_export_energy_total_kwh', 'Energy fed into the grid since installation.', 'lifetime'],
    ['growatt_load_energy_total_kwh', 'Energy consumed by the loads since installation.', 'lifetime'],
    ['growatt_device_info', 'Family and model of the device; always 1.', 'fact', ['device_type', 'model']],
  ],
);

const onBus = define(
  ['plant_id', 'device_sn'],
  [
    ['growatt_meter_power_watts', 'Power at a smart meter, positive is usually import (activePower).'],
    ['growatt_meter_phase_voltage_volts', 'Voltage at a smart meter (voltageL1 to 3).', 'instant', ['phase']],
    ['growatt_meter_phase_current_amps', 'Current at a smart meter (currentL1 to 3).', 'instant', ['phase']],
    ['growatt_meter_frequency_hz', 'Frequency at a smart meter (frequency).'],
    ['growatt_meter_power_factor_ratio', 'Power factor at a smart meter (powerFactor).'],
    ['growatt_meter_import_energy_today_kwh', 'Forward energy today, usually import.', 'today'],
    ['growatt_meter_import_energy_total_kwh', 'Forward energy in total, usually import.', 'lifetime'],
    ['growatt_meter_export_energy_today_kwh', 'Reverse energy today, usually export.', 'today'],
    ['growatt_meter_export_energy_total_kwh', 'Reverse energy in total, usually export.', 'lifetime'],
    ['growatt_environment_temperature_celsius', 'Air temperature at an environment sensor (envTemp).'],
    ['growatt_environment_panel_temperature_celsius', 'Temperature of a PV module (panelTemp).'],
    ['growatt_environment_irradiance_watts_per_square_meter', 'Solar irradiance (radiant).'],
    ['growatt_environment_wind_speed_meters_per_second', 'Wind speed (windSpeed).'],
    ['growatt_environment_wind_direction_degrees', 'Wind direction (windAngle).'],
    ['growatt_environment_humidity_percent', 'Relative humidity of the air (envHumidity).'],
  ],
);

const plant = define(
  ['plant_id'],
  [
    ['growatt_up', 'Whether the plant and all of its devices could be read the last time, 1 or 0.', 'fact'],
    ['growatt_plant_status', 'Status of the plant as the cloud numbers it (plant/list status).', 'fact'],
    [
      'growatt_plant_info',
      'Name, place and rated PV power of the plant; always 1.',
      'fact',
      ['plant_name', 'location', 'peak_power_kw'],
    ],
    [
      'growatt_plant_power_watts',
      'Power of the plant, read every GROWATT_PLANT_INTERVAL (plant/data current_power).',
    ],
    ['growatt_plant_energy_today_kwh', 'Energy of the plant today (plant/data today_energy).', 'today'],
    [
      'growatt_plant_energy_total_kwh',
      'Energy of the plant since installation (plant/data total_energy).',
      'lifetime',
    ],
    ['growatt_energy_month_kwh', 'Energy of the plant in this month (plant/data monthly_energy).', 'month'],
    ['growatt_energy_year_kwh', 'Energy of the plant in this year (plant/data yearly_energy).', 'year'],
  ],
);

const history = [
  ...define(
    ['plant_id', 'date'],
    [
      [
        'growatt_daily_energy_kwh',
        'Energy of a completed day (plant/energy; else the integral of plant/power).',
        'fact',
      ],
      ['growatt_daily_peak_power_watts', 'Highest power of a completed day (plant/power).', 'fact'],
    ],
  ),
  ...define(
    ['plant_id', 'hour'],
    [
      [
        'growatt_hourly_avg_power_watts',
        'Mean power of each hour, 00 to 23 local time, of the newest completed day (plant/power).',
        'fact',
      ],
    ],
  ),
];

const account = define(
  ['account'],
  [
    [
      'growatt_account_up',
      'Whether the cloud accepted the token and answered the last time, 1 or 0.',
      'fact',
    ],
  ],
);

/** All metrics of Growatt accounts, plants and devices. */
export const growattMetrics: readonly Metric[] = [...account, ...plant, ...device, ...onBus, ...history];

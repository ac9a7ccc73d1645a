import { define, type MetricGroup } from '../../model/metric.ts';

const labels = ['plant_id', 'device_sn'];

/** Any value of a meter may be negative: an installer may have turned it round. */
export const meter: MetricGroup = {
  title: 'Smart meters',
  introduction: 'Some meters fill nothing but their power; what reads 0 from the beginning is not exposed.',
  definitions: define({ labels, signed: true }, [
    [
      'growatt_meter_power_watts',
      'Power at the meter in watts, usually positive for import.',
      { unit: 'watts' },
    ],
    [
      'growatt_meter_phase_voltage_volts',
      'Voltage of each phase at the meter in volts.',
      { unit: 'volts', labels: ['phase'], feature: 'phases', phase1: 'once-seen', example: 230.6 },
    ],
    [
      'growatt_meter_phase_current_amps',
      'Current of each phase at the meter in amperes.',
      { unit: 'amps', labels: ['phase'], feature: 'phases', phase1: 'once-seen', example: 2.4 },
    ],
    [
      'growatt_meter_frequency_hz',
      'Frequency at the meter in hertz.',
      { unit: 'hz', neverZero: true, example: 50.01 },
    ],
    ['growatt_meter_power_factor_ratio', 'Power factor at the meter, -1 to 1.', { unit: 'ratio' }],
    [
      'growatt_meter_import_energy_today_kwh',
      'Forward energy of the meter since local midnight in kilowatt hours, usually import.',
      { unit: 'kwh', validity: 'today', feature: 'energies', example: 3.2 },
    ],
    [
      'growatt_meter_import_energy_total_kwh',
      'Forward energy of the meter since its installation in kilowatt hours, usually import.',
      { unit: 'kwh', validity: 'lifetime', feature: 'energies', example: 1480.3 },
    ],
    [
      'growatt_meter_export_energy_today_kwh',
      'Reverse energy of the meter since local midnight in kilowatt hours, usually export.',
      { unit: 'kwh', validity: 'today', feature: 'energies', example: 9.7 },
    ],
    [
      'growatt_meter_export_energy_total_kwh',
      'Reverse energy of the meter since its installation in kilowatt hours, usually export.',
      { unit: 'kwh', validity: 'lifetime', feature: 'energies', example: 2210.6 },
    ],
  ]),
};

export const environment: MetricGroup = {
  title: 'Environment sensors',
  definitions: define({ labels }, [
    [
      'growatt_environment_temperature_celsius',
      'Temperature of the air in degrees Celsius.',
      { unit: 'celsius', signed: true },
    ],
    [
      'growatt_environment_panel_temperature_celsius',
      'Temperature of a PV module in degrees Celsius.',
      { unit: 'celsius', signed: true },
    ],
    [
      'growatt_environment_irradiance_watts_per_square_meter',
      'Solar irradiance in watts per square metre.',
      { unit: 'watts_per_square_meter' },
    ],
    [
      'growatt_environment_wind_speed_meters_per_second',
      'Wind speed in metres per second.',
      { unit: 'meters_per_second' },
    ],
    ['growatt_environment_wind_direction_degrees', 'Wind direction in degrees.', { unit: 'degrees' }],
    [
      'growatt_environment_humidity_percent',
      'Relative humidity of the air in percent.',
      { unit: 'percent', neverZero: true, example: 41.5 },
    ],
  ]),
};

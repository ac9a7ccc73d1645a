import { define, type MetricGroup, type Range } from '../../model/metric.ts';

const labels = ['plant_id', 'device_sn'];

/** Of lithium cells; lead-acid batteries give none. */
const CELL_VOLTAGE: Range = [1, 5];
/** One each hour for ten years. */
const CYCLES: Range = [0, 1e5];

/**
 * Values of `device_type` of off-grid inverters: what they draw from the grid is their own count, and no meter's at the
 * connection of the plant, which several devices of a plant state alike.
 */
export const WITHOUT_METER: ReadonlySet<string> = new Set(['storage']);

export const battery: MetricGroup = {
  title: 'Battery',
  introduction: 'Exposed once the device has shown that it has a battery.',
  definitions: define({ labels, feature: 'battery', ofDevice: true }, [
    ['growatt_battery_soc_percent', 'State of charge of the battery in percent.', { unit: 'percent' }],
    ['growatt_battery_voltage_volts', 'Voltage of the battery in volts.', { unit: 'volts' }],
    ['growatt_battery_current_amps', 'Current of the battery in amperes.', { unit: 'amps', signed: true }],
    [
      'growatt_battery_temperature_celsius',
      'Temperature of the battery in degrees Celsius.',
      { unit: 'celsius', signed: true, neverZero: true },
    ],
    ['growatt_battery_charge_power_watts', 'Power into the battery in watts.', { unit: 'watts' }],
    ['growatt_battery_discharge_power_watts', 'Power out of the battery in watts.', { unit: 'watts' }],
    [
      'growatt_battery_charge_energy_today_kwh',
      'Energy into the battery since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_battery_discharge_energy_today_kwh',
      'Energy out of the battery since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_battery_charge_energy_total_kwh',
      'Energy into the battery since its installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
    [
      'growatt_battery_discharge_energy_total_kwh',
      'Energy out of the battery since its installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
    [
      'growatt_battery_ac_charge_power_watts',
      'Power from the AC side into the battery in watts.',
      { unit: 'watts' },
    ],
    [
      'growatt_battery_ac_charge_energy_today_kwh',
      'Energy from the AC side into the battery since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_battery_ac_charge_energy_total_kwh',
      'Energy from the AC side into the battery since its installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
    [
      'growatt_battery_soh_percent',
      'State of health of the battery in percent.',
      { unit: 'percent', neverZero: true },
    ],
    [
      'growatt_battery_cycles_total',
      'Charge cycles of the battery since its installation.',
      { validity: 'lifetime', range: CYCLES, neverZero: true },
    ],
    [
      'growatt_battery_cell_voltage_min_volts',
      'Lowest voltage of a cell of the battery in volts.',
      { unit: 'volts', range: CELL_VOLTAGE },
    ],
    [
      'growatt_battery_cell_voltage_max_volts',
      'Highest voltage of a cell of the battery in volts.',
      { unit: 'volts', range: CELL_VOLTAGE },
    ],
  ]),
};

export const grid: MetricGroup = {
  title: 'Grid and loads',
  introduction: 'Exposed once the device has shown that it measures them.',
  definitions: define({ labels, feature: 'grid' }, [
    ['growatt_grid_import_power_watts', 'Power drawn from the grid in watts.', { unit: 'watts' }],
    ['growatt_grid_export_power_watts', 'Power fed into the grid in watts.', { unit: 'watts' }],
    ['growatt_load_power_watts', 'Power consumed by the loads in watts.', { unit: 'watts' }],
    [
      'growatt_grid_import_energy_today_kwh',
      'Energy drawn from the grid since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_grid_export_energy_today_kwh',
      'Energy fed into the grid since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_load_energy_today_kwh',
      'Energy consumed by the loads since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_grid_import_energy_total_kwh',
      'Energy drawn from the grid since the installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
    [
      'growatt_grid_export_energy_total_kwh',
      'Energy fed into the grid since the installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
    [
      'growatt_load_energy_total_kwh',
      'Energy consumed by the loads since the installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
  ]),
};

export const selfConsumption: MetricGroup = {
  title: 'Self-consumption',
  introduction: 'Exposed once the device has shown that it counts it.',
  definitions: define({ labels, feature: 'self-consumption', ofDevice: true }, [
    [
      'growatt_self_consumption_power_watts',
      'Power of the plant that is consumed on the spot in watts.',
      { unit: 'watts' },
    ],
    [
      'growatt_self_consumption_energy_today_kwh',
      'Energy of the plant consumed on the spot since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today' },
    ],
    [
      'growatt_self_consumption_energy_total_kwh',
      'Energy of the plant consumed on the spot since the installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
  ]),
};

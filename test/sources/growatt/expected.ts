import type { Line, Measurement } from '../../../src/simulators/growatt/measurement.ts';
import type { FamilyName } from '../../../src/simulators/growatt/specs.ts';
import type { Values } from './world.ts';

/** What must be exposed of a device of each family at a moment, worked out from what the model measures. */
export function expectedOf(family: FamilyName, measurement: Measurement): Values {
  return expectations[family](measurement);
}

type Expectation = (measurement: Measurement) => Values;

const generator: Expectation = ({ power, today, total, temperature, frequency, faultCode, phases }) => ({
  growatt_current_power_watts: power.ac,
  growatt_pv_power_watts: power.pv,
  growatt_energy_today_kwh: today.ac,
  growatt_energy_total_kwh: total.ac,
  growatt_inverter_temperature_celsius: temperature,
  growatt_ac_frequency_hz: frequency,
  growatt_ac_voltage_volts: phases[0]?.voltage ?? 0,
  growatt_fault_code: faultCode,
  growatt_warning_code: 0,
});

const battery: Expectation = ({ battery: { soc, voltage }, today, total }) => ({
  growatt_battery_soc_percent: soc,
  growatt_battery_voltage_volts: voltage,
  growatt_battery_charge_energy_today_kwh: today.charge,
  growatt_battery_charge_energy_total_kwh: total.charge,
  growatt_battery_discharge_energy_today_kwh: today.discharge,
  growatt_battery_discharge_energy_total_kwh: total.discharge,
});

const batteryFlow: Expectation = ({ power }) => ({
  growatt_battery_charge_power_watts: power.charge,
  growatt_battery_discharge_power_watts: power.discharge,
});

const grid: Expectation = ({ power, today, total }) => ({
  growatt_grid_import_power_watts: power.gridImport,
  growatt_grid_export_power_watts: power.gridExport,
  growatt_load_power_watts: power.load,
  growatt_grid_import_energy_today_kwh: today.gridImport,
  growatt_grid_import_energy_total_kwh: total.gridImport,
  growatt_grid_export_energy_today_kwh: today.gridExport,
  growatt_grid_export_energy_total_kwh: total.gridExport,
  growatt_load_energy_today_kwh: today.load,
  growatt_load_energy_total_kwh: total.load,
});

const bms: Expectation = ({ battery: { current, temperature } }) => ({
  growatt_battery_current_amps: current,
  growatt_battery_temperature_celsius: temperature,
});

/** Voltage, current and power of each wired string, as far as the family tells them. */
const strings =
  (count: number, ...quantities: (keyof Line)[]): Expectation =>
  ({ strings: lines }) =>
    Object.fromEntries(
      lines
        .slice(0, count)
        .flatMap((line, i) =>
          quantities.map((quantity) => [`growatt_pv${i + 1}_${quantity}_${units[quantity]}`, line[quantity]]),
        ),
    );

const units = { voltage: 'volts', current: 'amps', power: 'watts' } as const;

const phases =
  (...quantities: ('voltage' | 'current')[]): Expectation =>
  ({ phases: lines }) =>
    Object.fromEntries(
      quantities.flatMap((quantity) => [
        [`growatt_ac_${quantity}_${units[quantity]}`, lines[0]?.[quantity] ?? 0],
        ...(lines.length === 3 ? lines : []).map((line, i) => [
          `growatt_ac_phase_${quantity}_${units[quantity]}{phase="${i + 1}"}`,
          line[quantity],
        ]),
      ]),
    );

const status =
  (normal: number, waiting: number, meaning = 2): Expectation =>
  ({ state }) =>
    state === 'fault'
      ? { growatt_inverter_status: 3 }
      : {
          growatt_inverter_status: state === 'normal' ? 1 : meaning,
          growatt_inverter_status_code: state === 'normal' ? normal : waiting,
        };

const all =
  (...parts: Expectation[]): Expectation =>
  (measurement) =>
    Object.assign({}, ...parts.map((part) => part(measurement)));

const without =
  (expectation: Expectation, ...metrics: string[]): Expectation =>
  (measurement) =>
    Object.fromEntries(
      Object.entries(expectation(measurement)).filter(([metric]) => !metrics.includes(metric)),
    );

const netImport = ({ power }: Measurement) => power.gridImport - power.gridExport;

const expectations: Record<FamilyName, Expectation> = {
  min: all(generator, strings(4, 'voltage', 'current', 'power'), phases('voltage', 'current'), status(1, 0)),
  inverter: all(
    generator,
    strings(10, 'voltage', 'current', 'power'),
    phases('voltage', 'current'),
    status(1, 0),
  ),
  max: all(generator, strings(16, 'voltage', 'current', 'power'), phases('voltage', 'current'), status(1, 0)),
  sph: all(
    generator,
    battery,
    batteryFlow,
    bms,
    grid,
    strings(2, 'voltage', 'power'),
    phases('voltage'),
    status(5, 0),
  ),
  // Its own output is what comes out of the battery; PV is another inverter's.
  spa: all(
    generator,
    battery,
    batteryFlow,
    bms,
    grid,
    phases('voltage'),
    status(5, 0),
    ({ power, today, total }) => ({
      growatt_current_power_watts: power.discharge,
      growatt_energy_today_kwh: today.discharge,
      growatt_energy_total_kwh: total.discharge,
      growatt_fault_code: 0,
    }),
  ),
  storage: all(
    without(generator, 'growatt_ac_frequency_hz'),
    battery,
    batteryFlow,
    without(grid, 'growatt_load_energy_today_kwh', 'growatt_load_energy_total_kwh'),
    strings(2, 'voltage', 'power'),
    strings(1, 'current'),
    ({ power, today, total, phases: [phase] }) => ({
      growatt_current_power_watts: power.load,
      growatt_energy_today_kwh: today.pv,
      growatt_energy_total_kwh: total.pv,
      growatt_ac_frequency_hz: 50,
      growatt_ac_current_amps: power.load / (phase?.voltage ?? 230),
      growatt_battery_temperature_celsius: 0,
      growatt_inverter_status: power.charge > 1 || power.discharge > 1 ? 1 : 2,
      growatt_inverter_status_code: power.charge > 1 ? 1 : power.discharge > 1 ? 2 : 0,
      growatt_pv2_voltage_volts: 0,
      growatt_pv2_power_watts: 0,
    }),
  ),
  pcs: all(
    without(generator, 'growatt_energy_today_kwh', 'growatt_energy_total_kwh'),
    battery,
    grid,
    phases('voltage'),
    status(2, 0),
  ),
  hps: all(
    without(generator, 'growatt_ac_voltage_volts', 'growatt_warning_code'),
    battery,
    grid,
    strings(2, 'voltage', 'current', 'power'),
    status(2, 0),
    ({ battery: { current }, today, total }) => ({
      growatt_battery_current_amps: current,
      growatt_energy_today_kwh: today.pv,
      growatt_energy_total_kwh: total.pv,
    }),
  ),
  pbd: all(
    battery,
    strings(5, 'voltage', 'current', 'power'),
    status(1, 0),
    ({ power, today, total, temperature }) => ({
      growatt_pv_power_watts: power.pv,
      growatt_energy_today_kwh: today.pv,
      growatt_energy_total_kwh: total.pv,
      growatt_inverter_temperature_celsius: temperature,
    }),
  ),
  groboost: ({ power, total, temperature }) => ({
    growatt_load_power_watts: power.ac,
    growatt_load_energy_total_kwh: total.ac,
    growatt_inverter_temperature_celsius: temperature,
  }),
  meter: (measurement) => ({
    growatt_meter_power_watts: netImport(measurement),
    growatt_meter_frequency_hz: measurement.frequency,
    growatt_meter_power_factor_ratio: 0.98,
    growatt_meter_import_energy_today_kwh: measurement.today.gridImport,
    growatt_meter_import_energy_total_kwh: measurement.total.gridImport,
    growatt_meter_export_energy_today_kwh: measurement.today.gridExport,
    growatt_meter_export_energy_total_kwh: measurement.total.gridExport,
    ...Object.fromEntries(
      measurement.phases.flatMap(({ voltage }, i) => [
        [`growatt_meter_phase_voltage_volts{phase="${i + 1}"}`, voltage],
        [
          `growatt_meter_phase_current_amps{phase="${i + 1}"}`,
          Math.abs(netImport(measurement)) / measurement.phases.length / (voltage || 230),
        ],
      ]),
    ),
  }),
  env: ({ airTemperature, irradiance, frequency }) => ({
    growatt_environment_temperature_celsius: airTemperature,
    growatt_environment_panel_temperature_celsius: airTemperature + irradiance * 0.025,
    growatt_environment_irradiance_watts_per_square_meter: irradiance,
    growatt_environment_wind_speed_meters_per_second: 1.5 + (frequency - 49.96) * 40,
    growatt_environment_wind_direction_degrees: 225,
    growatt_environment_humidity_percent: 65 - irradiance / 40,
  }),
  wit: all(
    generator,
    battery,
    grid,
    strings(10, 'voltage', 'current', 'power'),
    phases('voltage', 'current'),
    status(5, 0),
  ),
  'sph-s': all(
    without(
      generator,
      'growatt_ac_frequency_hz',
      'growatt_inverter_temperature_celsius',
      'growatt_fault_code',
      'growatt_warning_code',
    ),
    battery,
    batteryFlow,
    without(grid, 'growatt_load_energy_today_kwh', 'growatt_load_energy_total_kwh'),
    strings(3, 'voltage', 'current', 'power'),
    phases('voltage', 'current'),
    status(5, 0),
  ),
  noah: ({ power, today, total, battery: { soc, temperature }, ...measurement }) => ({
    growatt_current_power_watts: power.ac,
    growatt_pv_power_watts: power.pv,
    growatt_energy_today_kwh: today.ac,
    growatt_energy_total_kwh: total.ac,
    growatt_battery_soc_percent: soc,
    growatt_battery_temperature_celsius: temperature,
    growatt_battery_charge_power_watts: power.charge,
    growatt_battery_discharge_power_watts: power.discharge,
    growatt_inverter_temperature_celsius: measurement.temperature,
    growatt_load_power_watts: power.load,
    growatt_fault_code: measurement.faultCode,
    // What its 6 means is not documented.
    ...status(1, 6, 4)(measurement as Measurement),
    ...Object.fromEntries(
      measurement.strings.flatMap(({ voltage, current }, i) => [
        [`growatt_pv${i + 1}_voltage_volts`, voltage / 8],
        [`growatt_pv${i + 1}_current_amps`, current * 8],
      ]),
    ),
  }),
};

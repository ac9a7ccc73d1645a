import type { Line, Measurement } from '../../../src/simulators/growatt/measurement.ts';
import type { Values } from './world.ts';

/** What must be exposed of a measurement, or a part of that. */
export type Expectation = (measurement: Measurement) => Values;

export const all =
  (...parts: Expectation[]): Expectation =>
  (measurement) =>
    Object.assign({}, ...parts.map((part) => part(measurement)));

export const generator: Expectation = ({
  power,
  today,
  total,
  temperature,
  frequency,
  faultCode,
  phases,
}) => ({
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

export const battery: Expectation = ({ battery: { soc, voltage }, today, total }) => ({
  growatt_battery_soc_percent: soc,
  growatt_battery_voltage_volts: voltage,
  growatt_battery_charge_energy_today_kwh: today.charge,
  growatt_battery_charge_energy_total_kwh: total.charge,
  growatt_battery_discharge_energy_today_kwh: today.discharge,
  growatt_battery_discharge_energy_total_kwh: total.discharge,
});

export const batteryFlow: Expectation = ({ power }) => ({
  growatt_battery_charge_power_watts: power.charge,
  growatt_battery_discharge_power_watts: power.discharge,
});

export const grid: Expectation = ({ power, today, total }) => ({
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

export const bms: Expectation = ({ battery: { current, temperature } }) => ({
  growatt_battery_current_amps: current,
  growatt_battery_temperature_celsius: temperature,
});

/** Voltage, current and power of each wired string, as far as the family tells them. */
export const strings =
  (count: number, ...quantities: (keyof Line)[]): Expectation =>
  ({ strings: lines }) =>
    Object.fromEntries(
      lines
        .slice(0, count)
        .flatMap((line, i) =>
          quantities.map((quantity) => [`growatt_pv${i + 1}_${quantity}_${units[quantity]}`, line[quantity]]),
        ),
    );

export const units = { voltage: 'volts', current: 'amps', power: 'watts' } as const;

export const phases =
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

export const status =
  (normal: number, waiting: number, meaning = 2): Expectation =>
  ({ state }) =>
    state === 'fault'
      ? { growatt_inverter_status: 3 }
      : {
          growatt_inverter_status: state === 'normal' ? 1 : meaning,
          growatt_inverter_status_code: state === 'normal' ? normal : waiting,
        };

export const without =
  (expectation: Expectation, ...metrics: string[]): Expectation =>
  (measurement) =>
    Object.fromEntries(
      Object.entries(expectation(measurement)).filter(([metric]) => !metrics.includes(metric)),
    );

export const pvEnergy: Expectation = ({ today, total }) => ({
  growatt_pv_energy_today_kwh: today.pv,
  growatt_pv_energy_total_kwh: total.pv,
});

/** PV energy in all and by input; today's is the sum of the inputs, each cut off after one decimal. */
export const inputEnergies: Expectation = ({ today, total, shares }) => ({
  growatt_pv_energy_today_kwh: shares.reduce(
    (sum, share) => sum + Math.floor(today.pv * share * 10 + 1e-6) / 10,
    0,
  ),
  growatt_pv_energy_total_kwh: total.pv,
  ...Object.fromEntries(
    shares.flatMap((share, i) => [
      [`growatt_pv${i + 1}_energy_today_kwh`, today.pv * share],
      [`growatt_pv${i + 1}_energy_total_kwh`, total.pv * share],
    ]),
  ),
});

/** Sensors by name, each so many degrees warmer than the inverter. */
export const sensors =
  (differences: Readonly<Record<string, number>>): Expectation =>
  ({ temperature }) =>
    Object.fromEntries(
      Object.entries(differences).map(([sensor, difference]) => [
        `growatt_temperature_celsius{sensor="${sensor}"}`,
        temperature + difference,
      ]),
    );

export const probes = sensors({ 2: -1.5, 3: -3, 4: -4.5, 5: -6, 6: -7.5 });

/** What string inverters say of themselves. */
export const diagnostics: Expectation = ({ power, spec }) => ({
  growatt_power_factor_ratio: 1,
  growatt_derating_mode: 0,
  growatt_output_power_percent: Math.round((100 * power.ac) / spec.peakPowerW),
});

export const stringMonitors: Expectation = ({ strings: lines }) => ({
  growatt_pv_insulation_ohms: 2_500_000,
  growatt_leakage_current_amps: 0.012,
  growatt_bus_voltage_volts: 332,
  ...Object.fromEntries(
    lines.flatMap(({ voltage, current }, i) => [
      [`growatt_string_voltage_volts{string="${i + 1}"}`, voltage],
      [`growatt_string_current_amps{string="${i + 1}"}`, current / 2],
    ]),
  ),
});

export const batteryHealth: Expectation = ({ total, spec }) => ({
  growatt_battery_soh_percent: 100,
  growatt_battery_cycles_total: Math.floor(total.discharge / spec.batteryKwh),
});

export const noAcCharge: Expectation = () => ({
  growatt_battery_ac_charge_power_watts: 0,
  growatt_battery_ac_charge_energy_today_kwh: 0,
  growatt_battery_ac_charge_energy_total_kwh: 0,
});

/** What SPH and SPA have beyond the flows. */
export const mixed: Expectation = all(
  batteryHealth,
  noAcCharge,
  sensors({ ipm: -1.4, boost: -3.1 }),
  ({ power, today, total, phases: [phase], battery: { voltage } }) => ({
    growatt_battery_cell_voltage_min_volts: voltage / 16 - 0.005,
    growatt_battery_cell_voltage_max_volts: voltage / 16,
    growatt_bus_voltage_volts: 370 + power.ac / 100,
    growatt_self_consumption_power_watts: power.load - power.gridImport,
    growatt_self_consumption_energy_today_kwh: today.load - today.gridImport,
    growatt_self_consumption_energy_total_kwh: total.load - total.gridImport,
    growatt_eps_power_watts: 0,
    growatt_eps_voltage_volts: phase?.voltage ?? 0,
    growatt_eps_frequency_hz: 50,
  }),
);

export const netImport = ({ power }: Measurement) => power.gridImport - power.gridExport;

import type { Labels } from '../../model/reading.ts';

/** Where a quantity of the register maps goes. */
export interface Target {
  readonly metric: string;
  readonly labels?: Labels;
  /** The metric's unit is so many times smaller. */
  readonly factor?: number;
  /** The optional feature it belongs to; see features.ts. */
  readonly feature?: string;
}

/** Metrics that are called `growatt_` and something, by quantity. */
const PLAIN: Readonly<Record<string, string>> = {
  status: 'inverter_status',
  status_code: 'inverter_status_code',
  fault_main: 'fault_code',
  warning_main: 'warning_code',
  temp_inverter: 'inverter_temperature_celsius',
  pv_power: 'pv_power_watts',
  pv_energy_today: 'pv_energy_today_kwh',
  pv_energy_total: 'pv_energy_total_kwh',
  ac_power: 'current_power_watts',
  ac_frequency: 'ac_frequency_hz',
  ac_l1_voltage: 'ac_voltage_volts',
  ac_l1_current: 'ac_current_amps',
  ac_energy_today: 'energy_today_kwh',
  ac_energy_total: 'energy_total_kwh',
  power_factor: 'power_factor_ratio',
  derating_mode: 'derating_mode',
  output_percent: 'output_power_percent',
  bus_voltage: 'bus_voltage_volts',
};

const BATTERY: Readonly<Record<string, string>> = {
  battery_soc: 'battery_soc_percent',
  battery_soh: 'battery_soh_percent',
  battery_voltage: 'battery_voltage_volts',
  battery_current: 'battery_current_amps',
  battery_temperature: 'battery_temperature_celsius',
  battery_cycles: 'battery_cycles_total',
  battery_charge_power: 'battery_charge_power_watts',
  battery_discharge_power: 'battery_discharge_power_watts',
  battery_charge_energy_today: 'battery_charge_energy_today_kwh',
  battery_charge_energy_total: 'battery_charge_energy_total_kwh',
  battery_discharge_energy_today: 'battery_discharge_energy_today_kwh',
  battery_discharge_energy_total: 'battery_discharge_energy_total_kwh',
  cell_voltage_min: 'battery_cell_voltage_min_volts',
  cell_voltage_max: 'battery_cell_voltage_max_volts',
};

const GRID: Readonly<Record<string, string>> = {
  grid_import_power: 'grid_import_power_watts',
  grid_export_power: 'grid_export_power_watts',
  load_power: 'load_power_watts',
  grid_import_energy_today: 'grid_import_energy_today_kwh',
  grid_import_energy_total: 'grid_import_energy_total_kwh',
  grid_export_energy_today: 'grid_export_energy_today_kwh',
  grid_export_energy_total: 'grid_export_energy_total_kwh',
  load_energy_today: 'load_energy_today_kwh',
  load_energy_total: 'load_energy_total_kwh',
};

const AC_CHARGE: Readonly<Record<string, string>> = {
  ac_charge_power: 'battery_ac_charge_power_watts',
  ac_charge_energy_today: 'battery_ac_charge_energy_today_kwh',
  ac_charge_energy_total: 'battery_ac_charge_energy_total_kwh',
};

const SELF_CONSUMPTION: Readonly<Record<string, string>> = {
  self_power: 'self_consumption_power_watts',
  self_energy_today: 'self_consumption_energy_today_kwh',
  self_energy_total: 'self_consumption_energy_total_kwh',
};

const BACKUP: Readonly<Record<string, string>> = {
  eps_power: 'eps_power_watts',
  eps_l1_voltage: 'eps_voltage_volts',
  eps_frequency: 'eps_frequency_hz',
};

const named = (names: Readonly<Record<string, string>>, feature?: string): [string, Target[]][] =>
  Object.entries(names).map(([quantity, name]) => [
    quantity,
    [{ metric: `growatt_${name}`, ...(feature && { feature }) }],
  ]);

const numbers = (most: number) => Array.from({ length: most }, (_, i) => i + 1);

const PV_UNITS = {
  voltage: 'volts',
  current: 'amps',
  power: 'watts',
  energy_today: 'kwh',
  energy_total: 'kwh',
} as const;

const pvInputs = numbers(16).flatMap((n): [string, Target[]][] =>
  Object.entries(PV_UNITS).map(([what, unit]) => {
    const metric = `growatt_pv${n}_${what}_${unit}`;
    return [`pv${n}_${what}`, [{ metric, ...(n > 1 && { feature: `pv${n}` }) }]];
  }),
);

const strings = numbers(16).flatMap((n): [string, Target[]][] => {
  const labels = { string: String(n) };
  const feature = `string${n}`;
  return [
    [`string${n}_voltage`, [{ metric: 'growatt_string_voltage_volts', labels, feature }]],
    [`string${n}_current`, [{ metric: 'growatt_string_current_amps', labels, feature }]],
  ];
});

const phases = numbers(3).flatMap((n): [string, Target[]][] => {
  const more = { labels: { phase: String(n) }, feature: 'phases' };
  return [
    [`ac_l${n}_voltage`, [{ metric: 'growatt_ac_phase_voltage_volts', ...more }]],
    [`ac_l${n}_current`, [{ metric: 'growatt_ac_phase_current_amps', ...more }]],
  ];
});

const sensors = Object.entries({
  ipm: 'ipm',
  boost: 'boost',
  comm_board: 'board',
  dcdc: 'dc',
  buck1: 'buck1',
  buck2: 'buck2',
}).map(([quantity, sensor]): [string, Target[]] => [
  `temp_${quantity}`,
  [{ metric: 'growatt_temperature_celsius', labels: { sensor } }],
]);

const targets = new Map<string, Target[]>();
for (const [quantity, some] of [
  ...named(PLAIN),
  ...pvInputs,
  ...phases,
  ...named(BATTERY, 'battery'),
  ...named(AC_CHARGE, 'ac_charge'),
  ...named(GRID, 'grid'),
  ...named(SELF_CONSUMPTION, 'self-consumption'),
  ...named(BACKUP, 'eps'),
  ...strings,
  ...sensors,
  // In kΩ and mA.
  ['pv_insulation', [{ metric: 'growatt_pv_insulation_ohms', factor: 1000 }]] as [string, Target[]],
  ['leakage_current', [{ metric: 'growatt_leakage_current_amps', factor: 0.001, feature: 'leakage' }]] as [
    string,
    Target[],
  ],
])
  targets.set(quantity, [...(targets.get(quantity) ?? []), ...some]);

/**
 * All quantities that become values, with what they become. What maps have beside these is converted first, see
 * convert.ts: battery power with a sign, the raw power factor, the status of each map.
 */
export const targetsOf: ReadonlyMap<string, readonly Target[]> = targets;

/** All metrics that readings of inverters give values for. */
export const inverterMetrics: ReadonlySet<string> = new Set(
  [...targets.values()].flat().map(({ metric }) => metric),
);

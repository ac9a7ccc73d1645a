import type { Inverter } from './inverter.ts';
import type { Quantities } from './plausible.ts';
import { CERTAIN_POWER, MOST_INPUTS, removeInputs, removeMismatches, sumOfInputs } from './unknown-pv.ts';

/**
 * Takes away what a register says although the inverter does not know it, or cannot mean it. Registers that are not
 * connected to anything read 0, and hybrids have other things in the registers of further PV inputs.
 * @returns why values were rejected; what merely is not there is no rejection
 */
export function removeUnknown(quantities: Quantities, inverter: Inverter): string[] {
  removeInputs(quantities, inverter);
  negativeCurrents(quantities);
  totals(quantities);
  pvEnergyOfInputs(quantities);
  temperatures(quantities);
  battery(quantities);
  measured(quantities);
  output(quantities, inverter);
  return [
    ...removeMismatches(quantities),
    ...bdcVoltage(quantities),
    ...bmsCurrent(quantities, inverter),
    ...powers(quantities, inverter),
  ];
}

/** Totals that some firmware leaves at 0 while the inverter works; one that never made energy loses nothing. */
function totals(quantities: Quantities): void {
  for (const total of ['ac_energy_total', 'pv_energy_total'])
    if (quantities.get(total) === 0) quantities.delete(total);
  for (let n = 1; n <= MOST_INPUTS; n++) {
    if (quantities.get(`pv${n}_energy_total`) !== 0) continue;
    quantities.delete(`pv${n}_energy_total`);
    quantities.delete(`pv${n}_energy_today`);
  }
  const inputs = sumOfInputs(quantities, 'energy_today');
  if (quantities.get('pv_energy_today') === 0 && (inputs > 0.1 || !quantities.has('pv_energy_total')))
    quantities.delete('pv_energy_today');
}

/** At night the offset of a sensor, -0.1 A or so. */
function negativeCurrents(quantities: Quantities): void {
  for (const [quantity, value] of quantities)
    if (value < 0 && /^(pv|string)\d+_(current|voltage)$/.test(quantity)) quantities.delete(quantity);
}

/** Where no register has the sum of the day. */
function pvEnergyOfInputs(quantities: Quantities): void {
  const hasInputs = [...quantities.keys()].some((quantity) => /^pv\d+_energy_today$/.test(quantity));
  if (quantities.has('pv_energy_today') || !hasInputs) return;
  quantities.set('pv_energy_today', Number(sumOfInputs(quantities, 'energy_today').toPrecision(12)));
}

/** On MIN the boost converter is measured at 3097 where 3095 stays 0. */
function temperatures(quantities: Quantities): void {
  const board = quantities.get('temp_comm_board');
  if (!board || quantities.get('temp_boost') !== 0) return;
  quantities.delete('temp_comm_board');
  quantities.set('temp_boost', board);
}

/** Voltages of a lithium cell. An SPH-TL3 has something else in their registers: 1.4 and 1.7 V. */
const [LEAST_CELL, MOST_CELL] = [2, 4.5];

/** What a battery cannot be without. */
function battery(quantities: Quantities): void {
  for (const quantity of ['battery_soh', 'battery_cycles'])
    if (quantities.get(quantity) === 0) quantities.delete(quantity);
  const [low = 0, high = 0] = ['cell_voltage_min', 'cell_voltage_max'].map((cell) => quantities.get(cell));
  if (low < LEAST_CELL || high > MOST_CELL) {
    quantities.delete('cell_voltage_min');
    quantities.delete('cell_voltage_max');
  }
  if (quantities.get('battery_voltage') === 0 && quantities.get('battery_soc')) {
    quantities.delete('battery_voltage');
    quantities.delete('battery_current');
  }
  if (quantities.get('battery_current') === 0 && Math.abs(chargingPower(quantities)) >= TELLING_POWER)
    quantities.delete('battery_current');
}

/** A leakage current beyond it, in mA, would have tripped every breaker. */
const MOST_LEAKAGE = 1000;
/** Insulation beyond it, in kΩ, is a small negative number: nothing was measured. */
const MOST_INSULATION = 65_000;

/** 0 kΩ would be a short circuit. Below 0, export is import, which has its own register. */
function measured(quantities: Quantities): void {
  // Some firmware has the text of a serial number in both registers (0xAHA/Growatt_ModbusTCP#404).
  if ((quantities.get('leakage_current') ?? 0) > MOST_LEAKAGE) {
    quantities.delete('leakage_current');
    quantities.delete('pv_insulation');
  }
  const insulation = quantities.get('pv_insulation') ?? 0;
  if (insulation === 0 || insulation > MOST_INSULATION) quantities.delete('pv_insulation');
  if ((quantities.get('grid_export_power') ?? 0) < 0) quantities.delete('grid_export_power');
}

/** What cannot be 0 at this power. */
function output(quantities: Quantities, { ratedPower = Number.POSITIVE_INFINITY }: Inverter): void {
  const power = Math.abs(quantities.get('ac_power') ?? 0);
  for (const current of ['ac_l1_current', 'ac_l2_current', 'ac_l3_current'])
    if (quantities.get(current) === 0 && power >= CERTAIN_POWER) quantities.delete(current);
  if (quantities.get('output_percent') === 0 && power > ratedPower / 50) quantities.delete('output_percent');
  if (quantities.get('pv_power') === 0 && sumOfInputs(quantities, 'power') >= CERTAIN_POWER)
    quantities.delete('pv_power');
}

/** Whether a and b are the same quantity measured twice. */
const agree = (a: number, b: number) => Math.abs(a - b) <= 0.3 * Math.abs(b) + 1;
/** Below this power, W, the resolution of the currents decides. */
const TELLING_POWER = 100;

/** What flows into the battery, W. */
function chargingPower(quantities: Quantities): number {
  const of = (quantity: string) => quantities.get(quantity) ?? 0;
  return of('battery_charge_power') - of('battery_discharge_power');
}

/** Lowest voltage of the batteries of MIN-XH and MOD-XH, V: two modules in series. */
const LOWEST_BDC = 100;

/** Whether the voltage of the battery converter is in doubt, so that another register is worth a read. */
export function isVoltageInDoubt(quantities: Quantities): boolean {
  const voltage = quantities.get('bdc_voltage') ?? 0;
  return voltage > 0 && voltage < LOWEST_BDC && !quantities.has('battery_voltage');
}

/**
 * Register 3169 is in 1/100 V, with the firmware of some high-voltage batteries in 1/10 V. Where the number is too low
 * for the first, current and power decide.
 */
function bdcVoltage(quantities: Quantities): string[] {
  const voltage = quantities.get('bdc_voltage');
  quantities.delete('bdc_voltage');
  if (voltage === undefined || quantities.has('battery_voltage')) return [];
  if (voltage >= LOWEST_BDC || voltage === 0) {
    if (voltage > 0 || !quantities.get('battery_soc')) quantities.set('battery_voltage', voltage);
    return [];
  }
  const current = Math.abs(quantities.get('battery_current') ?? 0);
  const power = Math.abs(chargingPower(quantities));
  const tenfold = Number((10 * voltage).toPrecision(12));
  if (power < TELLING_POWER || !agree(current * tenfold, power)) return ['implausible_value'];
  quantities.set('battery_voltage', tenfold);
  return [];
}

/** Register 1088 is in 1/100 A, but not on HU models: there, and where it does not fit the power, it is unknown. */
const OTHER_CURRENT = new Set([3503, 3504, 21303]);

function bmsCurrent(quantities: Quantities, { code }: Inverter): string[] {
  const current = quantities.get('bms_current');
  quantities.delete('bms_current');
  if (current === undefined || quantities.has('battery_current') || OTHER_CURRENT.has(code ?? 0)) return [];
  const voltage = quantities.get('battery_voltage') ?? 0;
  const power = chargingPower(quantities);
  if (Math.abs(power) >= TELLING_POWER && voltage > 0 && !agree(current, power / voltage))
    return current === 0 ? [] : ['implausible_value'];
  quantities.set('battery_current', current);
  return [];
}

/** More than this many times its rating no inverter gives; PV modules may be rated higher than it is. */
const MOST_AC = 1.3;
const MOST_PV = 2.5;

function powers(quantities: Quantities, { ratedPower }: Inverter): string[] {
  if (ratedPower === undefined) return [];
  const limits = [
    ['ac_power', MOST_AC],
    ['pv_power', MOST_PV],
  ] as const;
  return limits.flatMap(([quantity, most]) => {
    if (Math.abs(quantities.get(quantity) ?? 0) <= most * ratedPower) return [];
    quantities.delete(quantity);
    return ['implausible_value'];
  });
}

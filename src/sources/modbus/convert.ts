import type { Family } from './families.ts';
import type { Quantities } from './plausible.ts';
import { statusOf } from './status.ts';

/**
 * Brings what the maps have in the vendor's form into the form of quantities.ts. Each step adds quantities where they
 * are not there yet, and takes away what they were made of.
 */
export function convert(quantities: Quantities, family: Family): void {
  status(quantities);
  splitBySign(quantities, 'battery_power', 'battery_charge_power', 'battery_discharge_power');
  splitBySign(quantities, 'battery_output', 'battery_discharge_power', 'battery_charge_power');
  splitBySign(quantities, 'grid_power', 'grid_import_power', 'grid_export_power');
  phaseVoltages(quantities);
  powerFactor(quantities);
  busVoltage(quantities);
  backupPower(quantities);
  stateOfCharge(quantities);
  magnitudes(quantities);
  if (family.offGrid) offGridTotals(quantities);
}

/** Takes a quantity away. @returns what it was */
function take(quantities: Quantities, quantity: string): number | undefined {
  const value = quantities.get(quantity);
  quantities.delete(quantity);
  return value;
}

function add(quantities: Quantities, quantity: string, value: number | undefined): void {
  if (value !== undefined && !quantities.has(quantity)) quantities.set(quantity, value);
}

function status(quantities: Quantities): void {
  const found = statusOf(quantities);
  for (const raw of ['grid_status', 'offgrid_status', 'work_mode', 'status']) quantities.delete(raw);
  add(quantities, 'status', found?.status);
  add(quantities, 'status_code', found?.code);
}

function splitBySign(quantities: Quantities, signed: string, positive: string, negative: string): void {
  const value = take(quantities, signed);
  if (value === undefined) return;
  add(quantities, positive, Math.max(0, value));
  add(quantities, negative, Math.max(0, -value));
}

/** No phase of a low-voltage grid is above it, in V. */
const HIGHEST_PHASE = 300;

/**
 * Three-phase hybrids have the line voltages in the registers of the phases: about 400 V, while those of the line
 * voltages are 0. Inverters for 800 V grids have both.
 */
function phaseVoltages(quantities: Quantities): void {
  const line = take(quantities, 'line_rs_voltage') ?? 0;
  for (const phase of [1, 2, 3]) {
    const quantity = `ac_l${phase}_voltage`;
    const voltage = quantities.get(quantity) ?? 0;
    if (voltage > HIGHEST_PHASE && line < 1.5 * voltage)
      quantities.set(quantity, Math.round((10 * voltage) / Math.sqrt(3)) / 10);
  }
}

/** 10000 more than the power factor in 1/10000; 0 where it is not measured. */
function powerFactor(quantities: Quantities): void {
  const raw = take(quantities, 'power_factor_raw');
  if (raw !== undefined && raw > 0 && raw <= 20_000) add(quantities, 'power_factor', (raw - 10_000) / 10_000);
}

/** Single-phase models have one of both; that of the positive half stands for the bus. */
function busVoltage(quantities: Quantities): void {
  const half = take(quantities, 'bus_p_voltage');
  if (!quantities.get('bus_voltage')) {
    quantities.delete('bus_voltage');
    add(quantities, 'bus_voltage', half || undefined);
  }
}

function backupPower(quantities: Quantities): void {
  const phases = [1, 2, 3].map((phase) => take(quantities, `eps_l${phase}_power`));
  const [first] = phases;
  if (first !== undefined) add(quantities, 'eps_power', sum(phases));
}

/** Some MIN-XH leave the converter's at 0 and have that of the battery management alone (0xAHA/Growatt_ModbusTCP#191). */
function stateOfCharge(quantities: Quantities): void {
  const measured = take(quantities, 'bms_soc');
  if (!quantities.get('battery_soc') && measured) quantities.set('battery_soc', measured);
}

/** The VPP protocol gives AC currents the sign of their power, which is a quantity of its own. */
function magnitudes(quantities: Quantities): void {
  for (const current of ['ac_l1_current', 'ac_l2_current', 'ac_l3_current']) {
    const value = quantities.get(current);
    if (value !== undefined) quantities.set(current, Math.abs(value));
  }
}

/** An off-grid inverter's output is the load, and what it makes is the PV energy. */
function offGridTotals(quantities: Quantities): void {
  add(quantities, 'ac_power', quantities.get('load_power'));
  const both = (what: string) => [1, 2].map((n) => quantities.get(`pv${n}_${what}`));
  for (const what of ['power', 'energy_today', 'energy_total']) {
    const inputs = both(what);
    if (inputs[0] !== undefined) add(quantities, `pv_${what}`, sum(inputs));
  }
  add(quantities, 'ac_energy_today', quantities.get('pv_energy_today'));
  add(quantities, 'ac_energy_total', quantities.get('pv_energy_total'));
}

function sum(values: readonly (number | undefined)[]): number {
  return Number(values.reduce((total: number, value) => total + (value ?? 0), 0).toPrecision(12));
}

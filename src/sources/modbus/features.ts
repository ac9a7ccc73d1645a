import type { Inverter } from './inverter.ts';
import type { Quantities } from './plausible.ts';

/**
 * Adds the optional features that an inverter shows to have. What it does not have reads 0 for ever, so their values
 * are shown from the time on at which one of them was not 0.
 */
export function learnFeatures(features: Set<string>, quantities: Quantities, inverter: Inverter): void {
  const any = (...some: string[]) => some.some((quantity) => (quantities.get(quantity) ?? 0) !== 0);
  if (any('battery_soc', ...flows('battery_charge'), ...flows('battery_discharge'))) features.add('battery');
  // Load power alone proves no meter: a TL-X without one adds up its own output.
  const offGridLoad = inverter.family.offGrid === true && any('load_power');
  if (offGridLoad || any(...flows('grid_import'), ...flows('grid_export'))) features.add('grid');
  // What some firmware leaves at 0.
  if (any(...flows('ac_charge'))) features.add('ac_charge');
  if (any(...flows('self'))) features.add('self-consumption');
  if (any('leakage_current')) features.add('leakage');
  if ((quantities.get('eps_l1_voltage') ?? 0) > LEAST_AC || any('eps_power')) features.add('eps');
  if (hasPhases(quantities, inverter)) features.add('phases');
  // Two inputs are common; off-grid models with one repeat its voltage.
  if (!inverter.family.offGrid) features.add('pv2');
  for (let n = 1; n <= MOST_INPUTS; n++) {
    if (hasInput(n, quantities)) features.add(`pv${n}`);
    if (any(`string${n}_voltage`, `string${n}_current`)) features.add(`string${n}`);
  }
}

const MOST_INPUTS = 16;
/** V; less is no grid. */
const LEAST_AC = 50;

const flows = (name: string) => [`${name}_power`, `${name}_energy_today`, `${name}_energy_total`];

function hasPhases(quantities: Quantities, { phases }: Inverter): boolean {
  return phases === undefined ? (quantities.get('ac_l2_voltage') ?? 0) > LEAST_AC : phases === 3;
}

/** Voltage, current and power of an input have to fit, since other things may be in these registers. */
function hasInput(n: number, quantities: Quantities): boolean {
  const of = (what: string) => quantities.get(`pv${n}_${what}`);
  const [voltage = 0, current, power] = [of('voltage'), of('current'), of('power')];
  if (power === undefined) return voltage > 0 && (current ?? 0) > 0;
  if (current === undefined) return voltage > 0 && power > 0;
  const product = voltage * current;
  const tolerance = 0.25 * Math.max(power, product) + 0.1 * voltage + 10;
  return power > 0 && product > 0 && Math.abs(product - power) <= tolerance;
}

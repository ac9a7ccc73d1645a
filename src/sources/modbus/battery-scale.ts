import type { Quantities } from './plausible.ts';

/** Kept with the features of an inverter, since it decides also when too little flows to tell. */
const IN_WATTS = 'battery_power_in_watts';
/** V × A from which on the two units can be told apart. */
const TELLING_POWER = 200;

/**
 * Register 31200 is in 1/10 W; the firmware YE1.0 of WIT has it in W (0xAHA/Growatt_ModbusTCP #430, and the other way
 * round #103). Voltage and current of the battery say which.
 */
export function scaleBatteryPower(quantities: Quantities, features: Set<string>): void {
  const power = quantities.get('battery_power');
  if (power === undefined) return;
  const of = (quantity: string) => Math.abs(quantities.get(quantity) ?? 0);
  const product = of('battery_voltage') * of('battery_current');
  const ratio = product / Math.abs(power);
  if (product >= TELLING_POWER && ratio > 7 && ratio < 13) features.add(IN_WATTS);
  if (product >= TELLING_POWER && ratio > 0.7 && ratio < 1.3) features.delete(IN_WATTS);
  if (features.has(IN_WATTS)) quantities.set('battery_power', Number((10 * power).toPrecision(12)));
}

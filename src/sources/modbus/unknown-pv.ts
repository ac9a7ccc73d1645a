import type { Inverter } from './inverter.ts';
import type { Quantities } from './plausible.ts';

/** PV inputs that maps have at most. */
export const MOST_INPUTS = 16;

/** Removes inputs that an inverter does not have; an SPH has stale words in their registers. */
export function removeInputs(quantities: Quantities, { family, trackers }: Inverter): void {
  const count = family.pvInputs === 0 ? 0 : (trackers ?? family.pvInputs ?? MOST_INPUTS);
  for (const quantity of [...quantities.keys()]) {
    const input = /^pv(\d*)_/.exec(quantity)?.[1];
    if (input !== undefined && (input === '' ? count === 0 : Number(input) > count))
      quantities.delete(quantity);
  }
}

/** From this power on, W, no phase is without current, and no PV input without power. */
export const CERTAIN_POWER = 300;

/** Voltage, current and power are measured one after the other, while clouds pass. */
const MOST_SKEW = 2;
const INPUTS_OF_ALL = 2;

/**
 * Removes what belongs to other registers: power without voltage or current and, of an input beyond the second, which
 * may not exist, everything where these three do not fit.
 * @returns why values were rejected, one for each input
 */
export function removeMismatches(quantities: Quantities): string[] {
  const rejections: string[] = [];
  for (let n = 1; n <= MOST_INPUTS; n++) {
    const wrong = mismatches(n, quantities);
    if (wrong.length > 0) rejections.push('implausible_value');
    for (const what of wrong) quantities.delete(`pv${n}_${what}`);
  }
  return rejections;
}

function mismatches(n: number, quantities: Quantities): readonly string[] {
  const what = ['voltage', 'current', 'power'];
  const [voltage, current, power] = what.map((quantity) => quantities.get(`pv${n}_${quantity}`));
  if (voltage === undefined || current === undefined || power === undefined) return [];
  const product = voltage * current;
  if (n <= INPUTS_OF_ALL) return product === 0 && power > CERTAIN_POWER ? ['power'] : [];
  const fits = power <= MOST_SKEW * product + CERTAIN_POWER && product <= MOST_SKEW * power + CERTAIN_POWER;
  return fits ? [] : what;
}

/** What all inputs have of a quantity together. */
export function sumOfInputs(quantities: Quantities, what: string): number {
  let sum = 0;
  for (let n = 1; n <= MOST_INPUTS; n++) sum += quantities.get(`pv${n}_${what}`) ?? 0;
  return sum;
}

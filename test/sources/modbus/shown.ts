import { families } from '../../../src/sources/modbus/families.ts';
import type { Inverter } from '../../../src/sources/modbus/inverter.ts';
import { type InverterValues, valuesOf } from '../../../src/sources/modbus/values.ts';

/** The values of some quantities, by metric with its labels; of an SPH unless said otherwise. */
export function shown(
  quantities: Readonly<Record<string, number>>,
  inverter: Partial<Inverter> = {},
  features = new Set<string>(),
): Record<string, number> {
  return named(read(quantities, inverter, features));
}

export function read(
  quantities: Readonly<Record<string, number>>,
  inverter: Partial<Inverter> = {},
  features = new Set<string>(),
): InverterValues {
  const whole = { family: families.sph, serial: 'AB12345678', model: '', ...inverter };
  return valuesOf(new Map(Object.entries(quantities)), whole, features);
}

export function named({ values }: InverterValues): Record<string, number> {
  return Object.fromEntries(
    values.map(({ metric, value, labels = {} }) => [
      [metric.replace('growatt_', ''), ...Object.values(labels)].join('/'),
      value,
    ]),
  );
}

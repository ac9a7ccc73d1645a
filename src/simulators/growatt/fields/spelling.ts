import type { Flows } from '../day.ts';
import type { Line, Measurement } from '../measurement.ts';

/** A device's answer, spelled as its family spells it. */
export type Fields = Record<string, unknown>;

/** A measured value as the cloud gives it: one decimal, carried through 32-bit floating point. */
export function f1(value: number): number {
  return Math.fround(Math.round(value * 10) / 10);
}

/** The same with two decimals. */
export function f2(value: number): number {
  return Math.fround(Math.round(value * 100) / 100);
}

/** A power or lifetime energy: one decimal, without the noise. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A counter counts whole tenths of a kWh; `total` ones come without floating-point noise. */
export function total(kwh: number): number {
  return Math.floor(kwh * 10 + 1e-6) / 10;
}

/** The energy of a day, with the noise of 32-bit floating point. */
export function today(kwh: number): number {
  return Math.fround(total(kwh));
}

/** One field for each of `count` connectors, 0 for those without a wire. */
export function each(
  count: number,
  lines: readonly Line[],
  spell: (n: number, line: Line) => Fields,
): Fields {
  const unused = { voltage: 0, current: 0, power: 0 };
  return Object.assign({}, ...Array.from({ length: count }, (_, i) => spell(i + 1, lines[i] ?? unused)));
}

/** Energy of each of `count` strings, as `epvNToday` and `epvNTotal`. */
export function stringEnergies(count: number, measurement: Measurement): Fields {
  const entries = Array.from({ length: count }, (_, i) => {
    const share = measurement.shares[i] ?? 0;
    return [
      [`epv${i + 1}Today`, today(measurement.today.pv * share)],
      [`epv${i + 1}Total`, total(measurement.total.pv * share)],
    ] as const;
  });
  return Object.fromEntries(entries.flat());
}

/** The fields that every family has. */
export function housekeeping(measurement: Measurement): Fields {
  return {
    address: 0,
    alias: '',
    again: false,
    isAgain: false,
    lost: true,
    time: measurement.time,
    calendar: {
      timeInMillis: Date.parse(`${measurement.time.replace(' ', 'T')}+08:00`),
      timeZone: { ID: 'Asia/Shanghai' },
    },
    errorText: 'Unknown',
    warnText: 'Unknown',
    withTime: false,
  };
}

const CELLS = 16;

/** The voltages of the cells of a low-voltage battery; the first is 5 mV lower. */
export function cells({ battery }: Measurement, key: (n: number) => string): Fields {
  const voltage = battery.voltage / CELLS;
  const entries = Array.from({ length: CELLS }, (_, i) => {
    const own = i === 0 ? voltage - 0.005 : voltage;
    return [key(i + 1), battery.voltage > 0 ? Math.fround(Math.round(own * 1000) / 1000) : 0] as const;
  });
  return Object.fromEntries(entries);
}

/** Full charges of the battery since its installation. */
export function cycles({ spec, total: life }: Measurement): number {
  return spec.batteryKwh > 0 ? Math.floor(life.discharge / spec.batteryKwh) : 0;
}

/** What of a plant's own power or energy is consumed on the spot. */
export const selfConsumption = ({ load, gridImport }: Pick<Flows, 'load' | 'gridImport'>) =>
  Math.max(0, load - gridImport);

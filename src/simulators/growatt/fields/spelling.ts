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

import type { EnergyFlows, InverterMeasurement, SimulatedInverter } from '../../model/simulated-inverter.ts';
import type { Cell, Layout } from './inverter.ts';

/**
 * Where each kind of inverter writes what it measures, after the vendor's protocol papers V1.24, V1.39, V3.14, V0.26
 * and VPP V2.03.
 */

const power = (register: number, watts: number): Cell => [register, 2, 10, watts];
const energy = (register: number, kwh: number): Cell => [register, 2, 10, kwh];
const tenth = (register: number, value: number): Cell => [register, 1, 10, value];
const hundredth = (register: number, value: number): Cell => [register, 1, 100, value];
const whole = (register: number, value: number): Cell => [register, 1, 1, value];

const STATES = { waiting: 0, normal: 1, fault: 3 } as const;

/** Voltage, current and power of each string, `step` registers apart. */
const strings = (first: number, step: number, { strings }: InverterMeasurement): Cell[] =>
  strings.flatMap(({ voltage, current, power: watts }, i) => [
    tenth(first + i * step, voltage),
    tenth(first + 1 + i * step, current),
    power(first + 2 + i * step, watts),
  ]);

/** Energy of each string, today and in total, four registers apart. */
const stringEnergies = (first: number, { shares, today, total }: InverterMeasurement): Cell[] =>
  shares.flatMap((share, i) => [
    energy(first + 4 * i, today.pv * share),
    energy(first + 2 + 4 * i, total.pv * share),
  ]);

/** Voltage, current and apparent power of each phase, four registers apart. */
const phases = (first: number, { phases }: InverterMeasurement): Cell[] =>
  phases.flatMap(({ voltage, current, power: watts }, i) => [
    tenth(first + 4 * i, voltage),
    tenth(first + 1 + 4 * i, current),
    power(first + 2 + 4 * i, watts),
  ]);

/** Energies of one flow, today and in total. */
const both = (register: number, flow: keyof EnergyFlows, { today, total }: InverterMeasurement): Cell[] => [
  energy(register, today[flow]),
  energy(register + 2, total[flow]),
];

function base(m: InverterMeasurement): Cell[] {
  return [
    whole(0, STATES[m.state]),
    power(1, m.power.pv),
    ...strings(3, 4, m),
    power(35, m.power.ac),
    hundredth(37, m.frequency),
    ...phases(38, m),
    ...both(53, 'ac', m),
    ...stringEnergies(59, m),
    energy(91, m.total.pv),
    tenth(93, m.temperature),
    whole(100, 20_000),
    whole(105, m.faultCode),
  ];
}

function storage(m: InverterMeasurement): Cell[] {
  return [
    whole(1000, m.state === 'normal' ? 5 : STATES[m.state]),
    power(1009, m.power.discharge),
    power(1011, m.power.charge),
    tenth(1013, m.battery.voltage),
    whole(1014, m.battery.soc),
    power(1021, m.power.gridImport),
    power(1029, m.power.gridExport),
    power(1037, m.power.load),
    tenth(1040, m.battery.temperature),
    ...both(1044, 'gridImport', m),
    ...both(1048, 'gridExport', m),
    ...both(1052, 'discharge', m),
    ...both(1056, 'charge', m),
    ...both(1060, 'load', m),
    hundredth(1088, m.battery.current),
  ];
}

const SHORT = [23, 10] as const;
const LONG = [209, 30] as const;

const protocolTwo = (code: number): Omit<Layout, 'cells' | 'input'> => ({
  code,
  holding: [[0, 249]],
  serial: [SHORT, LONG],
  rated: 6,
});

/** Its batteries have four times the voltage of the simulated one. */
const HIGH_VOLTAGE = 4;

const min: Layout = {
  code: 5200,
  input: [[3000, 3249]],
  holding: [
    [0, 249],
    [3000, 3124],
  ],
  serial: [SHORT, LONG, [3001, 30]],
  rated: 6,
  cells: (m) => [
    whole(3000, STATES[m.state]),
    power(3001, m.power.pv),
    ...strings(3003, 4, m),
    power(3023, m.power.ac),
    hundredth(3025, m.frequency),
    ...phases(3026, m),
    ...both(3049, 'ac', m),
    energy(3053, m.total.pv),
    ...stringEnergies(3055, m),
    energy(3083, m.today.pv),
    tenth(3093, m.temperature),
    whole(3100, 20_000),
    whole(3105, m.faultCode),
  ],
};

/** The same with a battery and a meter. */
const minXh: Layout = {
  ...min,
  code: 5100,
  cells: (m) => [
    ...min.cells(m),
    power(3041, m.power.gridImport),
    power(3043, m.power.gridExport),
    power(3045, m.power.load),
    ...both(3067, 'gridImport', m),
    ...both(3071, 'gridExport', m),
    ...both(3075, 'load', m),
    ...both(3125, 'discharge', m),
    ...both(3129, 'charge', m),
    hundredth(3169, HIGH_VOLTAGE * m.battery.voltage),
    tenth(3170, -m.battery.current / HIGH_VOLTAGE),
    whole(3171, m.battery.soc),
    power(3178, m.power.discharge),
    power(3180, m.power.charge),
    tenth(3218, m.battery.temperature),
  ],
};

const sph: Layout = {
  ...protocolTwo(3502),
  input: [
    [0, 124],
    [1000, 1124],
    [1125, 1249],
  ],
  cells: (m) => [...base(m), ...storage(m)],
};

const spa: Layout = {
  ...protocolTwo(3735),
  input: [
    [1000, 1249],
    [2000, 2124],
  ],
  cells: (m) => [
    whole(2000, STATES[m.state]),
    power(2035, m.power.ac),
    hundredth(2037, m.frequency),
    ...phases(2038, m),
    ...both(2053, 'ac', m),
    tenth(2093, m.temperature),
    ...storage(m),
  ],
};

const max: Layout = {
  ...protocolTwo(5501),
  input: [
    [0, 249],
    [875, 999],
  ],
  cells: base,
};

const wit: Layout = {
  ...protocolTwo(5603),
  input: [
    [0, 124],
    [8000, 8124],
    [31_000, 31_249],
  ],
  cells: (m) => [
    ...base(m),
    tenth(8034, m.battery.voltage),
    tenth(8035, m.battery.current),
    ...both(8049, 'discharge', m),
    ...both(8053, 'charge', m),
    ...both(8067, 'gridImport', m),
    ...both(8071, 'gridExport', m),
    ...both(8075, 'load', m),
    power(8079, m.power.load),
    power(8081, m.power.gridImport),
    power(8083, m.power.gridExport),
    whole(8093, m.battery.soc),
    power(31_200, m.battery.power),
    tenth(31_223, m.battery.temperature),
  ],
};

/** Off-grid: battery power is positive while it discharges. */
const storageOnly: Layout = {
  code: 3401,
  input: [[0, 134]],
  holding: [[0, 89]],
  serial: [SHORT],
  rated: 76,
  cells: (m) => [
    whole(0, m.power.discharge > 1 ? 2 : m.power.charge > 1 ? 12 : m.state === 'fault' ? 3 : 1),
    tenth(1, m.strings[0]?.voltage ?? 0),
    tenth(2, m.strings[0]?.voltage ?? 0),
    power(3, m.power.pv),
    power(9, m.power.load),
    hundredth(17, m.battery.voltage),
    whole(18, m.battery.soc),
    tenth(22, m.phases[0]?.voltage ?? 0),
    hundredth(23, m.frequency),
    tenth(25, m.temperature),
    tenth(34, m.phases[0]?.current ?? 0),
    power(36, m.power.gridImport),
    whole(40, m.faultCode),
    whole(44, 3401),
    ...both(48, 'pv', m),
    ...both(60, 'discharge', m),
    power(77, -m.battery.power),
    ...both(98, 'charge', m),
  ],
};

const older: Layout = {
  code: 2049,
  input: [[0, 89]],
  holding: [[0, 89]],
  serial: [SHORT],
  rated: 6,
  cells: (m) => [
    whole(0, STATES[m.state]),
    power(1, m.power.pv),
    ...strings(3, 4, m),
    power(11, m.power.ac),
    hundredth(13, m.frequency),
    ...phases(14, m),
    ...both(26, 'ac', m),
    tenth(32, m.temperature),
    whole(40, m.faultCode),
    ...stringEnergies(48, m),
    energy(56, m.total.pv),
  ],
};

/** By the word of the cloud's API for the family. */
export const layouts = {
  min,
  sph,
  spa,
  max,
  wit,
  storage: storageOnly,
  inverter: older,
} as const satisfies Record<string, Layout>;

/** The registers of an inverter; undefined for one without Modbus. */
export function layoutOf({ family, hasBattery }: SimulatedInverter): Layout | undefined {
  if (family === 'min' && hasBattery) return minXh;
  return Object.hasOwn(layouts, family) ? layouts[family as keyof typeof layouts] : undefined;
}

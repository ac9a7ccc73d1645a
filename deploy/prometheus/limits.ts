/** A number that users may want to change: it stands at the head of the rules, as a series of its own. */
export interface Limit {
  readonly value: number;
  readonly unit: string;
  readonly help: string;
}

/** All limits of the alerts, by the end of the name of their series. */
export const limits = {
  grid_voltage_low_volts: { value: 207, unit: 'V', help: 'Lowest voltage of the grid that is in order.' },
  grid_voltage_high_volts: { value: 253, unit: 'V', help: 'Highest voltage of the grid that is in order.' },
  grid_frequency_low_hz: { value: 49.5, unit: 'Hz', help: 'Lowest frequency of the grid that is in order.' },
  grid_frequency_high_hz: {
    value: 50.5,
    unit: 'Hz',
    help: 'Highest frequency of the grid that is in order.',
  },
  inverter_temperature_celsius: { value: 55, unit: '°C', help: 'Highest temperature of an inverter.' },
  battery_soc_percent: { value: 10, unit: '%', help: 'Lowest state of charge of a battery.' },
  string_deviation_ratio: {
    value: 0.3,
    unit: '1',
    help: 'How far the current of a string may be below the mean of its inverter: 0.3 is 30 %.',
  },
  producing_watts: {
    value: 200,
    unit: 'W',
    help: 'PV power from which on a plant or inverter counts as producing.',
  },
  reading_age_seconds: {
    value: 3600,
    unit: 's',
    help: 'Age of the reading of an inverter that produced when it was last heard of.',
  },
  source_down_seconds: {
    value: 5400,
    unit: 's',
    help: 'Time without a successful poll; longer than the 30 minutes between two polls at night.',
  },
  limited_calls: {
    value: 3,
    unit: 'calls',
    help: 'Calls in 6 hours that the cloud refuses as too frequent.',
  },
  performance_ratio: {
    value: 0.8,
    unit: '1',
    help: 'Lowest share of the expected energy that the energy of a clear day may be.',
  },
  clear_day_ratio: {
    value: 0.7,
    unit: '1',
    help: 'Share of the energy under a cloudless sky from which on the expected energy makes a day clear.',
  },
  push_age_seconds: {
    value: 129600,
    unit: 's',
    help: 'Age of the last push, where the agent pushes once a day.',
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof limits;

/** The series of a limit. */
export const limitSeries = (name: LimitName): string => `solar:limit:${name}`;

/** A limit in an expression; while its series does not exist yet, no comparison with it holds. */
export const limit = (name: LimitName): string => `scalar(${limitSeries(name)})`;

/** What the grid limits are in other grids: 10 % around the nominal voltage, 1 % around the nominal frequency. */
export const grids: Readonly<Record<string, readonly number[]>> = {
  '230 V, 50 Hz': [207, 253, 49.5, 50.5],
  '120 V, 60 Hz': [108, 132, 59.4, 60.6],
  '240 V, 60 Hz (split phase)': [216, 264, 59.4, 60.6],
  '208 V, 60 Hz': [187, 229, 59.4, 60.6],
  '277 V, 60 Hz': [249, 305, 59.4, 60.6],
  '480 V, 60 Hz': [432, 528, 59.4, 60.6],
};

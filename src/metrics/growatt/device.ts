import { define, type MetricGroup, type Range } from '../../model/metric.ts';

const labels = ['plant_id', 'device_sn'];

const AC_POWER: Range = [-1e6, 1e6];

export const device: MetricGroup = {
  title: 'Devices',
  definitions: define({ labels }, [
    [
      'growatt_device_info',
      'Family and model of the device; the value is always 1.',
      { validity: 'fact', labels: ['device_type', 'model'] },
    ],
    [
      'growatt_last_update_timestamp_seconds',
      'Time at which the device took the reading, in seconds since the Unix epoch.',
      { unit: 'seconds', validity: 'fact' },
    ],
    [
      'growatt_inverter_status',
      'Status of the inverter: 0 offline or asleep, 1 normal, 2 waiting or standby, 3 fault, 4 other (self-check, upgrade).',
      { validity: 'status' },
    ],
    ['growatt_inverter_status_code', 'Status of the inverter as its family numbers it.'],
    ['growatt_fault_code', 'Fault code as the family of the device numbers it, 0 for none.'],
    [
      'growatt_fault_info',
      'Fault that the device reports, with the meaning of its code; the value is always 1.',
      { labels: ['code', 'text'] },
    ],
    ['growatt_warning_code', 'Warning code as the family of the device numbers it, 0 for none.'],
    [
      'growatt_inverter_temperature_celsius',
      'Temperature of the inverter in degrees Celsius.',
      { unit: 'celsius', signed: true, neverZero: true },
    ],
  ]),
};

export const ac: MetricGroup = {
  title: 'AC output',
  introduction: 'The metrics with `phase` are those of three-phase devices.',
  definitions: define({ labels, ofDevice: true }, [
    // Not `signed`: in the cloud's answers a negative number stands for an unknown one.
    [
      'growatt_current_power_watts',
      'AC output power in watts; negative while a hybrid charges its battery from the AC side.',
      { unit: 'watts', range: AC_POWER },
    ],
    ['growatt_ac_voltage_volts', 'AC voltage of phase 1 in volts.', { unit: 'volts' }],
    ['growatt_ac_current_amps', 'AC current of phase 1 in amperes.', { unit: 'amps' }],
    [
      'growatt_ac_phase_voltage_volts',
      'AC voltage of each phase of a three-phase device in volts.',
      { unit: 'volts', labels: ['phase'], feature: 'phases', phase1: 'with-others' },
    ],
    [
      'growatt_ac_phase_current_amps',
      'AC current of each phase of a three-phase device in amperes.',
      { unit: 'amps', labels: ['phase'], feature: 'phases', phase1: 'with-others' },
    ],
    ['growatt_ac_frequency_hz', 'AC frequency in hertz.', { unit: 'hz' }],
    [
      'growatt_energy_today_kwh',
      'AC output energy since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today', zeroFromMidnight: true },
    ],
    [
      'growatt_energy_total_kwh',
      'AC output energy since the installation of the device in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime' },
    ],
  ]),
};

/** PV inputs that have names: WIT has ten, MAX sixteen. */
const MOST_INPUTS = 16;
/** Inputs up to this one are shown in any case; further ones are optional. */
const INPUTS_OF_ALL = 2;

const inputs = Array.from({ length: MOST_INPUTS }, (_, i) => i + 1);

export const pv: MetricGroup = {
  title: 'PV inputs',
  introduction: `PV energy is that of the sun alone, without what a battery gave back. Inputs ${INPUTS_OF_ALL + 1} to ${MOST_INPUTS} are exposed once their current, power or
energy was not 0, strings once their current was not 0: what is not connected has some voltage all the same.`,
  definitions: [
    ...define({ labels, ofDevice: true }, [
      ['growatt_pv_power_watts', 'Power of all PV inputs in watts.', { unit: 'watts' }],
      [
        'growatt_pv_energy_today_kwh',
        'Energy of all PV inputs since local midnight in kilowatt hours.',
        { unit: 'kwh', validity: 'today' },
      ],
      [
        'growatt_pv_energy_total_kwh',
        'Energy of all PV inputs since the installation of the device in kilowatt hours.',
        { unit: 'kwh', validity: 'lifetime' },
      ],
    ]),
    ...inputs.flatMap((n) =>
      define({ labels, ofDevice: true, ...(n > INPUTS_OF_ALL && { feature: `pv${n}` }) }, [
        [
          `growatt_pv${n}_voltage_volts`,
          `Voltage of PV input ${n} in volts.`,
          { unit: 'volts', floats: true },
        ],
        [`growatt_pv${n}_current_amps`, `Current of PV input ${n} in amperes.`, { unit: 'amps' }],
        [`growatt_pv${n}_power_watts`, `Power of PV input ${n} in watts.`, { unit: 'watts' }],
      ]),
    ),
    ...inputs.flatMap((n) =>
      define(
        { labels, ofDevice: true, unit: 'kwh', feature: n > INPUTS_OF_ALL ? `pv${n}` : `pv${n}-energy` },
        [
          [
            `growatt_pv${n}_energy_today_kwh`,
            `Energy of PV input ${n} since local midnight in kilowatt hours.`,
            { validity: 'today' },
          ],
          [
            `growatt_pv${n}_energy_total_kwh`,
            `Energy of PV input ${n} since the installation of the device in kilowatt hours.`,
            { validity: 'lifetime' },
          ],
        ],
      ),
    ),
    ...define({ labels: [...labels, 'string'], feature: 'string' }, [
      ['growatt_string_voltage_volts', 'Voltage of a PV string in volts.', { unit: 'volts', floats: true }],
      ['growatt_string_current_amps', 'Current of a PV string in amperes.', { unit: 'amps' }],
    ]),
  ],
};

import { define, type MetricGroup, type Range } from '../../model/metric.ts';

const labels = ['plant_id', 'device_sn'];

/** Residual current devices trip at 0.3 A. */
const LEAKAGE: Range = [0, 1];
/** For moments an inverter gives more than its rated power. */
const OUTPUT: Range = [-150, 150];

export const eps: MetricGroup = {
  title: 'Backup output',
  introduction: 'Exposed once it had a voltage.',
  definitions: define({ labels, feature: 'eps', ofDevice: true }, [
    ['growatt_eps_power_watts', 'Power of the backup output in watts.', { unit: 'watts' }],
    ['growatt_eps_voltage_volts', 'Voltage of phase 1 of the backup output in volts.', { unit: 'volts' }],
    ['growatt_eps_frequency_hz', 'Frequency of the backup output in hertz.', { unit: 'hz', neverZero: true }],
  ]),
};

export const diagnostics: MetricGroup = {
  title: 'Diagnostics',
  introduction: `\`sensor\` says where a temperature is measured: \`ipm\` the power module, \`boost\` the boost stage, \`dc\` the
direct current side, \`buck1\` and \`buck2\` the charge controllers, \`board\` the communication board, \`pv1\` to \`pv4\` the
inputs, \`battery2\` to \`battery4\` the further packs. A number is that of the sensor where nothing says what it is.`,
  definitions: define({ labels }, [
    [
      'growatt_temperature_celsius',
      'Temperature inside the device, other than that of the inverter, in degrees Celsius.',
      { unit: 'celsius', signed: true, neverZero: true, labels: ['sensor'] },
    ],
    [
      'growatt_power_factor_ratio',
      'Power factor of the AC output, -1 to 1.',
      { unit: 'ratio', signed: true, neverZero: true },
    ],
    [
      'growatt_derating_mode',
      'Reason for limited output as the family of the device numbers it, 0 for none.',
    ],
    [
      'growatt_output_power_percent',
      'AC output in percent of the rated power; negative while a hybrid charges its battery from the AC side.',
      { unit: 'percent', range: OUTPUT },
    ],
    [
      'growatt_pv_insulation_ohms',
      'Insulation resistance of the PV side against earth in ohms.',
      { unit: 'ohms', neverZero: true },
    ],
    [
      'growatt_leakage_current_amps',
      'Leakage current against earth in amperes.',
      { unit: 'amps', range: LEAKAGE },
    ],
    [
      'growatt_bus_voltage_volts',
      'Voltage of the DC bus, of its positive half where it has two, in volts.',
      { unit: 'volts', neverZero: true },
    ],
  ]),
};

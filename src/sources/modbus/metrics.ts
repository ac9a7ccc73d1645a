import { define, type MetricGroup } from '../../model/metric.ts';

/** What is said of the local connection; values of inverters have the names of the cloud's. */
export const modbusMetrics: MetricGroup = {
  title: 'Local inverters',
  definitions: define({ labels: ['target'] }, [
    [
      'growatt_modbus_up',
      'Result of the last poll of the inverter: 1 if it answered or sleeps, else 0.',
      { validity: 'fact', example: 1 },
    ],
  ]),
};

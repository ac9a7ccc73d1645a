import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedPart, readExposition } from './exposition.ts';
import { median } from './statistics.ts';

test('the peers are given the series of devices with type, help, labels and values, without those of the agent', () => {
  const text = [
    '# HELP growatt_energy_total_kwh Energy.',
    '# TYPE growatt_energy_total_kwh counter',
    'growatt_energy_total_kwh{plant_id="1",device_sn="A"} 12.5',
    'growatt_energy_total_kwh{plant_id="1",device_sn="B"} 0.1',
    '# TYPE growatt_plant_info gauge',
    String.raw`growatt_plant_info{plant_id="1",plant_name="a \"b\", c\\d\ne"} 1`,
    '# TYPE process_cpu_seconds_total counter',
    'process_cpu_seconds_total 3',
    '',
  ].join('\n');
  const { metrics, values } = readExposition(text);
  assert.deepEqual(values, [12.5, 0.1, 1]);
  assert.deepEqual(metrics, [
    {
      name: 'growatt_energy_total_kwh',
      kind: 'counter',
      help: 'Energy.',
      labelNames: ['plant_id', 'device_sn'],
      labels: [
        ['1', 'A'],
        ['1', 'B'],
      ],
    },
    {
      name: 'growatt_plant_info',
      kind: 'gauge',
      help: '',
      labelNames: ['plant_id', 'plant_name'],
      labels: [['1', 'a "b", c\\d\ne']],
    },
  ]);
});

test('the part of the values that changed is known', () => {
  assert.equal(changedPart([1, 2, 3, 4], [1, 2, 3, 5]), 0.25);
});

test('the median is the middle one, or the mean of the two in the middle', () => {
  assert.equal(median([3, 10, 1]), 3);
  assert.equal(median([10, 1, 3, 4]), 3.5);
  assert.throws(() => median([]));
});

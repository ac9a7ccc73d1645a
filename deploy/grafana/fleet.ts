import { limits } from '../prometheus/limits.ts';
import { dashboard, plantVariable } from './dashboard.ts';
import { bars, lines, type Query, type Steps, stat, table } from './panels.ts';
import {
  DAILY_ENERGY,
  ENERGY_TODAY,
  MODELS,
  PEAK_KW,
  PLANT,
  PLANT_NAMES,
  SPECIFIC_YIELD,
} from './queries.ts';

/** As byDevice in queries.ts, for all devices of the chosen plants: this dashboard has no choice of devices. */
const byDevice = (metric: string, ...labels: readonly string[]): string =>
  `max by (${['plant_id', 'device_sn', ...labels].join(', ')}) (${metric}{${PLANT}})`;
const ALL_DEVICES = (query: string) => query.replaceAll(',device_sn=~"$device"', '');

const YIELD = `(${ALL_DEVICES(SPECIFIC_YIELD)})`;
const TODAY = ALL_DEVICES(ENERGY_TODAY);
const STATUS = byDevice('growatt_inverter_status');
/** A device that has not been heard of for an hour although it produced in the last twelve. */
const SILENT =
  `time() - ${byDevice('growatt_last_update_timestamp_seconds')} > ${limits.reading_age_seconds.value}` +
  ` and on (plant_id, device_sn) max by (plant_id, device_sn) (last_over_time(growatt_current_power_watts{${PLANT}}[12h])) > ${limits.producing_watts.value}`;
const WORDY = `${byDevice('growatt_fault_info', 'code', 'text')}`;

/** Adds the names of plant and model to what has the labels of a device. */
const named = (query: string): string =>
  `(${query}) * on (plant_id, device_sn) group_left (model) ${MODELS} * on (plant_id) group_left (plant_name) ${PLANT_NAMES}`;
const namedPlant = (query: string): string =>
  `(${query}) * on (plant_id) group_left (plant_name) ${PLANT_NAMES}`;

/** How far a string is from the mean of the strings of its device, by current; only where they carry some. */
const DEVIATION = (() => {
  const current = byDevice('growatt_string_current_amps', 'string');
  const mean = `avg by (plant_id, device_sn) (${current})`;
  return `${current} / on (plant_id, device_sn) group_left () (${mean} > 0.5) - 1`;
})();

/** The same of PV inputs, by power. */
const INPUT_DEVIATION = (() => {
  const inputs = `max by (plant_id, device_sn, input) (label_replace({__name__=~"growatt_pv[0-9]+_power_watts",${PLANT}}, "input", "$1", "__name__", "growatt_pv([0-9]+)_power_watts"))`;
  const mean = `avg by (plant_id, device_sn) (${inputs})`;
  return `${inputs} / on (plant_id, device_sn) group_left () (${mean} > 50) - 1`;
})();

const COUNT: Steps = ['green', [1, 'red']];
const DEVIATES: Steps = ['red', [-0.2, 'orange'], [-0.1, 'green'], [0.1, 'orange'], [0.2, 'red']];
const orZero = (query: string): Query => [`count(${query}) or vector(0)`, 'devices'];

export const fleet = dashboard({
  name: 'fleet',
  title: 'fleet',
  description: 'Many plants: ranking, kWh per kWp, silent and faulty devices, deviating strings.',
  from: 'now-24h',
  variables: [plantVariable()],
  rows: [
    [
      'Now',
      stat({ title: 'Plants', width: 3 }, [
        `count(max by (plant_id) (growatt_plant_info{${PLANT}}))`,
        'plants',
      ]),
      stat({ title: 'Devices', width: 3 }, [`count(${byDevice('growatt_device_info')})`, 'devices']),
      stat({ title: 'Power', width: 6, unit: 'watt', past: true }, [
        `sum(${byDevice('growatt_current_power_watts')})`,
        'power',
      ]),
      stat({ title: 'Energy today', width: 3, unit: 'kwatth', decimals: 0 }, [`sum(${TODAY})`, 'energy']),
      stat({ title: 'kWh per kWp today, median', width: 3, decimals: 2 }, [
        `quantile(0.5, ${YIELD})`,
        'median',
      ]),
      stat({ title: 'Faulty devices', width: 3, steps: COUNT }, orZero(`${STATUS} == 3`)),
      stat(
        {
          title: 'Silent devices',
          description: 'Not heard of for an hour although they produced in the last twelve.',
          width: 3,
          steps: COUNT,
        },
        orZero(SILENT),
      ),
    ],
    [
      'Plants compared',
      table(
        {
          title: 'Ranking, by kWh per kWp of today',
          width: 14,
          height: 12,
          join: 'plant_id',
          columns: {
            plant_name: 'Plant',
            'Value #A': 'kWh per kWp',
            'Value #B': 'Share of the median',
            'Value #C': 'Energy today',
            'Value #D': 'Power',
            'Value #E': 'Rated power',
          },
          units: {
            'Share of the median': 'percentunit',
            'Energy today': 'kwatth',
            Power: 'watt',
            'Rated power': 'watt',
          },
          sort: '-kWh per kWp',
        },
        [namedPlant(YIELD), ''],
        [`${YIELD} / on () group_left () quantile(0.5, ${YIELD})`, ''],
        [TODAY, ''],
        [`sum by (plant_id) (${byDevice('growatt_current_power_watts')})`, ''],
        [`max by (plant_id) (growatt_plant_peak_power_watts{${PLANT}})`, ''],
      ),
      bars(
        {
          title: 'kWh per kWp by day, the ten worst of 30 days',
          description: 'Days of the plant. Needs COLLECT_HISTORY=true.',
          width: 10,
          height: 12,
          row: 'date',
          column: 'plant_name',
        },
        [
          namedPlant(
            `${DAILY_ENERGY('31d')} / on (plant_id) group_left () ${PEAK_KW}` +
              ` and on (plant_id) bottomk(10, avg by (plant_id) (${DAILY_ENERGY('31d')}) / ${PEAK_KW})`,
          ),
          '',
        ],
      ),
      lines({ title: 'Power by plant', width: 24, unit: 'watt', min: 0 }, [
        namedPlant(`sum by (plant_id) (${byDevice('growatt_current_power_watts')})`),
        '{{plant_name}}',
      ]),
    ],
    [
      'Devices that need attention',
      table(
        {
          title: 'Faulty',
          description: 'Empty when no device reports a fault.',
          width: 12,
          join: 'device_sn',
          columns: {
            plant_name: 'Plant',
            device_sn: 'Device',
            model: 'Model',
            code: 'Code',
            text: 'Meaning',
          },
        },
        [named(`${STATUS} == 3`), ''],
        [`sum by (device_sn, code, text) (${WORDY})`, ''],
      ),
      table(
        {
          title: 'Silent',
          description:
            'Not heard of for an hour although they produced in the last twelve. Empty when all are heard of.',
          width: 12,
          columns: { plant_name: 'Plant', device_sn: 'Device', model: 'Model', Value: 'Last reading ago' },
          units: { 'Last reading ago': 's' },
          sort: 'Last reading ago',
        },
        [named(SILENT), ''],
      ),
      deviations(
        'Strings that deviate most from the mean of their device, by current',
        'Of inverters that measure single strings. Empty while they carry less than 0.5 A.',
        { string: 'String' },
        DEVIATION,
      ),
      deviations(
        'PV inputs that deviate most from the mean of their device, by power',
        'Inputs of different size or direction always deviate. Empty below 50 W.',
        { input: 'Input' },
        INPUT_DEVIATION,
      ),
      table(
        {
          title: 'Plants that cannot be read',
          description: 'Empty when all can be read.',
          width: 12,
          columns: { plant_id: 'Plant', plant_name: 'Name' },
        },
        [namedPlant(`max by (plant_id) (growatt_up{${PLANT}}) == 0`), ''],
      ),
      table(
        {
          title: 'Inverters at work, the hottest',
          width: 12,
          columns: { plant_name: 'Plant', device_sn: 'Device', model: 'Model', Value: 'Temperature' },
          units: { Temperature: 'celsius' },
          sort: 'Temperature',
        },
        [named(`topk(20, ${byDevice('growatt_inverter_temperature_celsius')})`), ''],
      ),
    ],
  ],
});

/** The twenty strings or inputs that deviate most downward; `part` is the column that tells which. */
function deviations(
  title: string,
  description: string,
  part: Readonly<Record<string, string>>,
  deviation: string,
) {
  return table(
    {
      title,
      description,
      width: 12,
      steps: DEVIATES,
      columns: { plant_name: 'Plant', device_sn: 'Device', model: 'Model', ...part, Value: 'Deviation' },
      units: { Deviation: 'percentunit' },
      sort: '-Deviation',
    },
    [named(`bottomk(20, ${deviation})`), ''],
  );
}

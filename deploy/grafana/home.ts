import { limits } from '../prometheus/limits.ts';
import { dashboard, deviceVariable, numberVariable, plantVariable } from './dashboard.ts';
import { expectedPanels } from './expected.ts';
import { moneyPanels } from './money.ts';
import { bars, gauge, heat, lines, type Query, type Steps, stat, states } from './panels.ts';
import {
  byDevice,
  byPlant,
  DAILY_ENERGY,
  DEVICE,
  ENERGY_TODAY,
  EXPORT_POWER,
  EXPORT_TODAY,
  HOUSE_POWER,
  HOUSE_TODAY,
  IMPORT_POWER,
  IMPORT_TODAY,
  PEAK_KW,
  PLANT,
  plantSum,
  SPECIFIC_YIELD,
  weekdayHours,
  withModel,
  withPlantName,
} from './queries.ts';

export const STATUS = {
  0: ['offline or asleep', 'gray'],
  1: ['normal', 'green'],
  2: ['standby', 'blue'],
  3: ['fault', 'red'],
  4: ['self-check or other', 'yellow'],
} as const;

const NAME = '{{model}} {{device_sn}}';
const METERED = 'Of the plants with a meter at the grid connection. Empty without one.';
const BATTERIES = 'Empty without a battery.';
/** Red where the alert SolarOverTemperature begins. */
const HEAT: Steps = ['green', [45, 'yellow'], [limits.inverter_temperature_celsius.value, 'red']];

const device = (metric: string, legend = NAME): Query => [withModel(byDevice(metric)), legend];
const sum = (query: string) => `sum(${query})`;

/** PV energy of today, of the plants with a meter at the grid. */
const METERED_PV_TODAY = `${plantSum('growatt_pv_energy_today_kwh')} and on (plant_id) ${EXPORT_TODAY}`;

const inputs = (quantity: string, input: number): Query =>
  device(`growatt_pv${input}_${quantity}`, `${NAME} PV${input}`);

export const home = dashboard({
  name: 'home',
  title: 'home',
  description: 'One plant or a few: power, energy by day and month, inverters, battery and grid.',
  from: 'now-24h',
  variables: [
    plantVariable(),
    deviceVariable(),
    numberVariable('grid_volts', 'Grid, V', [230, 240, 120, 208, 277, 400, 480]),
    numberVariable('grid_hertz', 'Grid, Hz', [50, 60]),
  ],
  rows: [
    [
      'Now',
      stat({ title: 'Current power', width: 6, unit: 'watt', past: true }, [
        sum(byDevice('growatt_current_power_watts')),
        'power',
      ]),
      stat({ title: 'Energy today', width: 4, unit: 'kwatth', decimals: 1 }, [sum(ENERGY_TODAY), 'energy']),
      stat(
        {
          title: 'kWh per kWp today',
          description: 'Energy of today for each kilowatt of rated PV power.',
          width: 4,
          decimals: 2,
        },
        [withPlantName(SPECIFIC_YIELD), '{{plant_name}}'],
      ),
      stat(
        {
          title: 'Self-consumption today',
          description: `Share of the PV energy that was not exported. ${METERED}`,
          width: 3,
          unit: 'percentunit',
          decimals: 0,
        },
        [`clamp_min(1 - ${sum(EXPORT_TODAY)} / (${sum(METERED_PV_TODAY)} > 0), 0)`, 'self-consumption'],
      ),
      stat(
        {
          title: 'Autarky today',
          description: `Share of the consumption that did not come from the grid. ${METERED}`,
          width: 3,
          unit: 'percentunit',
          decimals: 0,
        },
        [`clamp_min(1 - ${sum(IMPORT_TODAY)} / (${sum(HOUSE_TODAY)} > 0), 0)`, 'autarky'],
      ),
      stat(
        {
          title: 'Battery',
          description: BATTERIES,
          width: 4,
          unit: 'percent',
          steps: ['red', [20, 'orange'], [50, 'green']],
        },
        device('growatt_battery_soc_percent'),
      ),
      stat({ title: 'Status', width: 24, words: STATUS }, device('growatt_inverter_status')),
    ],
    [
      'Power and energy',
      lines({ title: 'Power', width: 12, unit: 'watt', min: 0 }, device('growatt_current_power_watts')),
      lines(
        {
          title: 'Flow',
          description: `Sun and house as they are; battery positive while it discharges; grid positive while it is drawn from. ${METERED}`,
          width: 12,
          unit: 'watt',
        },
        [sum(byDevice('growatt_pv_power_watts')), 'sun'],
        [sum(HOUSE_POWER), 'house'],
        [
          `${sum(byDevice('growatt_battery_discharge_power_watts'))} - ${sum(byDevice('growatt_battery_charge_power_watts'))}`,
          'battery',
        ],
        [`${sum(IMPORT_POWER)} - ${sum(EXPORT_POWER)}`, 'grid'],
      ),
      bars(
        {
          title: 'Daily energy, 30 days',
          description:
            'By the days of the plant. Needs COLLECT_HISTORY=true, with HISTORY_DAYS=30 from the start on.',
          width: 12,
          unit: 'kwatth',
          row: 'date',
          column: 'plant_name',
        },
        [
          withPlantName(
            `(${DAILY_ENERGY('31d')} or label_replace(${ENERGY_TODAY}, "date", "today", "", ""))`,
          ),
          '',
        ],
      ),
      bars(
        {
          title: 'Months compared',
          description: 'Energy of the days that are known of each month. Needs COLLECT_HISTORY=true.',
          width: 12,
          unit: 'kwatth',
          row: 'month',
          column: 'plant_name',
        },
        [
          withPlantName(
            `sum by (plant_id, month) (label_replace(${DAILY_ENERGY('400d')}, "month", "$1", "date", "(.{7}).*"))`,
          ),
          '',
        ],
      ),
      bars(
        {
          title: 'kWh per kWp by day, 30 days',
          description: 'Days of the plant, for each kilowatt of rated PV power. Needs COLLECT_HISTORY=true.',
          width: 12,
          row: 'date',
          column: 'plant_name',
        },
        [withPlantName(`${DAILY_ENERGY('31d')} / on (plant_id) group_left () ${PEAK_KW}`), ''],
      ),
      heat(
        {
          title: 'Power by hour and weekday, 8 weeks',
          description: 'Mean power of all chosen plants, by their own clocks. Needs COLLECT_HISTORY=true.',
          width: 12,
          height: 12,
          unit: 'watt',
          row: 'hour',
          column: 'weekday',
        },
        [weekdayHours(8), ''],
      ),
      stat({ title: 'Energy this month', width: 4, unit: 'kwatth', decimals: 0 }, [
        sum(byPlant('growatt_energy_month_kwh')),
        'energy',
      ]),
      stat({ title: 'Energy this year', width: 4, unit: 'kwatth', decimals: 0 }, [
        sum(byPlant('growatt_energy_year_kwh')),
        'energy',
      ]),
      stat({ title: 'Energy in total', width: 4, unit: 'kwatth', decimals: 0 }, [
        sum(byDevice('growatt_energy_total_kwh')),
        'energy',
      ]),
    ],
    ['Expected power', ...expectedPanels],
    ['Money', ...moneyPanels],
    [
      'Inverters',
      gauge(
        { title: 'Temperature', width: 8, unit: 'celsius', min: 0, max: 80, steps: HEAT },
        device('growatt_inverter_temperature_celsius'),
      ),
      lines(
        { title: 'Temperature over time', width: 8, unit: 'celsius', steps: HEAT },
        device('growatt_inverter_temperature_celsius'),
      ),
      states({ title: 'Status over time', width: 8, words: STATUS }, device('growatt_inverter_status')),
      lines(
        { title: 'PV1 and PV2, power', width: 8, unit: 'watt', min: 0 },
        inputs('power_watts', 1),
        inputs('power_watts', 2),
      ),
      lines(
        { title: 'PV1 and PV2, voltage', width: 8, unit: 'volt', min: 0 },
        inputs('voltage_volts', 1),
        inputs('voltage_volts', 2),
      ),
      lines(
        { title: 'PV1 and PV2, current', width: 8, unit: 'amp', min: 0 },
        inputs('current_amps', 1),
        inputs('current_amps', 2),
      ),
      lines(
        {
          title: 'AC voltage',
          description: 'The limits are 10 % below and above the voltage chosen above.',
          width: 12,
          unit: 'volt',
        },
        [
          `${withModel(byDevice('growatt_ac_voltage_volts'))} unless on (plant_id, device_sn) growatt_ac_phase_voltage_volts{${DEVICE}}`,
          NAME,
        ],
        [withModel(byDevice('growatt_ac_phase_voltage_volts', 'phase')), `${NAME} L{{phase}}`],
        ['vector($grid_volts * 0.9)', 'limit below'],
        ['vector($grid_volts * 1.1)', 'limit above'],
      ),
      lines(
        {
          title: 'AC frequency',
          description: 'The limits are 1 % below and above the frequency chosen above.',
          width: 12,
          unit: 'hertz',
        },
        device('growatt_ac_frequency_hz'),
        ['vector($grid_hertz * 0.99)', 'limit below'],
        ['vector($grid_hertz * 1.01)', 'limit above'],
      ),
    ],
    [
      'Battery and grid',
      lines(
        { title: 'State of charge', description: BATTERIES, width: 8, unit: 'percent', min: 0, max: 100 },
        device('growatt_battery_soc_percent'),
      ),
      lines(
        { title: 'Battery power, charging positive', description: BATTERIES, width: 8, unit: 'watt' },
        device('growatt_battery_charge_power_watts', `${NAME} charging`),
        [`-(${withModel(byDevice('growatt_battery_discharge_power_watts'))})`, `${NAME} discharging`],
      ),
      lines(
        { title: 'Self-consumption', description: METERED, width: 8, unit: 'watt', min: 0 },
        device('growatt_self_consumption_power_watts'),
      ),
      stat(
        {
          title: 'Energy of today',
          description: `${METERED} ${BATTERIES}`,
          width: 24,
          unit: 'kwatth',
          decimals: 1,
        },
        [sum(byDevice('growatt_pv_energy_today_kwh')), 'sun'],
        [sum(HOUSE_TODAY), 'house'],
        [sum(IMPORT_TODAY), 'drawn from the grid'],
        [sum(EXPORT_TODAY), 'fed into the grid'],
        [sum(byDevice('growatt_battery_charge_energy_today_kwh')), 'into the battery'],
        [sum(byDevice('growatt_battery_discharge_energy_today_kwh')), 'out of the battery'],
      ),
      states(
        {
          title: 'Readable',
          description: 'Whether the last attempt to read the plant succeeded.',
          width: 24,
          height: 4,
          words: { 0: ['no', 'red'], 1: ['yes', 'green'] },
        },
        [withPlantName(`max by (plant_id) (growatt_up{${PLANT}})`), '{{plant_name}}'],
      ),
    ],
  ],
});

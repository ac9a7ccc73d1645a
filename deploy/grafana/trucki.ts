import { dashboard, stickVariable } from './dashboard.ts';
import { lines, type Query, stat, states } from './panels.ts';
import { byStick } from './queries.ts';

const REACHED = { 0: ['no', 'red'], 1: ['yes', 'green'] } as const;
const CHARGER = 'Of sticks with a charger (T2MG, T2HG).';
const METER = 'Of sticks with a house meter.';

const stick = (metric: string, what = ''): Query => [byStick(metric), `{{stick}} ${what}`.trim()];
const inverter = (metric: string, what = ''): Query => [
  byStick(metric, 'inverter'),
  `{{stick}} {{inverter}} ${what}`.trim(),
];
/** The present one of several states. */
const state = (metric: string, what: string): Query => [
  `${byStick(metric, 'state')} == 1`,
  `{{stick}} ${what} {{state}}`,
];

export const trucki = dashboard({
  name: 'trucki',
  title: 'Trucki',
  description: 'Sticks on grid inverters and chargers: zero export, power, meter, battery.',
  from: 'now-6h',
  variables: [stickVariable()],
  rows: [
    [
      'Now',
      stat({ title: 'AC power', width: 6, unit: 'watt', past: true }, [
        `sum by (stick) (${byStick('trucki_inverter_ac_power_watts', 'inverter')})`,
        '{{stick}}',
      ]),
      stat(
        { title: 'Energy today', width: 6, unit: 'kwatth', decimals: 2 },
        stick('trucki_inverter_energy_today_kwh'),
      ),
      stat(
        { title: 'Energy in total', width: 6, unit: 'kwatth', decimals: 0 },
        stick('trucki_inverter_energy_total_kwh'),
      ),
      stat({ title: 'Stick answers', width: 3, words: REACHED }, stick('trucki_up')),
      stat(
        { title: 'Battery low', width: 3, words: { 0: ['no', 'green'], 1: ['yes', 'red'] } },
        stick('trucki_battery_low'),
      ),
    ],
    [
      'Zero export',
      lines(
        {
          title: 'House meter and inverters',
          description: `The meter is positive while the house draws from the grid. ${METER}`,
          width: 24,
          height: 10,
          unit: 'watt',
        },
        stick('trucki_meter_power_watts', 'house meter'),
        stick('trucki_zero_export_power_watts', 'requested'),
        [`sum by (stick) (${byStick('trucki_inverter_ac_power_watts', 'inverter')})`, '{{stick}} delivered'],
      ),
      lines(
        { title: 'AC power by inverter', width: 12, unit: 'watt' },
        inverter('trucki_inverter_ac_power_watts'),
        inverter('trucki_inverter_ac_power_setpoint_watts', 'setpoint'),
        [byStick('trucki_inverter_ac_power_limit_watts', 'inverter'), 'limit {{stick}} {{inverter}}'],
      ),
      states(
        { title: 'States', width: 12, words: { 1: ['present', 'green'] } },
        state('trucki_zero_export_state', 'zero export'),
        state('trucki_meter_state', 'meter'),
        state('trucki_wifi_state', 'Wi-Fi'),
      ),
      lines(
        { title: 'Energy drawn from the grid today', description: METER, width: 12, unit: 'kwatth' },
        stick('trucki_meter_import_energy_today_kwh'),
      ),
      states({ title: 'Inverter answers', width: 12, words: REACHED }, inverter('trucki_inverter_reachable')),
    ],
    [
      'Inverter and battery',
      lines({ title: 'Battery voltage', width: 8, unit: 'volt' }, stick('trucki_battery_voltage_volts')),
      lines({ title: 'Grid voltage', width: 8, unit: 'volt' }, stick('trucki_grid_voltage_volts')),
      lines(
        { title: 'Temperature', width: 8, unit: 'celsius', steps: ['green', [55, 'red']] },
        stick('trucki_inverter_temperature_celsius'),
      ),
    ],
    [
      'Charger',
      lines(
        { title: 'DC power', description: CHARGER, width: 8, unit: 'watt' },
        stick('trucki_charger_dc_power_watts'),
        stick('trucki_charger_dc_power_setpoint_watts', 'setpoint'),
      ),
      lines(
        { title: 'Output current', description: CHARGER, width: 8, unit: 'amp' },
        stick('trucki_charger_output_current_amps'),
        stick('trucki_charger_output_current_setpoint_amps', 'setpoint'),
      ),
      lines(
        { title: 'Output voltage, as set', description: CHARGER, width: 4, unit: 'volt' },
        stick('trucki_charger_output_voltage_setpoint_volts'),
      ),
      lines(
        { title: 'Efficiency', description: CHARGER, width: 4, unit: 'percentunit' },
        stick('trucki_charger_efficiency_ratio'),
      ),
    ],
    [
      'Stick',
      lines({ title: 'Wi-Fi quality, 0 to 4', width: 6, min: 0, max: 4 }, stick('trucki_wifi_quality_level')),
      lines({ title: 'Uptime', width: 6, unit: 's' }, stick('trucki_uptime_seconds')),
      lines(
        { title: 'Round trip to linked sticks', width: 6, unit: 's' },
        inverter('trucki_remote_round_trip_seconds'),
      ),
      lines(
        { title: 'Time to read the meter', description: METER, width: 6, unit: 's' },
        stick('trucki_meter_read_duration_seconds'),
      ),
    ],
  ],
});

import { type Alert, byDevice, DEVICE, DEVICE_OR_STICK, PLANT } from '../alert.ts';
import { limit } from '../limits.ts';

const PV = byDevice('growatt_pv_power_watts');
const VOLTAGE =
  `(${byDevice('growatt_ac_phase_voltage_volts', 'phase')} or ${byDevice('growatt_ac_voltage_volts')}` +
  ' or max by (stick) (trucki_grid_voltage_volts))';
const FREQUENCY = byDevice('growatt_ac_frequency_hz');
const TEMPERATURE = `(${byDevice('growatt_inverter_temperature_celsius')} or max by (stick) (trucki_inverter_temperature_celsius))`;

/** The ratio of each clear day of the last ones that meets a condition, once for each day. */
const clearDays = (condition: string, days: number) =>
  `count_over_time((last_over_time(plant:solar_clear_day_performance:ratio[1d]) ${condition} ${limit('performance_ratio')})[${days}d:1d])`;
/** Three clear days were low and none was not, within so many days. */
const lowWithin = (days: number) => `(${clearDays('<', days)} >= 3 unless ${clearDays('>=', days)} > 0)`;

/** Whether inverters and batteries are in order. */
export const inverterAlerts: readonly Alert[] = [
  {
    name: 'SolarDeviceFault',
    severity: 'critical',
    for: '10m',
    expr: `${byDevice('growatt_inverter_status')} == 3`,
    summary: `${DEVICE} reports a fault.`,
    description: 'The inverter has switched off or works with a fault.',
    action:
      'growatt_fault_info has the code and its meaning; the display and ShinePhone show the same. Grid faults end by themselves. For others, note the code and ask your installer.',
  },
  {
    name: 'SolarReadingsStale',
    severity: 'warning',
    for: '0m',
    expr:
      `time() - ${byDevice('growatt_last_update_timestamp_seconds')} > ${limit('reading_age_seconds')}` +
      ` and on (plant_id, device_sn) ${byDevice('last_over_time(growatt_current_power_watts[12h])')} > ${limit('producing_watts')}`,
    summary: `${DEVICE} went silent while it produced, {{ $value | humanizeDuration }} ago.`,
    description:
      'The newest reading is old, although the inverter produced when it was taken: at dusk an inverter falls silent with little power.',
    action:
      'Most often its datalogger has lost the Wi-Fi, or the internet connection of the plant is down. See whether the inverter itself works, and start the datalogger anew.',
  },
  {
    name: 'SolarNoProduction',
    severity: 'warning',
    for: '1h',
    expr:
      `${PV} < 10 and on (plant_id) max by (plant_id) (${PV}) > ${limit('producing_watts')}` +
      ` unless on (plant_id, device_sn) ${byDevice('growatt_inverter_status')} == 3`,
    summary: `${DEVICE} produces nothing while others of its plant produce.`,
    description:
      'The inverter answers and reports no fault, but has no PV power, although the sun shines on its plant.',
    action:
      'See whether its DC switch is closed and its strings have voltage (growatt_pv1_voltage_volts). An inverter of modules with another direction may begin later: lengthen the wait then.',
  },
  {
    name: 'SolarStringImbalance',
    severity: 'warning',
    for: '2h',
    expr: `device:growatt_string_deviation:ratio < -${limit('string_deviation_ratio')}`,
    summary: `String {{ $labels.string }} of ${DEVICE} carries {{ $value | humanizePercentage }} against the mean of its inverter.`,
    description: 'One string carries far less current than the others of its inverter.',
    action:
      'Look for shade, dirt, snow, a blown fuse, a loose plug or a defective module in this string. Strings of other size or direction always deviate: raise the limit for them.',
  },
  {
    name: 'SolarPerformanceLow',
    severity: 'warning',
    for: '0m',
    expr: [3, 7, 14].map(lowWithin).join(' or '),
    summary: `${PLANT} gave too little on {{ $value }} clear days, one after the other.`,
    description:
      'On at least three clear days, without one in between that was in order, the energy of the plant was far below what the weather let expect. Only where the weather comes from Open-Meteo.',
    action:
      'Compare with the panel "Expected and actual power": low all day is dirt, snow, a lost string or a plane that is configured wrongly; low at the same hours is shade; a flat top is a limit that the inverter does not report. Look at solar_forecast_info first: what is assumed of the modules has to be right.',
  },
  {
    name: 'SolarOverTemperature',
    severity: 'warning',
    for: '15m',
    expr: `${TEMPERATURE} > ${limit('inverter_temperature_celsius')}`,
    summary: `${DEVICE_OR_STICK} is at {{ $value | humanize }} °C.`,
    description: 'The inverter is hot: it ages faster, and reduces its power to protect itself.',
    action:
      'Clean its fan and fins, give it air and shade. In a hot place raise the limit to what its manual allows.',
  },
  {
    name: 'SolarGridVoltage',
    severity: 'warning',
    for: '10m',
    expr: `${VOLTAGE} > ${limit('grid_voltage_high_volts')} or ${VOLTAGE} < ${limit('grid_voltage_low_volts')} > 0`,
    summary: `${DEVICE_OR_STICK} measures {{ $value | humanize }} V at the grid.`,
    description: 'The voltage of the grid is out of its band; an inverter switches off when it is for long.',
    action:
      'If it rises with your own power, the cable to the connection is too thin or too long: ask your electrician. Otherwise tell the operator of the grid. In a grid other than 230 V set the limits first.',
  },
  {
    name: 'SolarGridFrequency',
    severity: 'warning',
    for: '10m',
    expr: `${FREQUENCY} > ${limit('grid_frequency_high_hz')} or ${FREQUENCY} < ${limit('grid_frequency_low_hz')} > 0`,
    summary: `${DEVICE} measures {{ $value | humanize }} Hz.`,
    description:
      'The frequency of the grid is out of its band, or the inverter runs on backup power of its own.',
    action: 'If the house is on backup power this is normal. In a 60 Hz grid set the limits first.',
  },
  {
    name: 'SolarBatteryLow',
    severity: 'warning',
    for: '30m',
    expr: `${byDevice('growatt_battery_soc_percent')} < ${limit('battery_soc_percent')} or max by (stick) (trucki_battery_low) == 1`,
    summary: `The battery of ${DEVICE_OR_STICK} is low.`,
    description: 'The battery is nearly empty and has not been charged for half an hour.',
    action:
      'In winter this can be normal: lower the limit then. Otherwise see whether the battery is charged by day, and what reserve is set in the inverter.',
  },
];

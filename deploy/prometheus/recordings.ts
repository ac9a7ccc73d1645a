import { limit } from './limits.ts';

/** A series that Prometheus computes from others, each value once while an agent overlaps with its successor. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly help: string;
}

const plantSum = (metric: string) => `sum by (plant_id) (max by (plant_id, device_sn) (${metric}))`;
/** A plant has one meter at its grid connection: a hybrid reports it, else a smart meter of the cloud. */
const connection = (what: 'import' | 'export') =>
  `(max by (plant_id) (growatt_grid_${what}_energy_today_kwh) or max by (plant_id) (growatt_meter_${what}_energy_today_kwh))`;
const IMPORT = connection('import');
const EXPORT = connection('export');
/** kWh in an hour through the connection, from the totals of the last hour. */
const perHour = (what: 'import' | 'export') =>
  `3600 * (max by (plant_id) (rate(growatt_grid_${what}_energy_total_kwh[1h])) or max by (plant_id) (rate(growatt_meter_${what}_energy_total_kwh[1h])))`;
const moneyPerHour = (what: 'import' | 'export') =>
  `max by (plant_id, currency) (solar_energy_price{direction="${what}"}) * on (plant_id) group_left () (${perHour(what)})`;
const HOUSE = `(max by (plant_id) (growatt_load_energy_today_kwh) or (${plantSum('growatt_energy_today_kwh')} + ${IMPORT} - ${EXPORT}))`;
const CURRENT = 'max by (plant_id, device_sn, string) (growatt_string_current_amps)';

const ofPlant = (metric: string) => `max by (plant_id) (${metric})`;
/** Mean power under a cloudless sky over a day in W, as energy of that day in kWh. */
const CLEAR_SKY_ENERGY = `(${ofPlant('avg_over_time(solar_clear_sky_power_watts[1d])')} * 24 / 1000)`;
/** Degrees; at a higher sun much of the day is still to come. */
const END_OF_DAY = 10;

export const recordings: readonly Recording[] = [
  {
    record: 'plant:growatt_power_watts:sum',
    expr: plantSum('growatt_current_power_watts'),
    help: 'AC power of a plant, W.',
  },
  {
    record: 'plant:growatt_energy_today_kwh:sum',
    expr: `max by (plant_id) (growatt_plant_energy_today_kwh) or ${plantSum('growatt_energy_today_kwh')}`,
    help: 'Energy of a plant since its midnight, kWh: as the plant counts it, else that of its devices.',
  },
  {
    record: 'plant:growatt_specific_yield_today:kwh_per_kwp',
    expr: 'plant:growatt_energy_today_kwh:sum / (max by (plant_id) (growatt_plant_peak_power_watts) / 1000 > 0)',
    help: 'The same for each kilowatt of rated PV power.',
  },
  {
    record: 'plant:growatt_self_consumption_today:ratio',
    expr: `clamp_min(1 - ${EXPORT} / (${plantSum('growatt_pv_energy_today_kwh')} > 0), 0)`,
    help: 'Share of the PV energy of today that was not exported, of plants with a meter.',
  },
  {
    record: 'plant:growatt_autarky_today:ratio',
    expr: `clamp_min(1 - ${IMPORT} / (${HOUSE} > 0), 0)`,
    help: 'Share of the consumption of today that did not come from the grid, of plants with a meter.',
  },
  {
    record: 'device:growatt_string_deviation:ratio',
    expr: `${CURRENT} / on (plant_id, device_sn) group_left () (avg by (plant_id, device_sn) (${CURRENT}) > 1) - 1`,
    help: 'How far the current of a string is from the mean of its inverter, while that is above 1 A.',
  },
  {
    record: 'plant:solar_import_cost_per_hour:rate1h',
    expr: moneyPerHour('import'),
    help: 'Cost of import at the present price, in the currency per hour; negative at a price below 0. The mean of a day times 24 is the cost of the day, also where the agent has no `STATE_DIR`.',
  },
  {
    record: 'plant:solar_export_revenue_per_hour:rate1h',
    expr: moneyPerHour('export'),
    help: 'The same for the revenue of export.',
  },
  {
    record: 'plant:solar_clear_day_performance:ratio',
    expr:
      `${ofPlant('solar_performance_ratio')}` +
      ` and on (plant_id) ${ofPlant('solar_sun_elevation_degrees')} < ${END_OF_DAY}` +
      ` and on (plant_id) ${ofPlant('solar_expected_energy_today_kwh')} / ${CLEAR_SKY_ENERGY} >= ${limit('clear_day_ratio')}` +
      ` and on (plant_id) ${ofPlant('solar_forecast_info{weather="open-meteo"}')}`,
    help: 'Performance ratio of a clear day, from when the sun is low in the evening until midnight; only with weather.',
  },
];

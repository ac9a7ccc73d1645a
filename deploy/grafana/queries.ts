/**
 * PromQL for the dashboards. Every value is taken once for each plant and device (`max by`), so that it does not count
 * twice while an agent that was restarted under another name overlaps with its predecessor.
 */

export const PLANT = 'plant_id=~"$plant"';
export const DEVICE = `${PLANT},device_sn=~"$device"`;

/** A metric with the labels of a device, once for each device and further label. */
export const byDevice = (metric: string, ...labels: readonly string[]): string =>
  `max by (${['plant_id', 'device_sn', ...labels].join(', ')}) (${metric}{${DEVICE}})`;

/** A metric with the label plant_id, once for each plant. */
export const byPlant = (metric: string): string => `max by (plant_id) (${metric}{${PLANT}})`;

/** A metric of devices, added up for each plant. */
export const plantSum = (metric: string): string => `sum by (plant_id) (${byDevice(metric)})`;

/**
 * What the meter at the grid connection of a plant says. A plant has one connection, and several of its devices may
 * report it, so it is not added up.
 */
export const plantMeter = (metric: string): string => `max by (plant_id) (${byDevice(metric)})`;

/** What a hybrid says of the grid connection, else what a smart meter of the cloud says. */
const connection = (hybrid: string, meter: string): string => `(${plantMeter(hybrid)} or ${meter})`;
const METER_POWER = plantMeter('growatt_meter_power_watts');

export const IMPORT_POWER = connection('growatt_grid_import_power_watts', `clamp_min(${METER_POWER}, 0)`);
export const EXPORT_POWER = connection('growatt_grid_export_power_watts', `clamp_min(-${METER_POWER}, 0)`);
export const IMPORT_TODAY = connection(
  'growatt_grid_import_energy_today_kwh',
  plantMeter('growatt_meter_import_energy_today_kwh'),
);
export const EXPORT_TODAY = connection(
  'growatt_grid_export_energy_today_kwh',
  plantMeter('growatt_meter_export_energy_today_kwh'),
);

/** What the house takes: what a hybrid says, else what the inverters give and the grid adds. */
export const HOUSE_POWER = connection(
  'growatt_load_power_watts',
  `(${plantSum('growatt_current_power_watts')} + ${IMPORT_POWER} - ${EXPORT_POWER})`,
);
export const HOUSE_TODAY = connection(
  'growatt_load_energy_today_kwh',
  `(${plantSum('growatt_energy_today_kwh')} + ${IMPORT_TODAY} - ${EXPORT_TODAY})`,
);

/** A metric of a stick, once for each stick and further label. */
export const byStick = (metric: string, ...labels: readonly string[]): string =>
  `max by (${['stick', ...labels].join(', ')}) (${metric}{stick=~"$stick"})`;

/** One name for each plant and one model for each device, also while a renamed one is still known by both. */
export const PLANT_NAMES = 'topk by (plant_id) (1, max by (plant_id, plant_name) (growatt_plant_info))';
export const MODELS =
  'topk by (plant_id, device_sn) (1, max by (plant_id, device_sn, model) (growatt_device_info))';

/** Adds the label `plant_name` to what has the label `plant_id`. */
export const withPlantName = (query: string): string =>
  `${query} * on (plant_id) group_left (plant_name) ${PLANT_NAMES}`;

/** Adds the label `model` to what has the labels `plant_id` and `device_sn`. */
export const withModel = (query: string): string =>
  `${query} * on (plant_id, device_sn) group_left (model) ${MODELS}`;

/** Energy of the day of a plant: what the plant itself counts, else the sum of its devices. */
export const ENERGY_TODAY = `(${byPlant('growatt_plant_energy_today_kwh')} or ${plantSum('growatt_energy_today_kwh')})`;

/** Energy of a plant by its own days; the last one is today's, so far. */
export const DAILY_ENERGY = (range: string): string =>
  `max by (plant_id, date) (last_over_time(growatt_daily_energy_kwh{${PLANT}}[${range}]))`;

/** Rated PV power of a plant, kWp. */
export const PEAK_KW = `(${byPlant('growatt_plant_peak_power_watts')} / 1000 > 0)`;

/** kWh for each kWp of rated power, today. */
export const SPECIFIC_YIELD = `${ENERGY_TODAY} / ${PEAK_KW}`;

/** The weekdays as `day_of_week()` numbers them, so written that they sort in the order of the week. */
const WEEKDAYS = ['7 Sunday', '1 Monday', '2 Tuesday', '3 Wednesday', '4 Thursday', '5 Friday', '6 Saturday'];

/**
 * Mean power by weekday and hour of the plants' own clocks, with these labels. growatt_hourly_avg_power_watts describes
 * the newest completed day: at 10:30 UTC that is the day before, in every zone from UTC-10 to UTC+13.
 */
export const weekdayHours = (weeks: number): string =>
  WEEKDAYS.map((name, number) => {
    const onThatDay = `and on () (day_of_week(vector(time() - 86400)) == ${number})`;
    const hours = `max by (plant_id, hour) (growatt_hourly_avg_power_watts{${PLANT}} offset -10h30m)`;
    const mean = `sum by (hour) (avg_over_time((${hours} ${onThatDay})[${weeks}w:1d]))`;
    return `label_replace(${mean}, "weekday", "${name}", "", "")`;
  }).join(' or ');

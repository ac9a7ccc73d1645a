import { overview as expected } from '../../src/derived/forecast/overview.ts';
import { overview as money } from '../../src/derived/tariff/overview.ts';
import { quantities } from '../../src/kind-overviews.ts';
import type { ShownSample } from '../../src/model/overview.ts';
import type { Labels } from '../../src/model/reading.ts';
import { makeOverview, type Overview } from '../../src/view/overview.ts';

/** Seconds since the epoch. */
export const NOW = 1_781_258_400;

type Values = Readonly<Record<string, number>>;

export const samplesOf = (attributes: Labels, values: Values): ShownSample[] =>
  Object.entries(values).map(([metric, value]) => ({ metric, attributes, value }));

/** Samples of a device; the metrics without `growatt_`. */
export const device = (plant_id: string, device_sn: string, values: Values, model = ''): ShownSample[] => [
  ...samplesOf(
    { plant_id, device_sn },
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`growatt_${name}`, value])),
  ),
  ...samplesOf({ plant_id, device_sn, device_type: 'min', model }, { growatt_device_info: 1 }),
];

/** Samples of a plant as a whole. */
export const plant = (plant_id: string, plant_name: string, values: Values = {}): ShownSample[] => [
  ...samplesOf({ plant_id }, values),
  ...samplesOf({ plant_id, plant_name, location: 'Berlin', peak_power_kw: '10' }, { growatt_plant_info: 1 }),
];

export const overviewOf = (...samples: readonly (readonly ShownSample[])[]): Promise<Overview> =>
  makeOverview({
    samples: samples.flat(),
    quantities: { ...quantities, ...expected.quantities, ...money.quantities },
    now: NOW,
    stickReadAt: () => NOW - 2,
  });

/** Samples of the money of a plant. */
export const moneyOf = (plant_id: string, currency: string, savings: number): ShownSample[] =>
  samplesOf(
    { plant_id, currency },
    {
      solar_savings_total: savings,
      solar_export_revenue_total: 10,
      solar_export_charge_total: 2.5,
      solar_import_cost_total: 99,
    },
  );

/** Samples of what is expected of a plant. */
export const expectedOf = (plant_id: string, watts: number): ShownSample[] =>
  samplesOf(
    { plant_id },
    {
      solar_expected_power_watts: watts,
      solar_expected_energy_today_kwh: watts / 200,
      solar_expected_energy_tomorrow_kwh: watts / 250,
      solar_performance_ratio: 0.834,
    },
  );

/** So many plants in the sun, the later ones with more energy; the first one has a fault, the second is silent. */
export function fleetSamples(count: number): ShownSample[] {
  return Array.from({ length: count }, (_, i) => {
    const id = String(i + 1);
    const status = i === 0 ? 3 : i === 1 ? 0 : 1;
    const energy = { growatt_plant_peak_power_watts: 10_000, growatt_energy_month_kwh: 100 + i };
    const values = { inverter_status: status, current_power_watts: 5000, energy_today_kwh: 20 + i / 100 };
    return [
      ...plant(id, `Plant ${id}`, energy),
      ...device(id, `SN${id}`, { ...values, last_update_timestamp_seconds: NOW - 60 }),
    ];
  }).flat();
}

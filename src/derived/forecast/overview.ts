import type { KindOverview } from '../../model/overview.ts';

/** What the status page shows of expected power. */
export const overview: KindOverview = {
  sourceTitle: (plant) => `Expected power of plant ${plant}`,
  quantities: {
    solar_expected_power_watts: 'expectedWatts',
    solar_expected_energy_today_kwh: 'expectedTodayKwh',
    solar_expected_energy_tomorrow_kwh: 'expectedTomorrowKwh',
    solar_performance_ratio: 'performanceRatio',
  },
};

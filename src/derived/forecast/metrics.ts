import { define, type MetricGroup, type Range } from '../../model/metric.ts';

const POWER_OF_PLANT: Range = [0, 1e9];
const ENERGY_OF_PLANT: Range = [0, 1e9];
/** A forecast can be far too low. */
const RATIO: Range = [0, 10];

export const forecastMetrics: MetricGroup = {
  title: 'Expected power',
  introduction:
    'With the section `forecast` of the configuration; see [forecast.md](forecast.md). `weather` is `none` or `open-meteo`;\n`assumed` names what is not configured, such as `tilt 35, azimuth 180`, and is empty where nothing is assumed.',
  definitions: define({ labels: ['plant_id'] }, [
    [
      'solar_sun_elevation_degrees',
      'Elevation of the sun above the horizon, without refraction, in degrees; negative at night.',
      { unit: 'degrees', signed: true, example: 37.2 },
    ],
    [
      'solar_irradiance_watts_per_square_meter',
      'Expected irradiance in the plane of the modules in watts per square metre.',
      { unit: 'watts_per_square_meter', example: 742.6 },
    ],
    [
      'solar_clear_sky_power_watts',
      'AC power that is expected under a cloudless sky in watts.',
      { unit: 'watts', range: POWER_OF_PLANT, example: 4102.4 },
    ],
    [
      'solar_expected_power_watts',
      'AC power that is expected in watts: in the weather of this quarter of an hour with open-meteo, else under a cloudless sky.',
      { unit: 'watts', range: POWER_OF_PLANT, example: 3385.1 },
    ],
    [
      'solar_expected_energy_today_kwh',
      'AC energy that is expected from local midnight to the next in kilowatt hours.',
      { unit: 'kwh', range: ENERGY_OF_PLANT, example: 21.37 },
    ],
    [
      'solar_expected_energy_tomorrow_kwh',
      'AC energy that is expected of tomorrow in kilowatt hours.',
      { unit: 'kwh', range: ENERGY_OF_PLANT, example: 24.05 },
    ],
    [
      'solar_performance_ratio',
      'Energy of the day so far as a share of what was expected of it: 0 to 1, and above where it was more.',
      { unit: 'ratio', range: RATIO, example: 0.93 },
    ],
    [
      'solar_specific_yield_today_kwh_per_kwp',
      'PV energy since local midnight in kilowatt hours for each kilowatt of modules.',
      { unit: 'kwh_per_kwp', example: 3.91 },
    ],
    [
      'solar_forecast_info',
      'Where the weather comes from, and what is assumed of the modules; the value is always 1.',
      { labels: ['weather', 'assumed'], example: 1 },
    ],
  ]),
};

import { limits } from '../prometheus/limits.ts';
import { lines, stat } from './panels.ts';
import { byDevice, byPlant, withPlantName } from './queries.ts';

const FORECAST = 'Empty without FORECAST_SOURCE.';
const sum = (query: string) => `sum(${query})`;
/** Of the chosen plants of which something is expected. */
const where = (query: string) => `${query} and on (plant_id) ${byPlant('solar_expected_power_watts')}`;

/** What the weather lets expect beside what the plants give. */
export const expectedPanels = [
  lines(
    {
      title: 'Expected and actual power',
      description: `PV power of the plants of which power is expected; after the inverter it is some percent less. ${FORECAST}`,
      width: 16,
      unit: 'watt',
      min: 0,
    },
    [sum(where(byDevice('growatt_pv_power_watts'))), 'actual'],
    [sum(byPlant('solar_expected_power_watts')), 'expected'],
    [sum(byPlant('solar_clear_sky_power_watts')), 'under a clear sky'],
  ),
  lines(
    {
      title: 'Irradiance in the plane of the modules',
      description: FORECAST,
      width: 8,
      unit: 'Wm2',
      min: 0,
    },
    [withPlantName(byPlant('solar_irradiance_watts_per_square_meter')), '{{plant_name}}'],
  ),
  stat(
    {
      title: 'Performance ratio of the day',
      description: `Energy so far as a share of what was expected. None before an hour of sun, and while output is held back. ${FORECAST}`,
      width: 8,
      unit: 'percentunit',
      decimals: 0,
      steps: ['red', [limits.performance_ratio.value, 'orange'], [0.9, 'green']],
    },
    [withPlantName(byPlant('solar_performance_ratio')), '{{plant_name}}'],
  ),
  stat({ title: 'Expected of the whole day', description: FORECAST, width: 8, unit: 'kwatth', decimals: 1 }, [
    withPlantName(byPlant('solar_expected_energy_today_kwh')),
    '{{plant_name}}',
  ]),
  stat({ title: 'Expected tomorrow', description: FORECAST, width: 8, unit: 'kwatth', decimals: 1 }, [
    withPlantName(byPlant('solar_expected_energy_tomorrow_kwh')),
    '{{plant_name}}',
  ]),
] as const;

import { define, type MetricGroup } from '../../model/metric.ts';
import type { PlantFigures } from '../../model/reading.ts';

/** What readings of inverters say of their plant, where no account lists it. */
export const plantFigures: PlantFigures = {
  device: {
    today: 'growatt_energy_today_kwh',
    total: 'growatt_energy_total_kwh',
    power: 'growatt_current_power_watts',
  },
  plant: {
    today: 'growatt_plant_energy_today_kwh',
    month: 'growatt_energy_month_kwh',
    year: 'growatt_energy_year_kwh',
    total: 'growatt_plant_energy_total_kwh',
    power: 'growatt_plant_power_watts',
    dailyEnergy: 'growatt_daily_energy_kwh',
    dailyPeak: 'growatt_daily_peak_power_watts',
    hourlyPower: 'growatt_hourly_avg_power_watts',
  },
};

/** What is said of the local connection; values of inverters have the names of the cloud's. */
export const modbusMetrics: MetricGroup = {
  title: 'Local inverters',
  definitions: define({ labels: ['target'] }, [
    [
      'growatt_modbus_up',
      'Result of the last poll of the inverter: 1 if it answered or sleeps, else 0.',
      { validity: 'fact', example: 1 },
    ],
  ]),
};

import { define, type MetricGroup, type Range } from '../../model/metric.ts';

/** A plant can have thousands of devices. */
const POWER_OF_PLANT: Range = [0, 1e9];
const ENERGY_OF_PLANT: Range = [0, 1e12];

export const account: MetricGroup = {
  title: 'Accounts',
  definitions: define({ labels: ['account'] }, [
    [
      'growatt_account_up',
      'Result of the last attempt to use the account: 1 if the cloud accepted the token and answered, else 0.',
      { validity: 'fact' },
    ],
  ]),
};

export const plant: MetricGroup = {
  title: 'Plants',
  introduction: 'The power and the energies of a plant are read every `GROWATT_PLANT_INTERVAL`.',
  definitions: define({ labels: ['plant_id'] }, [
    [
      'growatt_up',
      'Result of the last attempt to read the plant: 1 if it and all of its devices could be read, else 0.',
      { validity: 'fact' },
    ],
    ['growatt_plant_status', 'Status of the plant as the cloud numbers it.', { validity: 'fact' }],
    [
      'growatt_plant_info',
      'Name, location and rated PV power of the plant; the value is always 1.',
      { validity: 'fact', labels: ['plant_name', 'location', 'peak_power_kw'] },
    ],
    [
      'growatt_plant_peak_power_watts',
      'Rated PV power of the plant in watts, as its owner stated it.',
      { unit: 'watts', validity: 'fact', range: POWER_OF_PLANT },
    ],
    ['growatt_plant_power_watts', 'Power of the plant in watts.', { unit: 'watts', range: POWER_OF_PLANT }],
    [
      'growatt_plant_energy_today_kwh',
      'Energy of the plant since local midnight in kilowatt hours.',
      { unit: 'kwh', validity: 'today', range: ENERGY_OF_PLANT },
    ],
    [
      'growatt_plant_energy_total_kwh',
      'Energy of the plant since its installation in kilowatt hours.',
      { unit: 'kwh', validity: 'lifetime', range: ENERGY_OF_PLANT },
    ],
    [
      'growatt_energy_month_kwh',
      'Energy of the plant in this month in kilowatt hours.',
      { unit: 'kwh', validity: 'month', range: ENERGY_OF_PLANT },
    ],
    [
      'growatt_energy_year_kwh',
      'Energy of the plant in this year in kilowatt hours.',
      { unit: 'kwh', validity: 'year', range: ENERGY_OF_PLANT },
    ],
  ]),
};

export const history: MetricGroup = {
  title: 'Daily history',
  introduction: 'Of each metric at most `HISTORY_DAYS` dates are exposed; see [history.md](history.md).',
  definitions: [
    ...define({ labels: ['plant_id', 'date'], validity: 'fact' }, [
      [
        'growatt_daily_energy_kwh',
        'Energy of a completed day in kilowatt hours, as the cloud counts it or, if it does not, the integral of the power.',
        { unit: 'kwh', range: ENERGY_OF_PLANT, example: 18.4 },
      ],
      [
        'growatt_daily_peak_power_watts',
        'Highest power of a completed day in watts.',
        { unit: 'watts', range: POWER_OF_PLANT, example: 4210 },
      ],
    ]),
    ...define({ labels: ['plant_id', 'hour'], validity: 'fact' }, [
      [
        'growatt_hourly_avg_power_watts',
        'Mean power of each hour, 00 to 23 local time, of the newest completed day in watts.',
        { unit: 'watts', range: POWER_OF_PLANT, example: 1870 },
      ],
    ]),
  ],
};

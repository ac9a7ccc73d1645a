import { define, type MetricGroup, type MetricRow } from '../../model/metric.ts';

const labels = ['plant_id', 'currency'];

/** Amounts only grow, which the ledger sees to by itself: a beginning at 0 is true from the first moment on. */
const counters = (rows: readonly MetricRow[], own: readonly string[]) =>
  define({ labels: own, validity: 'fact' }, rows).map((row) => ({ ...row, kind: 'counter' as const }));

export const tariffMetrics: MetricGroup = {
  title: 'Prices and amounts',
  introduction:
    'With the section `tariff` of the configuration; see [money.md](money.md). Amounts are in the currency of the label, counted since the agent knows the plant.',
  definitions: [
    ...define({ labels }, [
      [
        'solar_energy_price',
        'Price of a kilowatt hour now, charges and tax included.',
        { labels: ['direction'], signed: true, example: 0.2874 },
      ],
    ]),
    ...counters(
      [
        [
          'solar_import_cost_total',
          'Cost of the energy drawn from the grid at prices of 0 and more.',
          { example: 412.0731 },
        ],
        [
          'solar_import_credit_total',
          'What was received for energy drawn from the grid at negative prices.',
          { example: 1.2042 },
        ],
        [
          'solar_export_revenue_total',
          'Revenue of the energy fed into the grid at prices of 0 and more.',
          { example: 98.1174 },
        ],
        [
          'solar_export_charge_total',
          'What was to be paid for energy fed into the grid at negative prices.',
          { example: 0.3518 },
        ],
        [
          'solar_savings_total',
          'What the energy that was consumed on the spot would have cost at the price of import.',
          { example: 351.8209 },
        ],
      ],
      labels,
    ),
    ...counters(
      [
        [
          'solar_unpriced_energy_kwh_total',
          'Energy drawn from the grid, or fed into it, while its price was unknown, in kilowatt hours.',
          { labels: ['direction'], example: 1.7 },
        ],
      ],
      ['plant_id'],
    ),
  ],
};

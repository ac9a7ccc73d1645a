import { lines, stat } from './panels.ts';
import { PLANT } from './queries.ts';

const TARIFF = 'Empty without the section tariff of the configuration.';
const LEGEND = '{{currency}}';

/** What counters have grown by, once for each plant, added up for each currency. */
const grown = (metric: string): string =>
  `sum by (currency) (max by (plant_id, currency) (increase(${metric}{${PLANT}}[24h])))`;
const perHour = (metric: string): string =>
  `3600 * sum by (currency) (max by (plant_id, currency) (rate(${metric}{${PLANT}}[1h])))`;

/** What energy costs, earns and saves. */
export const moneyPanels = [
  stat(
    {
      title: 'Money of 24 hours',
      description: `What was saved by consumption on the spot, earned by export and paid for import, negative prices included. ${TARIFF}`,
      width: 8,
      decimals: 2,
    },
    [grown('solar_savings_total'), `saved, ${LEGEND}`],
    [`${grown('solar_export_revenue_total')} - ${grown('solar_export_charge_total')}`, `earned, ${LEGEND}`],
    [`${grown('solar_import_cost_total')} - ${grown('solar_import_credit_total')}`, `paid, ${LEGEND}`],
  ),
  lines(
    {
      title: 'Money per hour',
      description: `Saved and earned, and paid below zero. ${TARIFF}`,
      width: 8,
      decimals: 2,
    },
    [perHour('solar_savings_total'), `saved, ${LEGEND}`],
    [
      `${perHour('solar_export_revenue_total')} - ${perHour('solar_export_charge_total')}`,
      `earned, ${LEGEND}`,
    ],
    [`${perHour('solar_import_credit_total')} - ${perHour('solar_import_cost_total')}`, `paid, ${LEGEND}`],
  ),
  lines(
    {
      title: 'Price of a kWh',
      description: `Charges and tax included. Of several plants the highest. ${TARIFF}`,
      width: 8,
      decimals: 3,
    },
    [`max by (direction, currency) (solar_energy_price{${PLANT}})`, '{{direction}}, {{currency}}'],
  ),
] as const;

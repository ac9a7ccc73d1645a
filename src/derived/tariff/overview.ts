import type { KindOverview } from '../../model/overview.ts';

const TITLES: Readonly<Record<string, string>> = {
  import: 'Price of energy from the grid',
  export: 'Price of energy for the grid',
};

/** What the status page shows of money. */
export const overview: KindOverview = {
  sourceTitle: (direction) => TITLES[direction] ?? `Price of ${direction}`,
  quantities: {
    solar_savings_total: 'savings',
    solar_export_revenue_total: 'exportRevenue',
    solar_export_charge_total: 'exportCharge',
  },
};

import type { Value } from '../../model/reading.ts';
import type { Account, Direction } from './ledger.ts';

const AMOUNTS = {
  import: ['solar_import_cost_total', 'solar_import_credit_total'],
  export: ['solar_export_revenue_total', 'solar_export_charge_total'],
} as const;

const MICRO = 1_000_000n;
const MILLI_WATT_HOURS_PER_KWH = 1e6;

/** Millionths of a currency as a number. Beyond 2⁵³ of them, nine billions, its last digits are lost. */
const amountOf = (micro: bigint) => Number(micro / MICRO) + Number(micro % MICRO) / Number(MICRO);

/** What is shown of a plant in one direction: its price, and the counters that have begun. */
export function valuesOf({
  direction,
  currency,
  price,
  account,
}: {
  readonly direction: Direction;
  readonly currency: string;
  /** Per kWh; undefined: unknown. */
  readonly price: number | undefined;
  readonly account: Account | undefined;
}): readonly Value[] {
  const labels = { currency };
  const values: Value[] = [];
  if (price !== undefined)
    values.push({
      metric: 'solar_energy_price',
      value: Number(price.toFixed(6)),
      labels: { currency, direction },
    });
  const money = account?.money[currency];
  if (!account || !money) return values;
  const add = (metric: string, micro: bigint) => values.push({ metric, value: amountOf(micro), labels });
  if (account.grid) {
    const [positive, negative] = AMOUNTS[direction];
    add(positive, money.positive);
    add(negative, money.negative);
    values.push({
      metric: 'solar_unpriced_energy_kwh_total',
      value: account.unpriced / MILLI_WATT_HOURS_PER_KWH,
      labels: { direction },
    });
  }
  if (account.ownUse) add('solar_savings_total', money.saved);
  return values;
}

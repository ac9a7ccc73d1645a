import type { DerivedPart, DerivedTools } from '../../model/derived.ts';
import type { Source } from '../../model/source.ts';
import { createCallPolicy } from '../../policy/call-policy.ts';
import { Books } from './books.ts';
import { PriceFeed } from './feed.ts';
import type { Direction } from './ledger.ts';
import { tariffMetrics } from './metrics.ts';
import { overview } from './overview.ts';
import { type Pricing, priceZonesOf, resolveTariff, type TariffConfig, tariffSettings } from './settings.ts';
import { type PriceOrigin, placeOf, TariffSource } from './source.ts';
import { askOf } from './sources/client.ts';
import { markets } from './sources/index.ts';
import type { Market } from './sources/market.ts';

const RETRY = { timeout: 20_000, retries: 2, firstDelay: 2000 };

/** What energy from the grid costs, and what that of the sun earns and saves. */
export const tariff: DerivedPart<typeof tariffSettings, TariffConfig> = {
  title: 'Money',
  settings: tariffSettings,
  settingsDocs: {
    example: `# What energy costs and earns. Leave this part out to count no money.
tariff:
  currency: EUR
  timezone: Europe/Berlin
  import:
    price: 0.31
    zones:
      - {hours: "22-6", price: 0.24}
      - {days: "Sat,Sun", price: 0.27}
  export: 0.0786
`,
    notes: `\`tariff\` is about all plants. How money is counted, and what cannot be priced: [money.md](money.md).
`,
  },
  metrics: [tariffMetrics],
  metricsDocs: { sourceNames: '`tariff/import`, `tariff/export`' },
  overview,
  simulator: async () => (await import('../../simulators/tariff/simulator.ts')).startSimulator,
  resolve: resolveTariff,
  shown: ({ values }) => ({ tariff: values }),
  create(config, tools) {
    return Object.entries(config.directions).map(([direction, pricing]) =>
      sourceOf(direction as Direction, pricing, config, tools),
    );
  },
};

function sourceOf(
  direction: Direction,
  pricing: Pricing,
  { currency, timezone }: TariffConfig,
  tools: DerivedTools,
): Source {
  const { clock, readings, shared, folder, once } = tools;
  const identity =
    pricing.kind === 'market'
      ? [direction, pricing.market, pricing.zone, pricing.product, pricing.region, pricing.baseUrl].join(' ')
      : direction;
  return new TariffSource({
    direction,
    currency,
    place: placeOf(timezone),
    origin: originOf(`tariff/${direction}`, pricing, tools),
    books: shared('tariff books', () => new Books(folder, clock, once === undefined ? undefined : 0)),
    readings,
    clock,
    configuration: { currency, timezone, pricing },
    identity,
  });
}

function originOf(name: string, pricing: Pricing, { clock, fetch, observer }: DerivedTools): PriceOrigin {
  if (pricing.kind === 'fixed') return { ...pricing, zones: priceZonesOf(pricing.zones) };
  const market: Market = markets[pricing.market];
  const { zone, product, region, charges, tax } = pricing;
  const choice = { zone, product, region };
  const baseUrl = pricing.baseUrl ?? market.baseUrl(choice);
  const policy = createCallPolicy({ clock, retry: RETRY, observer: observer(name) });
  return {
    kind: 'market',
    feed: new PriceFeed({ market, choice, charges, tax, clock }),
    policy,
    ask: (signal) => askOf({ baseUrl, fetch, policy, clock }, signal),
  };
}

import { trimEndOf } from '../../base/trim.ts';
import { plainUrl } from '../../settings/addresses.ts';
import { choice, type Format, timeZone } from '../../settings/format.ts';
import type { Settings } from '../../settings/read.ts';
import { list, type Resolved, setting } from '../../settings/setting.ts';
import type { Direction } from './ledger.ts';
import { type MarketName, markets } from './sources/index.ts';
import type { Market } from './sources/market.ts';
import { type PriceZone, parseDays, parseHours, parseMonths } from './zones.ts';

/** In the weakest currencies a kWh costs thousands. */
const MOST_PER_KWH = 1e6;

/** Numbers as people write them, with a point. */
const numberBetween = (least: number, most: number, allowed: string): Format<number> => ({
  allowed,
  parse(given) {
    const value = /^[+-]?(\d{1,9}(\.\d{1,9})?|\.\d{1,9})$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  },
});

const perKwh = numberBetween(-MOST_PER_KWH, MOST_PER_KWH, 'a price per kWh such as 0.31');
const fraction = numberBetween(0, 1, 'a fraction from 0 to 1, such as 0.19 for 19 %');

const currency: Format<string> = {
  allowed: 'an ISO 4217 currency code such as EUR',
  parse: (given) => Intl.supportedValuesOf('currency').find((code) => code === given.toUpperCase()),
};

/** Texts that a parser understands, kept as they are. */
const understood = (allowed: string, parse: (text: string) => unknown): Format<string> => ({
  allowed,
  parse: (given) => (parse(given) === undefined ? undefined : given),
});

const word = (allowed: string, pattern: RegExp): Format<string> => ({
  allowed,
  parse: (given) => (pattern.test(given) ? given.toUpperCase() : undefined),
});

/** A bidding zone of any market, spelled as the market does. */
const biddingZone: Format<string> = {
  allowed: 'a bidding zone such as DE-LU',
  parse: (given) =>
    Object.values<Market>(markets)
      .flatMap(({ zones = [] }) => zones)
      .find((name) => name.toLowerCase() === given.toLowerCase()),
};

const zone = {
  price: setting(perKwh, { required: true, doc: 'Price per kWh at these times.' }),
  days: setting(understood('days such as Sat,Sun or Mon-Fri', parseDays), {
    otherwise: 'every day',
    doc: 'Days of the week, `Mon` to `Sun`: `Sat,Sun`, `Mon-Fri`.',
  }),
  months: setting(understood('months such as Nov-Feb or Jul,Aug', parseMonths), {
    otherwise: 'every month',
    doc: 'Months, `Jan` to `Dec`: `Nov-Feb`, `Jul,Aug`.',
  }),
  hours: setting(understood('hours such as 22-6 or 2-5,22-24, also 22:30-6', parseHours), {
    otherwise: 'all day',
    doc: 'Hours of the day: `22-6`, `2-5,22-24`, in steps of a quarter of an hour also `22:30-6`. What is after midnight counts to the day that it is on.',
  }),
};

const zonesOf = ({ zones = [] }: Market) => zones.map((name) => `\`${name}\``).join(', ');

/** The settings of import or export. */
function directionSettings(what: 'pays' | 'earns', prefix: string) {
  return {
    price: setting(perKwh, {
      env: `${prefix}_PRICE`,
      plain: true,
      otherwise: 'no money is counted, unless there is a source',
      doc: `What a kWh ${what === 'pays' ? 'costs' : 'earns'}, all included. In the file also directly, as in \`import: 0.31\`.`,
    }),
    zones: list(zone, {
      doc: 'Times with another price than `price`. Where several hold, the last one counts.',
    }),
    source: setting(choice(...(Object.keys(markets) as MarketName[])), {
      env: `${prefix}_SOURCE`,
      otherwise: '`price`',
      doc: 'Where prices come from that change by the hour: `energy-charts` (most of Europe), `awattar` (Germany, Austria) or `octopus` (Great Britain).',
    }),
    zone: setting(biddingZone, {
      env: `${prefix}_ZONE`,
      doc: `Bidding zone. With \`energy-charts\`: ${zonesOf(markets['energy-charts'])}; with \`awattar\`: ${zonesOf(markets.awattar)}.`,
    }),
    product: setting(word('a product code such as AGILE-24-10-01', /^[a-z0-9-]{2,60}$/i), {
      env: `${prefix}_PRODUCT`,
      doc: 'Product of `octopus`, such as `AGILE-24-10-01`.',
    }),
    region: setting(word('a letter from A to P', /^[a-p]$/i), {
      env: `${prefix}_REGION`,
      doc: 'Region of `octopus`, a letter from `A` to `P`.',
    }),
    charges: setting(perKwh, {
      env: `${prefix}_CHARGES`,
      otherwise: '`0`',
      doc: 'What is added to each kWh of a source: grid fees, levies, the margin of the supplier. Negative for what is taken off.',
    }),
    tax: setting(fraction, {
      env: `${prefix}_TAX`,
      otherwise: '`0`',
      doc: 'Tax on price and charges of a source, as a fraction: `0.19` for 19 %. Prices of `octopus` include VAT already.',
    }),
    base_url: setting(
      plainUrl('', (url) => trimEndOf(url.href, '/')),
      {
        env: `${prefix}_BASE_URL`,
        otherwise: 'that of the source',
        doc: 'Another server that answers as the source does, such as a simulator.',
      },
    ),
  };
}

/** The settings of money. */
export const tariffSettings = {
  tariff: {
    currency: setting(currency, {
      env: 'TARIFF_CURRENCY',
      otherwise: 'that of the source, else required',
      doc: 'Currency of all prices, an ISO 4217 code; the label `currency`.',
    }),
    timezone: setting(timeZone, {
      env: 'TARIFF_TIMEZONE',
      otherwise: 'that of the plant, which knows no summer time where the cloud states it',
      doc: 'IANA time zone of the times in `zones`, such as `Europe/Berlin`.',
    }),
    import: directionSettings('pays', 'TARIFF_IMPORT'),
    export: directionSettings('earns', 'TARIFF_EXPORT'),
  },
};

type Values = Resolved<typeof tariffSettings>['tariff'];
type DirectionValues = Values['import'];

/** How one direction is priced. */
export type Pricing =
  | { readonly kind: 'fixed'; readonly price: number; readonly zones: DirectionValues['zones'] }
  | {
      readonly kind: 'market';
      readonly market: MarketName;
      readonly zone: string | undefined;
      readonly product: string | undefined;
      readonly region: string | undefined;
      readonly charges: number;
      readonly tax: number;
      readonly baseUrl: string | undefined;
    };

/** Everything configured for money. */
export interface TariffConfig {
  readonly values: Values;
  readonly currency: string;
  readonly timezone: string | undefined;
  /** Those that are configured. */
  readonly directions: Readonly<Partial<Record<Direction, Pricing>>>;
}

/** Settings that only a source of prices has. */
const OF_SOURCES = ['zone', 'product', 'region', 'charges', 'tax', 'base_url'] as const;

/** Works out how each direction is priced, and reports settings that do not belong together. */
export function resolveTariff(settings: Settings): TariffConfig {
  const { tariff } = settings.valuesOf(tariffSettings);
  const imported = pricingOf(settings, 'import', tariff.import);
  const exported = pricingOf(settings, 'export', tariff.export);
  const directions = { ...(imported && { import: imported }), ...(exported && { export: exported }) };
  return {
    values: tariff,
    currency: currencyOf(settings, tariff.currency, directions),
    timezone: tariff.timezone,
    directions,
  };
}

function pricingOf(settings: Settings, direction: Direction, values: DirectionValues): Pricing | undefined {
  const path = (key: string) => settings.origin(`tariff.${direction}.${key}`).key;
  const report = (key: string, message: string) => settings.report({ key: path(key), message });
  const { price, zones, source } = values;
  const isGiven = (key: string) => settings.origin(`tariff.${direction}.${key}`).from !== 'default';
  if (source === undefined) {
    for (const key of OF_SOURCES) if (isGiven(key)) report(key, `has no effect without ${path('source')}`);
    if (price === undefined && zones.length > 0)
      report('price', 'is missing; it holds at all times that no zone has');
    return price === undefined ? undefined : { kind: 'fixed', price, zones };
  }
  for (const key of ['price', 'zones'])
    if (isGiven(key)) report(key, `cannot be used together with ${path('source')}; keep one of them`);
  const market: Market = markets[source];
  const { zone: area, product, region, charges = 0, tax = 0, baseUrl } = values;
  for (const key of ['zone', 'product', 'region'] as const) {
    const isNeeded = market.needs.includes(key);
    if (isNeeded && values[key] === undefined) report(key, `is missing; ${source} needs it`);
    if (!isNeeded && isGiven(key)) report(key, `has no effect with ${source}`);
  }
  if (area !== undefined && market.zones && !market.zones.includes(area))
    report('zone', `must be one of ${market.zones.join(', ')} with ${source}`);
  return { kind: 'market', market: source, zone: area, product, region, charges, tax, baseUrl };
}

/** One currency for both directions: what is earned and what is paid is compared. */
function currencyOf(
  settings: Settings,
  given: string | undefined,
  directions: TariffConfig['directions'],
): string {
  const { key } = settings.origin('tariff.currency');
  const needed = Object.entries(directions).flatMap(([direction, pricing]) =>
    pricing.kind === 'market' ? [[direction, markets[pricing.market].currency, pricing.market] as const] : [],
  );
  const chosen = given ?? needed[0]?.[1];
  if (chosen === undefined && Object.keys(directions).length > 0)
    settings.report({ key, message: 'is missing; it must be an ISO 4217 currency code such as EUR' });
  for (const [direction, own, source] of needed) {
    if (own !== chosen)
      settings.report({
        key,
        message: `must be ${own}: tariff.${direction} takes its prices from ${source}, which states them in ${own}`,
      });
  }
  return chosen ?? '';
}

/** The zones of a fixed price, ready to be compared with a time. */
export function priceZonesOf(zones: DirectionValues['zones']): readonly PriceZone[] {
  return zones.map(({ price, days, months, hours }) => ({
    price,
    days: days === undefined ? undefined : parseDays(days),
    months: months === undefined ? undefined : parseMonths(months),
    hours: hours === undefined ? undefined : parseHours(hours),
  }));
}

import { html, type Markup } from '../markup.ts';

/** A number with its unit, as people read it. */
interface Quantity {
  readonly number: string;
  readonly unit: string;
}

/** Stands for what is unknown. */
export const UNKNOWN = '–';

type Units = readonly [base: string, kilo: string, mega: string];

/** @param decimals of the base unit, where these count */
function scaled(value: number, [base, kilo, mega]: Units, decimals: number): Quantity {
  const size = Math.abs(value);
  if (size >= 999_500) return { number: threeDigits(value / 1e6), unit: mega };
  if (size >= 999.5) return { number: threeDigits(value / 1000), unit: kilo };
  return { number: value.toFixed(size >= 99.95 ? 0 : decimals), unit: base };
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

const powerOf = (watts: number): Quantity => scaled(Math.round(watts), ['W', 'kW', 'MW'], 0);
const energyOf = (kwh: number): Quantity => scaled(kwh, ['kWh', 'MWh', 'GWh'], 1);

const text = ({ number, unit }: Quantity) => `${number}\u00a0${unit}`;
const markup = ({ number, unit }: Quantity) => html`<b>${number}</b><small>\u00a0${unit}</small>`;

/** `812 W`, `3.42 kW`; the sign for unknown. */
export const powerText = (watts: number | undefined) =>
  watts === undefined ? UNKNOWN : text(powerOf(watts));
/** The same with the number emphasized. */
export const power = (watts: number | undefined): Markup =>
  watts === undefined ? html`<b>${UNKNOWN}</b>` : markup(powerOf(watts));

/** `12.3 kWh`, `1.23 MWh` */
export const energyText = (kwh: number | undefined) => (kwh === undefined ? UNKNOWN : text(energyOf(kwh)));
export const energy = (kwh: number | undefined): Markup =>
  kwh === undefined ? html`<b>${UNKNOWN}</b>` : markup(energyOf(kwh));

export const percent = (value: number | undefined): Markup =>
  value === undefined ? html`<b>${UNKNOWN}</b>` : markup({ number: String(Math.round(value)), unit: '%' });

/** `€3.21`, `SEK 12.50` */
export const moneyText = (amount: number, currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount);

/** A number of hours with the energy of one kilowatt of modules: `3.21`. */
export const yieldText = (value: number | undefined) => (value === undefined ? UNKNOWN : value.toFixed(2));

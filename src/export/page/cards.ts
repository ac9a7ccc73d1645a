import type { Condition } from '../../view/conditions.ts';
import type { Curve, Subject } from '../../view/curves.ts';
import type { DeviceView, Figures, PlantView, StickView, Worth } from '../../view/status-api.ts';
import { html, type Markup } from '../markup.ts';
import { curveDrawing } from './curve.ts';
import { energy, percent, power, powerText, UNKNOWN } from './numbers.ts';
import { ago } from './times.ts';
import { worthToday } from './worth.ts';

/** What a card is drawn from. */
export interface CardInput {
  readonly curveOf: (subject: Subject) => Curve | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

const SHORT: Readonly<Record<Condition, string>> = {
  fault: 'Fault',
  silent: 'Silent',
  other: 'Other',
  ok: 'OK',
  waiting: 'Waiting',
  asleep: 'Asleep',
  unknown: 'No reading',
};

/** A state as a word with its colour; `words` say more. */
export const badge = (condition: Condition) =>
  html`<span class="badge ${condition}">${SHORT[condition]}</span>`;

const UNREAD = html`<p class="problem">It could not be read when last tried, so these are its last values.</p>`;

export function plantCard(plant: PlantView, input: CardInput): Markup {
  const { id, name, location, condition, values, readAt, up } = plant;
  const subject = { plant: id };
  const place = [placeOf(location), peakOf(plant)].filter(Boolean).join(' · ');
  return html`<article class="card" id="plant-${encodeURIComponent(id)}" aria-label="${name}">
<header><div><h3>${name}</h3>${place ? html`<p>${place}</p>` : []}</div>${badge(condition)}</header>
${powerLine(values.powerWatts, readAt, input, values.expectedPowerWatts)}
${up === false ? UNREAD : []}
${curve(subject, name, input)}
<dl class="energies">${energies([
    ['Today', values.energyTodayKwh],
    ['Month', values.energyMonthKwh],
    ['Year', values.energyYearKwh],
  ])}${expectations(values)}${worthRow(plant.worth, input.now)}</dl>
${plant.devices.length > 0 ? deviceList(plant.devices, input.now) : html`<p class="hint">No inverter of this plant is known yet: devices are listed within the first minutes.</p>`}
</article>
`;
}

export function stickCard(stick: StickView, input: CardInput): Markup {
  const { name, condition, words, values, readAt } = stick;
  const isCharger = values.batteryChargeWatts !== undefined;
  const watts = values.powerWatts ?? values.batteryChargeWatts;
  return html`<article class="card" id="stick-${encodeURIComponent(name)}" aria-label="${name}">
<header><div><h3>${name}</h3><p>Trucki stick${isCharger ? ', charger' : ''}</p></div>${badge(condition)}</header>
${powerLine(watts, readAt, input)}
${curve({ stick: name }, name, input)}
<dl class="energies">${energies([
    ['Today', values.energyTodayKwh],
    ['In all', values.energyTotalKwh],
    ['Imported today', values.gridImportTodayKwh],
  ])}</dl>
${condition === 'ok' ? [] : html`<p class="hint">${words}</p>`}
</article>
`;
}

/** Coordinates tell people nothing. */
const placeOf = (location: string) => (/^-?[\d.]+, *-?[\d.]+$/.test(location) ? '' : location);

function peakOf({ peakPowerWatts }: PlantView): string {
  return peakPowerWatts === undefined ? '' : `${Math.round(peakPowerWatts / 10) / 100}\u00a0kWp`;
}

function powerLine(
  watts: number | undefined,
  readAt: number | undefined,
  { now }: CardInput,
  expected?: number,
): Markup {
  const model = expected === undefined ? [] : html` · ${powerText(expected)} expected now`;
  return html`<p class="power"><strong>${power(watts)}</strong> <span>${ago(readAt, now, 'not read yet')}${model}</span></p>`;
}

/** What the energy of the day so far is worth. */
function worthRow(worth: Worth | undefined, now: number): Markup | readonly Markup[] {
  const shown = worthToday(worth, now);
  if (!shown) return [];
  const note = shown.note === '' ? [] : html`<span>${shown.note}</span>`;
  return html`<div><dt>Worth today</dt><dd><b>${shown.amount}</b>${note}</dd></div>`;
}

/** What the day and the next one should give, and how much of it came so far. */
function expectations({ expectedTodayKwh, expectedTomorrowKwh, performanceRatio }: Figures): Markup[] {
  const rows: readonly (readonly [string, Markup | undefined])[] = [
    ['Expected today', expectedTodayKwh === undefined ? undefined : energy(expectedTodayKwh)],
    ['Expected tomorrow', expectedTomorrowKwh === undefined ? undefined : energy(expectedTomorrowKwh)],
    ['Performance ratio', performanceRatio === undefined ? undefined : percent(performanceRatio * 100)],
  ];
  return rows.flatMap(([title, value]) => (value ? html`<div><dt>${title}</dt><dd>${value}</dd></div>` : []));
}

function curve(subject: Subject, name: string, { curveOf }: CardInput): Markup {
  const known = curveOf(subject);
  return known
    ? curveDrawing(known, name)
    : html`<p class="hint curve">The curve of today begins with the first reading.</p>`;
}

const energies = (rows: readonly (readonly [string, number | undefined])[]) =>
  rows.map(([title, kwh]) => html`<div><dt>${title}</dt><dd>${energy(kwh)}</dd></div>`);

function deviceList(devices: readonly DeviceView[], now: number): Markup {
  return html`<ul class="devices">${devices.map((device) => deviceRow(device, now))}</ul>`;
}

function deviceRow(
  { serial, type, model, condition, words, values, readAt }: DeviceView,
  now: number,
): Markup {
  const title = model || type || serial;
  const { batteryPercent, gridImportWatts, gridExportWatts } = values;
  const battery = batteryPercent === undefined ? '' : `${Math.round(batteryPercent)}\u00a0%`;
  const watts = values.powerWatts === undefined ? '' : powerText(values.powerWatts);
  const grid = gridExportWatts ? `${powerText(gridExportWatts)} out` : `${powerText(gridImportWatts)} in`;
  const ofMeter = watts === '' && gridImportWatts !== undefined ? grid : '';
  const shown = [watts, ofMeter, battery].filter(Boolean).join(' · ') || UNKNOWN;
  return html`<li><span class="dot ${condition}" aria-hidden="true"></span><div><b>${title}</b> <code>${serial}</code><p><span class="${condition}">${words}</span>${readAt === undefined ? [] : html` · ${ago(readAt, now)}`}</p></div><span class="value">${shown}</span></li>`;
}

import type { Condition } from '../../view/conditions.ts';
import type { Figures, StatusView } from '../../view/status-api.ts';
import { MOST_CARDS } from '../../view/status-view.ts';
import { html, type Markup } from '../markup.ts';
import { flowDrawing, hasFlow } from './flow.ts';
import { energy, energyText, percent, power, powerText, UNKNOWN, yieldText } from './numbers.ts';
import { worthToday } from './worth.ts';

/** The top of the page: power now, energy today, battery, grid, house. */
export function summary(view: StatusView): Markup {
  const { totals, plants, sticks } = view;
  if (plants.length + sticks.length === 0) return html``;
  const isFleet = plants.length + sticks.length > MOST_CARDS;
  const drawn = !isFleet && hasFlow(totals);
  const caption = plants.length > 0 ? 'Power now' : 'AC power now';
  return html`<section class="hero card${drawn ? ' drawn' : ''}" aria-label="Now">
${drawn ? flowDrawing(totals, plants.length > 0) : []}
<div class="figures">
<p class="now"><span>${caption}</span> <strong>${power(totals.powerWatts)}</strong>${noPower(view)}</p>
<dl>${isFleet ? fleetFigures(view) : homeFigures(totals)}${worthFigure(view)}</dl>
</div>
</section>`;
}

/** Why there is no power to show. */
function noPower({ totals, plants }: StatusView): Markup | readonly Markup[] {
  if (totals.powerWatts !== undefined || plants.length === 0) return [];
  const all = (condition: Condition) => plants.every((plant) => plant.condition === condition);
  if (all('asleep')) return html` <em>All inverters are asleep.</em>`;
  return all('unknown')
    ? html` <em>The first reading is under way.</em>`
    : html` <em>No inverter has a recent reading.</em>`;
}

const figure = (title: string, value: Markup, note = '') =>
  html`<div><dt>${title}</dt><dd>${value}${note === '' ? [] : html`<span>${note}</span>`}</dd></div>`;

function homeFigures(totals: Figures): Markup[] {
  const { batteryPercent, gridImportWatts, gridExportWatts, loadWatts } = totals;
  const list = [figure('Energy today', energy(totals.energyTodayKwh), energyNote(totals))];
  if (batteryPercent !== undefined)
    list.push(figure('Battery', percent(batteryPercent), batteryNote(totals)));
  if (gridImportWatts !== undefined || gridExportWatts !== undefined) {
    const net = (gridImportWatts ?? 0) - (gridExportWatts ?? 0);
    list.push(figure(net < 0 ? 'Grid export' : 'Grid import', power(Math.abs(net)), gridNote(totals)));
  }
  if (loadWatts !== undefined)
    list.push(figure('House', power(loadWatts), dayNote(totals.loadTodayKwh, 'today')));
  return list;
}

/** What the energy of the day so far is worth, where there is a tariff. */
function worthFigure({ worth, time }: StatusView): Markup | readonly Markup[] {
  const shown = worthToday(worth, time);
  return shown ? figure('Worth today', html`<b>${shown.amount}</b>`, shown.note) : [];
}

const energyNote = (totals: Figures) =>
  [dayNote(totals.expectedTodayKwh, 'expected'), monthNote(totals)].filter(Boolean).join(', ');
const monthNote = ({ energyMonthKwh }: Figures) => dayNote(energyMonthKwh, 'this month');
const dayNote = (kwh: number | undefined, of: string) =>
  kwh === undefined ? '' : `${energyText(kwh)} ${of}`;

function batteryNote({ batteryChargeWatts, batteryDischargeWatts }: Figures): string {
  const into = (batteryChargeWatts ?? 0) - (batteryDischargeWatts ?? 0);
  if (batteryChargeWatts === undefined && batteryDischargeWatts === undefined) return '';
  if (Math.abs(into) < 1) return 'idle';
  return `${into > 0 ? 'charging' : 'discharging'} ${powerText(Math.abs(into))}`;
}

function gridNote({ gridImportTodayKwh, gridExportTodayKwh }: Figures): string {
  const parts = [
    gridImportTodayKwh === undefined ? [] : `${energyText(gridImportTodayKwh)} in`,
    gridExportTodayKwh === undefined ? [] : `${energyText(gridExportTodayKwh)} out`,
  ].flat();
  return parts.length === 0 ? '' : `${parts.join(', ')} today`;
}

const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

function fleetFigures({ totals, plants, sticks, medianYieldKwhPerKwp }: StatusView): Markup[] {
  const count = (condition: Condition) =>
    [...plants, ...sticks].filter((row) => row.condition === condition).length;
  const size = [
    plants.length > 0 ? counted(plants.length, 'plant') : [],
    sticks.length > 0 ? counted(sticks.length, 'stick') : [],
  ].flat();
  const bad = count('fault') + count('silent');
  return [
    figure('Energy today', energy(totals.energyTodayKwh), monthNote(totals)),
    figure('Fleet', html`<b>${plants.length + sticks.length}</b>`, size.join(', ')),
    figure('Need a look', html`<b>${bad}</b>`, `${count('fault')} with a fault, ${count('silent')} silent`),
    figure(
      'Median yield',
      medianYieldKwhPerKwp === undefined
        ? html`<b>${UNKNOWN}</b>`
        : html`<b>${yieldText(medianYieldKwhPerKwp)}</b><small>\u00a0kWh/kWp</small>`,
      'today',
    ),
  ];
}

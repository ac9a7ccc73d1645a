import { isLow, type Row, rank, search, shareOfMedian } from '../../view/ranking.ts';
import type { StatusView } from '../../view/status-api.ts';
import { html, type Markup } from '../markup.ts';
import { badge, type CardInput, plantCard, stickCard } from './cards.ts';
import { energyText, powerText, yieldText } from './numbers.ts';
import { linkTo, type PageQuery } from './query.ts';
import { ago } from './times.ts';

const ROWS = 25;

/** One plant or stick of a fleet as a card, with the way back. */
export function chosenCard(view: StatusView, query: PageQuery, input: CardInput): Markup {
  const plant = view.plants.find(({ id }) => id === query.plant);
  const stick = view.sticks.find(({ name }) => name === query.stick);
  const card = plant ? plantCard(plant, input) : stick && stickCard(stick, input);
  const hint = html`<p class="card hint">This plant or stick is not known (any more).</p>`;
  return html`<p class="back"><a href="/">All plants and sticks</a></p><div class="cards">${card ?? hint}</div>`;
}

/** A fleet as a table, the worst first; only one page of it is rendered. */
export function fleetTable(view: StatusView, query: PageQuery, input: CardInput): Markup {
  const found = search(rank(view), query.search);
  const pages = Math.max(1, Math.ceil(found.length / ROWS));
  const page = Math.min(query.page, pages);
  const shown = found.slice((page - 1) * ROWS, page * ROWS);
  const median = view.medianYieldKwhPerKwp;
  return html`<form class="search" role="search" action="/" method="get"><label for="q">Search by name, place, serial number or state</label><input id="q" name="q" type="search" maxlength="100" value="${query.search}"><button>Search</button></form>
${shown.length === 0 ? html`<p class="card hint">Nothing matches “${query.search}”. <a href="/">Show all</a></p>` : table(shown, median, input.now)}
${found.length > 0 ? pager(query.search, page, pages, found.length) : []}`;
}

const TITLES = ['Plant or stick', 'State', 'Power', 'Today', 'kWh/kWp', 'Last reading'];

/** The roles keep it a table for screen readers where the style sheet turns it into cards. */
function table(rows: readonly Row[], median: number | undefined, now: number): Markup {
  return html`<div class="card table"><table role="table"><caption class="hidden">Plants and sticks, those that need a look first</caption>
<thead role="rowgroup"><tr role="row">${TITLES.map((title) => html`<th role="columnheader" scope="col">${title}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map((row) => tableRow(row, median, now))}</tbody></table></div>`;
}

function tableRow(row: Row, median: number | undefined, now: number): Markup {
  const { kind, view } = row;
  const { name, condition, words, values, readAt } = view;
  const key = kind === 'plant' ? row.view.id : name;
  const id = `${kind}-${encodeURIComponent(key)}`;
  const share = shareOfMedian(row, median);
  const low = isLow(share)
    ? html` <span class="low">${Math.round((share ?? 0) * 100)}\u00a0% of median</span>`
    : [];
  const cells = [
    html`${badge(condition)}${condition === 'ok' ? [] : html` <span class="words">${words}</span>`}`,
    html`${powerText(values.powerWatts ?? values.batteryChargeWatts)}`,
    html`${energyText(values.energyTodayKwh)}`,
    html`${yieldText(values.yieldTodayKwhPerKwp)}${low}`,
    ago(readAt, now),
  ];
  return html`<tr role="row" id="row-${id}"><th role="rowheader" scope="row"><a id="link-${id}" href="${linkTo({ [kind]: key })}">${name}</a></th>${cells.map((cell, i) => html`<td role="cell" data-title="${TITLES[i + 1]!}">${cell}</td>`)}</tr>
`;
}

function pager(q: string, page: number, pages: number, count: number): Markup {
  const link = (to: number, text: string) =>
    to >= 1 && to <= pages
      ? html`<a href="${linkTo({ q, page: to > 1 ? to : undefined })}">${text}</a>`
      : html`<span></span>`;
  const first = (page - 1) * ROWS + 1;
  return html`<nav class="pager" aria-label="Pages">${link(page - 1, 'Previous')}<span>${first} to ${Math.min(count, page * ROWS)} of ${count}</span>${link(page + 1, 'Next')}</nav>`;
}

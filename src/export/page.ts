import { createHash } from 'node:crypto';
import type { StatusView } from '../view/status-api.ts';
import { MOST_CARDS } from '../view/status-view.ts';
import { html, type Markup } from './markup.ts';
import { type CardInput, plantCard, stickCard } from './page/cards.ts';
import { chosenCard, fleetTable } from './page/fleet.ts';
import { powerText } from './page/numbers.ts';
import type { PageQuery } from './page/query.ts';
import { script } from './page/script.ts';
import { sourcesSection } from './page/sources.ts';
import { style } from './page/style.ts';
import { summary } from './page/summary.ts';
import { duration } from './page/times.ts';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page needs its one style sheet, its one script, its own address and an icon that is in it; nothing else. */
export const pageHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;

const links = [
  { path: '/metrics', about: 'Metrics' },
  { path: '/api/v1/status', about: 'This page as JSON' },
  { path: '/healthz', about: 'Health' },
  { path: '/readyz', about: 'Readiness' },
] as const;

const SUN =
  'M12 8a4 4 0 1 0 .01 0M12 1.5v2.5M12 20v2.5M1.5 12h2.5M20 12h2.5M4.6 4.6l1.8 1.8M17.6 17.6l1.8 1.8M4.6 19.4l1.8-1.8M17.6 6.4l1.8-1.8';
const ICON = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#f0a020" stroke="#f0a020" stroke-width="2" stroke-linecap="round"><path d="${SUN}"/></svg>`)}`;

/** The page at `/`; of a fleet only what the query asks for is rendered. */
export function renderPage(view: StatusView, query: PageQuery, curveOf: CardInput['curveOf']): string {
  const { version, time, startTime, simulated, ready } = view;
  return html`<!doctype html>
<html lang="en" data-now="${time.toFixed(1)}" data-version="${version}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<noscript><meta http-equiv="refresh" content="30"></noscript>
<title>${titleOf(view)}</title>
<link rel="icon" href="${ICON}">
<style>${{ markup: style }}</style>
</head>
<body>
<header class="top"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SUN}"/></svg><h1>solar-otel-agent</h1>
<p>Version ${version} · ${ready ? 'ready' : 'starting'}</p></header>
<p class="offline" id="offline" role="status" hidden>The agent does not answer. These are its last values; trying again.</p>
<main>
${simulated ? simulatedNote : []}
${summary(view)}
${sites(view, query, { curveOf, now: time })}
${sourcesSection(view)}
<footer><span>Running for ${duration(time - startTime, false)}</span><nav aria-label="More">${links.map(({ path, about }) => html`<a href="${path}">${about}</a>`)}</nav></footer>
</main>
<script>${{ markup: script }}</script>
</body>
</html>
`.markup;
}

const simulatedNote = html`<p class="note"><strong>Simulated data.</strong> Inverters, battery, meter and stick come from the built-in simulators, at a place where the sun shines now. No real device is read.</p>`;

const titleOf = ({ totals }: StatusView) =>
  `${totals.powerWatts === undefined ? '' : `${powerText(totals.powerWatts)} · `}solar-otel-agent`;

/** Cards of a few plants and sticks, a table of many, or why there are none. */
function sites(view: StatusView, query: PageQuery, input: CardInput): Markup {
  const { plants, sticks, sources } = view;
  const count = plants.length + sticks.length;
  const title = (text: string) => html`<h2>${text}</h2>`;
  if (query.plant !== undefined || query.stick !== undefined)
    return html`${title('Details')}${chosenCard(view, query, input)}`;
  if (count === 0) return sources.length === 0 ? html`` : html`<p class="card hint">${noSites(view)}</p>`;
  if (count > MOST_CARDS) return html`${title('Plants and sticks')}${fleetTable(view, query, input)}`;
  return html`<h2 class="hidden">Plants and sticks</h2><div class="cards below">${plants.map((plant) => plantCard(plant, input))}${sticks.map((stick) => stickCard(stick, input))}</div>`;
}

/** Why nothing is shown although there are sources. */
function noSites({ sources }: StatusView): string {
  const all = (...states: readonly string[]) => sources.every(({ state }) => states.includes(state));
  if (all('starting', 'waiting'))
    return 'Plants and sticks appear here as soon as they have been read for the first time. The sources below say when that is.';
  if (all('empty'))
    return 'The account answers and has no plants yet. Plants that are added to it appear here.';
  if (all('failing', 'starting', 'waiting'))
    return 'Nothing could be read yet. The sources below say what is wrong and what to do.';
  return 'No plant or stick is known yet. The sources below say how they are doing.';
}

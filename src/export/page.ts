import { createHash } from 'node:crypto';
import type { SourceStatus, Status } from '../model/status.ts';
import { html, type Markup } from './markup.ts';
import { style } from './page-style.ts';

/** The page needs its one style sheet and nothing else: no script, no image, no frame, no form. */
export const pageHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;

const links = [
  { path: '/metrics', about: 'Prometheus metrics' },
  { path: '/api/v1/status', about: 'this page as JSON' },
  { path: '/healthz', about: 'health of the process' },
  { path: '/readyz', about: 'ready once every source was tried' },
] as const;

/** The status page; `now` is seconds since the Unix epoch. */
export function renderPage(status: Status, now: number): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="30">
<title>solar-otel-agent</title>
<style>${{ markup: style }}</style>
</head>
<body>
<header>
<h1>solar-otel-agent</h1>
<p>Version ${status.version} · ${status.ready ? 'ready' : 'starting'} · running for ${duration(now - status.startTime)}</p>
</header>
<main>
${status.simulated ? simulatedNote : []}
<h2>Sources <small>${summary(status.sources)}</small></h2>
${status.sources.length > 0 ? sourceTable(status.sources, now) : html`<p>${withoutSources(status)}</p>`}
<nav aria-label="Endpoints">
${links.map(({ path, about }) => html`<a href="${path}"><code>${path}</code> ${about}</a>\n`)}</nav>
</main>
</body>
</html>
`.markup;
}

/** Why there is nothing to show. */
function withoutSources({ shard }: Status): string {
  if (!shard) return 'No source is configured.';
  const { index, count, sources } = shard;
  return `Shard ${index}/${count} has none of the ${sources} configured sources: other agents poll them.`;
}

const simulatedNote = html`<p class="note"><strong>Simulated data.</strong> The inverters, plants and sticks behind these sources come from the built-in simulators; no real device is read.</p>`;

/** In the order of the summary. */
const STATES: readonly SourceStatus['state'][] = ['ok', 'empty', 'failing', 'waiting', 'starting'];

function summary(sources: readonly SourceStatus[]): string {
  return STATES.map((state) => ({ state, count: sources.filter((source) => source.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');
}

interface Column {
  readonly title: string;
  readonly cell: (source: SourceStatus, now: number) => Markup;
}

const columns: readonly Column[] = [
  { title: 'State', cell: stateBadges },
  { title: 'Last success', cell: lastSuccessTime },
  { title: 'Interval', cell: ({ intervalSeconds }) => html`${duration(intervalSeconds)}` },
  { title: 'Plants', cell: ({ plants }) => html`${plants ?? '–'}` },
  { title: 'Devices', cell: ({ devices }) => html`${devices ?? '–'}` },
];

/** The roles keep it a table for screen readers where the style sheet turns it into cards. */
function sourceTable(sources: readonly SourceStatus[], now: number): Markup {
  return html`<table role="table">
<thead role="rowgroup"><tr role="row"><th role="columnheader">Source</th>${columns.map(
    ({ title }) => html`<th role="columnheader">${title}</th>`,
  )}</tr></thead>
${sources.map((source) => sourceRows(source, now))}</table>`;
}

function sourceRows(source: SourceStatus, now: number): Markup {
  return html`<tbody role="rowgroup">
<tr role="row"><th role="rowheader">${source.name}</th>${columns.map(
    ({ title, cell }) => html`<td role="cell" data-title="${title}">${cell(source, now)}</td>`,
  )}</tr>
${source.problem === undefined ? [] : problemRow(source.problem)}</tbody>
`;
}

function problemRow(problem: string): Markup {
  return html`<tr role="row"><td role="cell" class="problem" colspan="${columns.length + 1}">${problem}</td></tr>
`;
}

function stateBadges({ state, circuit }: SourceStatus): Markup {
  return html`<span class="state ${state}">${state}</span>${
    circuit === 'closed' ? [] : html` <span class="circuit">circuit ${circuit}</span>`
  }`;
}

function lastSuccessTime({ lastSuccess }: SourceStatus, now: number): Markup {
  if (lastSuccess === undefined) return html`–`;
  const time = new Date(lastSuccess * 1000).toISOString();
  return html`<time datetime="${time}" title="${time}">${duration(now - lastSuccess)} ago</time>`;
}

const units = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
] as const;

/** A time in about two digits: `45 s`, `30 min`, `47 h`, `12 d`. */
function duration(seconds: number): string {
  const unit = units.find((candidate) => seconds >= 2 * candidate.seconds);
  return unit
    ? `${Math.round(seconds / unit.seconds)}\u00a0${unit.name}`
    : `${Math.max(0, Math.round(seconds))}\u00a0s`;
}

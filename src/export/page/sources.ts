import type { SourceView, StatusView } from '../../view/status-api.ts';
import { html, type Markup } from '../markup.ts';
import { ago, duration, until } from './times.ts';

type State = SourceView['state'];

/** The worst first. */
const STATES: readonly State[] = ['failing', 'empty', 'starting', 'waiting', 'ok'];

const WORDS: Readonly<Record<State, string>> = {
  failing: 'Failing',
  empty: 'Empty',
  starting: 'Starting',
  waiting: 'Waiting',
  ok: 'OK',
};

/** What a state means where no problem says it. */
const MEANING: Readonly<Partial<Record<State, string>>> = {
  empty:
    'It answers and has no plants. Add a plant to the account, or check which plants the configuration selects.',
  starting: 'The first read is under way.',
  waiting:
    'The agent was restarted. A call now would come too early and be refused, so the first read waits.',
};

/** With more, only the worst are shown. */
const MOST_SHOWN = 10;

export function sourcesSection(view: StatusView): Markup {
  const { sources, time } = view;
  if (sources.length === 0)
    return html`<section aria-labelledby="sources"><h2 id="sources">Sources</h2><p class="card hint">${withoutSources(view)}</p></section>`;
  const sorted = sources.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  const rest = sorted.slice(MOST_SHOWN);
  return html`<section aria-labelledby="sources">
<h2 id="sources">Sources <small>${countsOf(sources)}</small></h2>
<ul class="card sources">
${sorted.slice(0, MOST_SHOWN).map((source) => sourceRow(source, time))}</ul>
${rest.length > 0 ? html`<p class="hint">And ${rest.length} more: ${countsOf(rest)}. <a href="/api/v1/status">All of them as JSON</a></p>` : []}
</section>`;
}

/** Why there is nothing to show. */
function withoutSources({ shard }: StatusView): string {
  if (!shard) return 'No source is configured.';
  const { index, count, sources } = shard;
  return `Shard ${index}/${count} has none of the ${sources} configured sources: other agents poll them.`;
}

function countsOf(sources: readonly SourceView[]): string {
  return STATES.toReversed()
    .map((state) => ({ state, count: sources.filter((source) => source.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');
}

function sourceRow(source: SourceView, now: number): Markup {
  const { name, title, state, intervalSeconds, lastSuccess, nextPoll } = source;
  return html`<li><div><h3>${title}</h3><code>${name}</code></div><span class="badge ${state}">${WORDS[state]}</span><p class="reads">${lastSuccess === undefined ? html`not read yet` : html`last read ${ago(lastSuccess, now)}`} · ${nextPoll === undefined ? 'reading now' : html`next read ${until(nextPoll, now)}`} · every ${duration(intervalSeconds, true)}</p>${notes(source)}</li>
`;
}

function notes(source: SourceView): Markup | readonly Markup[] {
  const { state, problem, advice } = source;
  const pause = pauseOf(source);
  const text = problem === undefined ? MEANING[state] : sentence(problem);
  if (text === undefined && pause === '') return [];
  const what = advice === undefined ? '' : ` ${sentence(advice)}`;
  const colour = state === 'failing' ? 'problem' : 'hint';
  return html`<p class="${colour}">${pause}${text ?? ''}${what}</p>`;
}

/** What an open circuit breaker means. */
function pauseOf({ circuit, failures }: SourceView): string {
  if (circuit === 'half-open') return 'Trying again. ';
  if (circuit === 'closed') return '';
  const count = failures === undefined ? '' : ` after ${failures} failure${failures === 1 ? '' : 's'}`;
  return `Paused${count}: one try for each read until it answers. `;
}

const sentence = (text: string) =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

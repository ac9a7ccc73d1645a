import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageHeaders, renderPage } from '../../src/export/page.ts';
import type { SourceStatus } from '../../src/model/status.ts';
import { someStatus } from './fake-surface.ts';

const now = someStatus.startTime + 3 * 86_400;

const failing: SourceStatus = {
  name: 'growatt/parents',
  state: 'failing',
  circuit: 'open',
  intervalSeconds: 1800,
  lastSuccess: now - 7200,
  problem: 'Growatt refuses the token.',
  plants: 1,
  devices: 2,
};

/** The text of the page, blanks of every kind collapsed. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

test('the page shows version, age and each source with state and problem', () => {
  const text = textOf(renderPage({ ...someStatus, sources: [...someStatus.sources, failing] }, now));
  assert.match(text, /Version 1\.2\.3 · ready · running for 3 d/);
  assert.match(text, /Sources 1 ok, 1 failing/);
  assert.match(text, /growatt\/default ok – 5 min – – /);
  assert.match(text, /growatt\/parents failing circuit open 2 h ago 30 min 1 2 Growatt refuses the token\./);
});

test('the summary counts the sources of every state', () => {
  const states = ['ok', 'waiting', 'failing', 'starting', 'empty', 'ok'] as const;
  const sources = states.map((state, i) => ({ ...someStatus.sources[0]!, name: `a/${i}`, state }));
  const text = textOf(renderPage({ ...someStatus, sources }, now));
  assert.match(text, /Sources 2 ok, 1 empty, 1 failing, 1 waiting, 1 starting/);
});

test('the page links to every other view and to nothing outside', () => {
  const links = [...renderPage(someStatus, now).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, url]) => url);
  assert.deepEqual(links, ['/metrics', '/api/v1/status', '/healthz', '/readyz']);
});

test('the page says so when the data is simulated, and only then', () => {
  assert.match(renderPage({ ...someStatus, simulated: true }, now), /Simulated data/);
  assert.doesNotMatch(renderPage(someStatus, now), /[Ss]imulat/);
});

test('the page says so while it is starting and when no source is configured', () => {
  assert.match(renderPage({ ...someStatus, ready: false }, now), /· starting ·/);
  assert.match(renderPage({ ...someStatus, sources: [] }, now), /No source is configured/);
});

test('a clock that was set back shows no negative time', () => {
  assert.match(textOf(renderPage(someStatus, someStatus.startTime - 500)), /running for 0 s/);
});

test('whatever a source is called and says, no markup comes of it', () => {
  const shape = (page: string) => page.match(/<[^>]*>/g)?.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  const plain = shape(renderPage({ ...someStatus, sources: [failing] }, now));
  const nasty = fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', 'b', '/', '=', ' ', '<script>') });
  fc.assert(
    fc.property(nasty, nasty, nasty, (name, problem, version) => {
      const page = renderPage({ ...someStatus, version, sources: [{ ...failing, name, problem }] }, now);
      assert.deepEqual(shape(page), plain);
    }),
  );
});

test('the policy allows the one style sheet by its hash and forbids everything else', () => {
  const [, style = ''] = /<style>(.*)<\/style>/s.exec(renderPage(someStatus, now)) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = pageHeaders['Content-Security-Policy'];
  assert.match(policy, /^default-src 'none'; /);
  assert.ok(policy.includes(`style-src 'sha256-${hash}';`));
  assert.doesNotMatch(policy, /unsafe|script-src/);
});

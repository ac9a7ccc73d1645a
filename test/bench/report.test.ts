import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AIMS } from './aims.ts';
import { decimal, grouped, mebibytes } from './format.ts';
import { judge } from './judge.ts';
import { renderPage } from './report.ts';
import { figures, goodResults } from './support.ts';

const pageOf = (results = goodResults()) =>
  renderPage({
    results,
    verdicts: judge(AIMS, results),
    calls: [{ what: 'a home', calls: 200, live: 166 }],
    firstValues: {
      home: { calls: 3, seconds: 6 },
      fleet: { firstMinutes: 1, allMinutes: 30, callsOfCycle: 10 },
    },
    releases: [
      { what: 'bundle', size: 2 ** 20, start: 120 },
      { what: 'binary for arm64', size: 130 * 2 ** 20 },
    ],
    machine: [['processor', '2 × A']],
    date: '2026-11-21',
  });

describe('The page of the bench', () => {
  it('has aims and ratios first, then the machine, then the figures', () => {
    const headings = [...pageOf().matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, [
      'Aims',
      'Scrapes, as multiples of the agent',
      'Machine and versions',
      'Figures',
      'What is measured',
    ]);
  });

  it('says for each aim what was measured, whether it is met and who judges it', () => {
    const page = pageOf(goodResults({ start: { agent: 180, bareNode: 45 } }));
    assert.match(
      page,
      /^\| start to the first answer \| 3\.8 × bare Node \| 4\.0 \| no \| \d[\d.]*(?:, a bound)? \|$/m,
    );
    assert.match(page, /^\| start to the first answer \| 150 ms \| 180 ms \| no \| people judge \|$/m);
    assert.match(page, /^\| 5 000 inverters in one account \| 400 MiB \| 390 MiB \| yes \| 400 MiB \|$/m);
    for (const { what } of AIMS) assert.ok(page.includes(`| ${what} |`), what);
  });

  it('gives peers as multiples of the agent, and all figures of all sizes', () => {
    const page = pageOf();
    assert.match(page, /^\| prom-client \| × 100 \| × 100 \| × 100 \| × 100 \| × 100 \| × 1\.0 \|$/m);
    assert.match(page, /^29 971 series, 56 % of the values differ/m);
    assert.match(page, /^301 series, 50 % of the values differ/m);
    assert.match(
      page,
      /^\| solar-otel-agent \| 50 \| 0\.50 \| 60 \| 1\.0 \| 10 \| 2\.0 MiB \| 50 MiB \| 2\.0 MiB \| 0\.3 MiB \|$/m,
    );
  });

  it('gives the calls of a day and when there are first values', () => {
    const page = pageOf();
    assert.match(page, /^\| a home \| 200 calls, 166 of them for live values \|$/m);
    assert.match(page, /^\| first values of a home \| after 3 calls, 6 s \|$/m);
    assert.match(page, /first values after 1 min, all after 30 min, then 10 live calls a cycle/);
  });

  it('shows a dash for what a program does not have', () => {
    const { scrapes } = goodResults();
    const page = pageOf();
    assert.equal(scrapes[1]?.engines[3]?.stall, undefined);
    assert.match(page, /^\| client_golang, vectors \|.* \| – \| 200 MiB \|/m);
    assert.equal(figures('prom-client', 1).gzipSize, undefined);
    assert.match(page, /^\| prom-client \|.* \| – \|$/m);
    assert.doesNotMatch(page, /NaN|undefined|Infinity/);
  });

  it('gives size and start of what is installed, a dash for what was not started', () => {
    const page = pageOf();
    assert.match(page, /^\| bundle \| 1\.0 MiB \| 120 \|$/m);
    assert.match(page, /^\| binary for arm64 \| 130 MiB \| – \|$/m);
  });
});

describe('Figures for people', () => {
  it('have two significant digits below 100, and groups of three above', () => {
    const given = [0, 0.01234, 0.5, 1.26, 12.6, 99.4, 362.4, 12_345];
    assert.deepEqual(given.map(decimal), ['0', '0.012', '0.50', '1.3', '13', '99', '362', '12 345']);
    assert.equal(grouped(1_234_567), '1 234 567');
    assert.deepEqual([1.5e6, 80.4 * 1024 * 1024].map(mebibytes), ['1.4 MiB', '80 MiB']);
  });
});

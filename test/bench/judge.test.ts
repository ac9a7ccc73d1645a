import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AIMS, type Aim } from './aims.ts';
import { betterOf, checkReport, judge } from './judge.ts';
import type { Results } from './results.ts';
import { figures, goodResults } from './support.ts';

const verdictOn = (aim: Partial<Aim>, measured: number) => {
  const whole: Aim = {
    what: 'something',
    kind: 'ratio',
    yardstick: 'a peer',
    most: 0.9,
    measured: () => measured,
  };
  return judge([{ ...whole, ...aim }], goodResults())[0]!;
};

/** What is over its aim, as `what: yardstick`. */
const missedIn = (results: Results) =>
  judge(AIMS, results)
    .filter(({ isMet }) => !isMet)
    .map(({ aim: { what, kind, yardstick = kind } }) => `${what}: ${yardstick}`);

describe('The aims of the bench', () => {
  it('are met by results that are good enough', () => {
    const verdicts = judge(AIMS, goodResults());
    assert.ok(verdicts.every(({ isMet, fails }) => isMet && !fails));
    assert.ok(verdicts.length >= 12);
  });

  it('hold a cold scrape against prom-client and against the faster way of client_golang', () => {
    const { scrapes } = goodResults();
    const engines = [
      figures('solar-otel-agent', 1),
      figures('OpenTelemetry, stock exporter', 100),
      figures('prom-client', 1.2),
      figures('client_golang, const metrics', 2),
      figures('client_golang, vectors', 0.9),
    ];
    const slow = goodResults({ scrapes: [scrapes[0]!, { ...scrapes[1]!, engines }] });
    const missed = missedIn(slow).filter((line) => line.startsWith('cold scrape'));
    assert.deepEqual(missed, [
      'cold scrape of 30 000 series: prom-client',
      'cold scrape of 30 000 series: client_golang, the faster way',
    ]);
  });

  it('hold a warm scrape against the stock exporter', () => {
    const { scrapes } = goodResults();
    const engines = scrapes[1]!.engines.map((each) =>
      each.engine.startsWith('OpenTelemetry') ? { ...each, warm: 20 } : each,
    );
    assert.deepEqual(missedIn(goodResults({ scrapes: [{ ...scrapes[1]!, engines }] })), [
      "warm scrape of 30 000 series: OpenTelemetry's stock exporter",
    ]);
  });

  it('hold start, polls and the longest stall against their yardsticks and in milliseconds', () => {
    assert.deepEqual(missedIn(goodResults({ start: { agent: 151, bareNode: 40 } })), [
      'start to the first answer: bare Node',
      'start to the first answer: time',
    ]);
    assert.deepEqual(missedIn(goodResults({ polls: { inverters: 1000, size: 1, cycle: 51, parse: 11 } })), [
      'poll cycle of 1 000 inverters: JSON.parse of its answers',
      'poll cycle of 1 000 inverters: time',
    ]);
    assert.deepEqual(missedIn(goodResults({ stalls: { 'a scrape': 1, 'a poll cycle': 26 } })), [
      'longest stall with 30 000 series: time',
    ]);
  });

  it('are judged at 30 000 series only, and are an error where that was not measured', () => {
    const { scrapes } = goodResults();
    assert.throws(() => judge(AIMS, goodResults({ scrapes: [scrapes[0]!] })), /was not measured/);
  });
});

describe('A verdict', () => {
  it('fails a ratio that is worse than its aim by more than a third', () => {
    const verdicts = [0.9, 1, 1.19, 1.21].map((measured) => verdictOn({}, measured));
    assert.deepEqual(
      verdicts.map(({ isMet, fails }) => [isMet, fails]),
      [
        [true, false],
        [false, false],
        [false, false],
        [false, true],
      ],
    );
  });

  it('fails memory above its aim', () => {
    const aim = { kind: 'memory', most: 80 } as const;
    assert.deepEqual(
      [80, 80.1].map((measured) => verdictOn(aim, measured).fails),
      [false, true],
    );
  });

  it('fails above the bound where the aim has one, and is met only within the aim', () => {
    const verdicts = [0.9, 1, 1.9, 2.1].map((measured) => verdictOn({ bound: 2 }, measured));
    assert.deepEqual(
      verdicts.map(({ isMet, fails }) => [isMet, fails]),
      [
        [true, false],
        [false, false],
        [false, false],
        [false, true],
      ],
    );
    assert.equal(verdictOn({ kind: 'memory', most: 80, bound: 100 }, 90).fails, false);
  });

  it('never fails a time, which depends on the machine', () => {
    const { fails, isMet } = verdictOn({ kind: 'time', most: 150 }, 10_000);
    assert.deepEqual([fails, isMet], [false, false]);
  });

  it('fails what is no number', () => {
    assert.ok(verdictOn({}, Number.NaN).fails);
    assert.ok(verdictOn({ kind: 'memory' }, Number.NaN).fails);
  });
});

describe('The report of the check', () => {
  it('says what was measured, the aim and the limit, and how many fail', () => {
    const { scrapes, memory } = goodResults();
    const bad = goodResults({
      memory: { ...memory, largeAccount: { ...memory.largeAccount, rss: 500 * 1024 * 1024 } },
      scrapes,
    });
    const lines = checkReport(judge(AIMS, bad)).split('\n');
    assert.ok(
      lines.includes('FAIL  5 000 inverters in one account: 500 MiB (aim 400 MiB, fails above 400 MiB)'),
    );
    assert.ok(
      lines.includes('ok    cold scrape of 30 000 series: 0.010 × prom-client (aim 0.80, fails above 1.1)'),
      lines.join('\n'),
    );
    assert.equal(lines.at(-2), '1 of 10 limits is exceeded; docs/performance.md has figures to compare.');
    assert.equal(lines.filter((line) => line.includes(' ms')).length, 0);
  });

  it('names a bound that stands in for an aim', () => {
    const over = verdictOn({ what: 'a cycle', most: 1, bound: 2 }, 1.5);
    assert.match(
      checkReport([over]),
      /^over {2}a cycle: 1\.5 × a peer \(aim 1\.0, fails above the bound 2\.0\)$/m,
    );
  });

  it('says when all is well', () => {
    assert.match(checkReport(judge(AIMS, goodResults())), /\nNo limit is exceeded\.\n$/);
  });
});

describe('Two runs of the check', () => {
  it('count with the better figure of each aim', () => {
    const runs = [
      [0.9, 3],
      [1.3, 1],
      [Number.NaN, 1],
      [1, Number.NaN],
    ];
    const verdicts = runs.map(([first = 0, second = 0]) =>
      betterOf([verdictOn({}, first)], [verdictOn({}, second)]).map(({ measured, fails }) => [
        measured,
        fails,
      ]),
    );
    assert.deepEqual(verdicts, [[[0.9, false]], [[1, false]], [[1, false]], [[1, false]]]);
  });

  it('fail where both do', () => {
    const [verdict] = betterOf([verdictOn({}, 1.3)], [verdictOn({}, 1.4)]);
    assert.equal(verdict?.fails, true);
    assert.ok(betterOf([verdictOn({}, Number.NaN)], [verdictOn({}, Number.NaN)])[0]?.fails);
  });
});

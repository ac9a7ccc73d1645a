import { decimal, grouped, mebibytes, table } from './format.ts';
import { inUnitOf, type Verdict, withYardstick } from './judge.ts';
import type {
  CallFigures,
  FirstValues,
  ReleaseFigures,
  Results,
  ScrapeFigures,
  SizeFigures,
} from './results.ts';

export interface Report {
  readonly results: Results;
  readonly verdicts: readonly Verdict[];
  readonly calls: readonly CallFigures[];
  readonly firstValues: FirstValues;
  readonly releases: readonly ReleaseFigures[];
  /** Names and values. */
  readonly machine: readonly (readonly [string, string])[];
  /** YYYY-MM-DD */
  readonly date: string;
}

type Column = readonly [title: string, value: (figures: ScrapeFigures) => number | undefined];

const TIMES: readonly Column[] = [
  ['cold', ({ cold }) => cold],
  ['warm', ({ warm }) => warm],
  ['cold, gzip', ({ coldGzip }) => coldGzip],
  ['warm, gzip', ({ warmGzip }) => warmGzip],
];
const STALL: Column = ['stall', (figures) => figures.stall];
const SIZES: readonly Column[] = [
  ['allocated', ({ allocated }) => allocated],
  ['memory', ({ rss }) => rss],
];

/** The page docs/performance.md. */
export function renderPage(report: Report): string {
  const { results, verdicts, calls, firstValues, releases, machine, date } = report;
  return [
    '# Performance',
    `Written whole by \`npm run bench\` on ${date}; do not edit. \`npm run bench:check\` measures the same again on any\nmachine and holds it against the aims.`,
    '## Aims',
    aimsTable(verdicts),
    LIMITS.trim(),
    '## Scrapes, as multiples of the agent',
    'Below 1, the agent is slower or larger.',
    ...results.scrapes.map((size) => [`${grouped(size.series)} series:`, ratioTable(size)].join('\n\n')),
    '## Machine and versions',
    table([['', ''], ...machine]),
    '## Figures',
    '### Scrapes',
    ...results.scrapes.map((size) => [describeSize(size), figuresTable(size)].join('\n\n')),
    '### Start, memory, polls',
    otherTable(results),
    '### What is installed',
    'The binaries hold Node; the packages for Debian hold the binary, without the names for a debugger, and compressed.',
    releasesTable(releases),
    '### Stalls',
    `The longest time for which the event loop did not come round, with about 30 000 series and daily history:`,
    table([
      ['during', 'ms'],
      ...Object.entries(results.stalls).map(([what, stall]) => [what, decimal(stall)]),
    ]),
    "### Calls to Growatt's cloud",
    'On one day, at the default intervals, and how soon there are values; on a clock that is wound forward.',
    callsTable(calls, firstValues),
    METHOD.trim(),
    '',
  ].join('\n\n');
}

function aimsTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ aim, measured, isMet, limit }) => [
    aim.what,
    withYardstick(aim, aim.most),
    inUnitOf(aim, measured),
    isMet ? 'yes' : 'no',
    limit === undefined
      ? 'people judge'
      : `${inUnitOf(aim, limit)}${aim.bound === undefined ? '' : ', a bound'}`,
  ]);
  return table([['', 'aim: at most', 'measured', 'met', 'check fails above'], ...rows]);
}

function ratioTable({ engines }: SizeFigures): string {
  const [agent, ...peers] = engines;
  if (!agent) return '';
  const columns = [...TIMES, ...SIZES];
  const cells = (peer: ScrapeFigures) =>
    columns.map(([, value]) => `× ${decimal((value(peer) ?? Number.NaN) / (value(agent) ?? Number.NaN))}`);
  return table([
    ['', ...columns.map(([title]) => title)],
    ...peers.map((peer) => [peer.engine, ...cells(peer)]),
  ]);
}

function describeSize({ series, changed }: SizeFigures): string {
  return `${grouped(series)} series, ${Math.round(changed * 100)} % of the values differ from one reading to the next:`;
}

function figuresTable({ engines }: SizeFigures): string {
  const times = [...TIMES, STALL];
  const bytes: readonly Column[] = [
    ...SIZES,
    ['text', ({ plainSize }) => plainSize],
    ['text, gzip', ({ gzipSize }) => gzipSize],
  ];
  const head = [...times.map(([title]) => `${title}, ms`), ...bytes.map(([title]) => title)];
  const rows = engines.map((figures) => [
    figures.engine,
    ...times.map(([, value]) => cell(value(figures), decimal)),
    ...bytes.map(([, value]) => cell(value(figures), mebibytes)),
  ]);
  return table([['', ...head], ...rows]);
}

/** What a program does not have is a dash. */
const cell = (value: number | undefined, format: (value: number) => string) =>
  value === undefined ? '–' : format(value);

function otherTable({ start, memory, polls }: Results): string {
  const memoryRows = [
    ['a home: 2 inverters and a stick', memory.home],
    ['1 000 inverters in 500 plants', memory.fleet],
    ['the same with OTLP', memory.fleetWithOtlp],
    ['5 000 inverters in 50 plants of one account', memory.largeAccount],
  ] as const;
  return table([
    ['', ''],
    ['start to the first answer', `${decimal(start.agent)} ms`],
    ['the same of bare Node', `${decimal(start.bareNode)} ms`],
    ...memoryRows.map(([what, { series, cycles, rss }]) => [
      `memory of ${what}, ${grouped(series)} series, after ${cycles} cycles`,
      mebibytes(rss),
    ]),
    ['memory of `solar-otel-agent healthcheck`, at most', mebibytes(memory.healthcheck)],
    ['memory of bare Node', mebibytes(memory.bareNode)],
    [
      `poll cycle of ${grouped(polls.inverters)} inverters, ${mebibytes(polls.size)} of answers`,
      `${decimal(polls.cycle)} ms`,
    ],
    ['JSON.parse of the same answers in bare Node', `${decimal(polls.parse)} ms`],
  ]);
}

function releasesTable(releases: readonly ReleaseFigures[]): string {
  const rows = releases.map(({ what, size, start }) => [what, mebibytes(size), cell(start, decimal)]);
  return table([['', 'size', 'start to the first answer, ms'], ...rows]);
}

function callsTable(calls: readonly CallFigures[], { home, fleet }: FirstValues): string {
  return table([
    ['', ''],
    ...calls.map((day) => [
      day.what,
      `${grouped(day.calls)} calls, ${grouped(day.live)} of them for live values`,
    ]),
    ['first values of a home', `after ${home.calls} calls, ${home.seconds} s`],
    [
      '1 000 inverters in 500 plants',
      `first values after ${fleet.firstMinutes} min, all after ${fleet.allMinutes} min, then ${fleet.callsOfCycle} live calls a cycle`,
    ],
  ]);
}

const LIMITS = `
A ratio is to what the yardstick takes in the same run; the check fails when it is more than a third above its aim.
Memory fails above its aim. Where an aim is not reached yet, the check has a bound in its place: about what holds
today, so that it fails when that gets worse. Times are aims for the machine below.
`;

const METHOD = `
## What is measured

- **Agent**: the bundle that is released, with Node's options of the deployments and a state folder. It polls the
  simulated Growatt cloud: plants with two MIN inverters each (fifty, where there are more than 50 000 series), all
  guards on. The cloud's clock moves by four minutes
  from cycle to cycle, and the agent's next cycle waits until the scrapes are done.
- **Peers**: each in a process of its own, given the very series and values that the agent exposed. In JavaScript they
  are bundled like the agent and have the same options. \`client_golang\` makes its metrics at each scrape (const
  metrics, as its guide asks of exporters) or keeps them (vectors); the time for setting values is not counted. The
  stock exporter and prom-client do not compress.
- **Cold**: all inverters have a new reading since the last scrape. **Warm**: nothing is new. Time is that of a whole
  answer over HTTP on a kept connection; medians of rounds in which all programs take turns. With gzip: asked for as
  Prometheus does.
- **Allocated**: bytes allocated during a cold scrape; in JavaScript from the heap before and after each garbage
  collection, buffers included; in Go from \`runtime.MemStats\`.
- **Stall**, **poll cycle**: CPU time of the main thread, so that what else runs on the machine does not count. A cycle
  is all that happens from its first call to the next cycle's: HTTP, parsing, guards, store. Stalls are medians, but
  for the first reading, which is the longest one of all.
- **Memory**: VmRSS as Linux counts it; of the scrapes at their end, else after cycles with two scrapes each, with
  intervals shortened from 5 minutes to 1 second.
- **Start**: from the start of the process to the first 200 of \`/metrics\`, agent and bare Node in turn, the agent
  each time with the same state folder, after a first start that was stopped.
`;

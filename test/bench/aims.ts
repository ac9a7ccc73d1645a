import type { Engine, Results, ScrapeFigures } from './results.ts';

/** How an aim is judged. */
export type AimKind =
  /** A part of what a yardstick of the same run takes; `bench:check` fails when it is more than a third above. */
  | 'ratio'
  /** MiB; `bench:check` fails above it. */
  | 'memory'
  /** Milliseconds on the machine that docs/performance.md names; people judge it there. */
  | 'time';

/** Something that the agent should cost at most. */
export interface Aim {
  readonly what: string;
  readonly kind: AimKind;
  /** Of a ratio: whose cost it is a part of. */
  readonly yardstick?: string;
  readonly most: number;
  /** What holds today where the aim is not reached: `bench:check` fails above this, in place of what follows from the aim. */
  readonly bound?: number;
  /** In the unit of its kind. @throws Error when it was not measured */
  readonly measured: (results: Results) => number;
}

/** The size that ratios are judged at. */
export const JUDGED_SERIES = 30_000;
/** Beyond this part, the number of series is another one. */
const TOLERANCE = 0.05;
const MIB = 1024 * 1024;
/** MiB that the deployments of one agent give it, for up to 1 000 inverters; half more than is needed. */
export const MEMORY_LIMIT = 512;
const RESERVE = 1.5;

/** The aim, and the bound where there is one. */
type Limits = number | readonly [most: number, bound: number];

const limitsOf = (limits: Limits) =>
  typeof limits === 'number' ? { most: limits } : { most: limits[0], bound: limits[1] };
const ratio = (what: string, yardstick: string, limits: Limits, measured: Aim['measured']): Aim => ({
  what,
  kind: 'ratio',
  yardstick,
  ...limitsOf(limits),
  measured,
});
const memory = (what: string, limits: Limits, bytes: (memory: Results['memory']) => number): Aim => ({
  what,
  kind: 'memory',
  ...limitsOf(limits),
  measured: (results) => bytes(results.memory) / MIB,
});
const time = (what: string, most: number, measured: Aim['measured']): Aim => ({
  what,
  kind: 'time',
  most,
  measured,
});

const longestStall = ({ stalls }: Results) => Math.max(...Object.values(stalls));

/**
 * What the agent should cost at most. Three of the ratios stand for a time: 150 ms to the first answer, 50 ms for a
 * cycle, 25 ms for a stall; their yardsticks take 40, 11 and 83 ms on the machine of docs/performance.md.
 */
export const AIMS: readonly Aim[] = [
  ratio('cold scrape of 30 000 series', 'prom-client', 0.8, (results) => {
    return scraped(results, 'solar-otel-agent').cold / scraped(results, 'prom-client').cold;
  }),
  ratio('cold scrape of 30 000 series', 'client_golang, the faster way', 1, (results) => {
    const ways = ['client_golang, const metrics', 'client_golang, vectors'] as const;
    return (
      scraped(results, 'solar-otel-agent').cold / Math.min(...ways.map((way) => scraped(results, way).cold))
    );
  }),
  ratio('warm scrape of 30 000 series', "OpenTelemetry's stock exporter", [1 / 50, 0.04], (results) => {
    return scraped(results, 'solar-otel-agent').warm / scraped(results, 'OpenTelemetry, stock exporter').warm;
  }),
  ratio('start to the first answer', 'bare Node', 150 / 40, ({ start }) => start.agent / start.bareNode),
  ratio('poll cycle of 1 000 inverters', 'JSON.parse of its answers', [50 / 11, 10], ({ polls }) => {
    return polls.cycle / polls.parse;
  }),
  ratio('longest stall with 30 000 series', "prom-client's in a scrape", [25 / 83, 0.5], (results) => {
    return longestStall(results) / (scraped(results, 'prom-client').stall ?? Number.NaN);
  }),
  memory('home: 2 inverters and a stick', [80, 90], ({ home }) => home.rss),
  memory('1 000 inverters in 500 plants', 160, ({ fleet }) => fleet.rss),
  memory('5 000 inverters in one account', 400, ({ largeAccount }) => largeAccount.rss),
  memory('1 000 inverters with OTLP, and a health check', MEMORY_LIMIT / RESERVE, (figures) => {
    return figures.fleetWithOtlp.rss + figures.healthcheck;
  }),
  time('start to the first answer', 150, ({ start }) => start.agent),
  time('poll cycle of 1 000 inverters', 50, ({ polls }) => polls.cycle),
  time('longest stall with 30 000 series', 25, longestStall),
];

/** What a program cost at the size that ratios are judged at. @throws Error when that was not measured */
export function scraped({ scrapes }: Results, engine: Engine): ScrapeFigures {
  const size = scrapes.find(({ series }) => Math.abs(series / JUDGED_SERIES - 1) < TOLERANCE);
  const figures = size?.engines.find((some) => some.engine === engine);
  if (!figures) throw new Error(`${engine} was not measured with ${JUDGED_SERIES} series`);
  return figures;
}

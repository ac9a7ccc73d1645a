import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';
import type { MetricDefinition, MetricGroup, Validity } from '../model/metric.ts';
import { type OwnMetric, ownCatalogue } from '../telemetry/own-catalogue.ts';
import { code, table } from './markdown.ts';

type DescribedKind = Pick<SourceKind, 'title' | 'metrics' | 'metricsDocs'>;
type Ends = Readonly<Record<Validity, string>>;

const ENDS: Ends = {
  instant: 'when the source has failed for `STALE_AFTER`, or the device sleeps',
  status: 'when the source has failed for `STALE_AFTER`; 0 while the device sleeps',
  today: 'at local midnight',
  month: 'with the month',
  year: 'with the year',
  lifetime: 'with the device',
  fact: 'with the device',
};

/** The page `docs/metrics.md`: all metrics of all kinds of sources and of the agent itself. */
export function metricsReference(all: readonly DescribedKind[] = Object.values(kinds)): string {
  const names = all.map(({ metricsDocs }) => metricsDocs.sourceNames).join('; ');
  const seen = new Set<MetricGroup>();
  return `# Metrics

The same names and labels are exported at \`/metrics\`, by OTLP and to the Pushgateway. A value that a source did not
give is no sample, never 0. What happens to values that cannot be true: [true-values.md](true-values.md).

In the OpenMetrics format the lifetime counters are of type \`unknown\`, because that format requires a counter's name
to end in \`_total\`.

${all.map((kind) => kindSection(kind, seen)).join('')}## The agent itself

The label \`source\` is ${names}.

${ownTable()}`;
}

/** A group that an earlier kind has too is described there. */
function kindSection({ title, metrics, metricsDocs }: DescribedKind, seen: Set<MetricGroup>): string {
  const own = metrics.filter((group) => !seen.has(group));
  for (const group of own) seen.add(group);
  const ends = { ...ENDS, ...metricsDocs.ends };
  return `## ${title}\n\n${paragraph(metricsDocs.introduction)}${own.map((group) => groupSection(group, ends)).join('')}`;
}

const groupSection = ({ title, introduction, definitions }: MetricGroup, ends: Ends) =>
  `### ${title}\n\n${paragraph(introduction)}${metricsTable(definitions, ends)}\n`;

const paragraph = (text: string | undefined) => (text === undefined ? '' : `${text}\n\n`);

function metricsTable(definitions: readonly MetricDefinition[], ends: Ends): string {
  const rows = definitions.map(({ name, kind, labels, help, validity }) => [
    code(name),
    kind,
    labels.map(code).join(', '),
    help,
    ends[validity],
  ]);
  return table(['Metric', 'Type', 'Labels', 'Meaning', 'Ends'], rows);
}

function ownTable(): string {
  const rows = Object.entries<OwnMetric>(ownCatalogue).map(([name, { kind, labels, help }]) => [
    code(name),
    kind,
    labels.map(code).join(', '),
    help,
  ]);
  return table(['Metric', 'Type', 'Labels', 'Meaning'], rows);
}

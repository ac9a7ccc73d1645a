import { parts } from '../kinds.ts';
import type { Part } from '../model/kind.ts';
import type { MetricDefinition, MetricGroup, Unit, Validity } from '../model/metric.ts';
import { type OwnMetric, ownCatalogue } from '../telemetry/own-catalogue.ts';
import { code, table } from './markdown.ts';

type DescribedPart = Pick<Part, 'title' | 'metrics' | 'metricsDocs'>;

/** An example value of a metric, by its name. */
export type Examples = ReadonlyMap<string, number>;

/** The words of the column "Valid". */
const VALID: Readonly<Record<Validity, string>> = {
  instant: 'instant',
  status: 'instant',
  today: 'today',
  month: 'period',
  year: 'period',
  lifetime: 'lasting',
  fact: 'lasting',
};

const SYMBOLS: Readonly<Record<Unit, string>> = {
  watts: 'W',
  volts: 'V',
  amps: 'A',
  hz: 'Hz',
  kwh: 'kWh',
  kwh_per_kwp: 'kWh/kW',
  ohms: 'Ω',
  celsius: '°C',
  percent: '%',
  ratio: '1',
  seconds: 's',
  degrees: '°',
  watts_per_square_meter: 'W/m²',
  meters_per_second: 'm/s',
};

/** The page `docs/metrics.md`: all metrics of all parts and of the agent itself. */
export function metricsReference(
  examples: Examples,
  all: readonly DescribedPart[] = Object.values<Part>(parts),
): string {
  const names = all.map(({ metricsDocs }) => metricsDocs.sourceNames).join('; ');
  const seen = new Set<MetricGroup>();
  return `# Metrics

The same names and labels are exported at \`/metrics\`, by OTLP and to the Pushgateway. A value that a source did not
give is no sample, never 0. What happens to values that cannot be true: [true-values.md](true-values.md).

How long a value is shown while no newer one comes is one of four words:

| Valid | Shown until |
| --- | --- |
| instant | the source has failed for \`STALE_AFTER\`, or the device sleeps; \`growatt_inverter_status\` is then 0 |
| today | local midnight |
| period | the local month or year ends |
| lasting | what the labels name is gone: the device, the plant, the account, the stick, the date |

The examples are values that devices in the tests gave, or usual ones; N in a name is the number of a PV input. In the
OpenMetrics format the lifetime counters are of type \`unknown\`, because that format requires a counter's name to
end in \`_total\`.

${all.map((part) => partSection(part, examples, seen)).join('')}## The agent itself

The label \`source\` is ${names}.

${ownTable()}`;
}

/** A group that an earlier part has too is described there. */
function partSection(
  { title, metrics, metricsDocs }: DescribedPart,
  examples: Examples,
  seen: Set<MetricGroup>,
): string {
  const own = metrics.filter((group) => !seen.has(group));
  for (const group of own) seen.add(group);
  const { introduction, valid, familiesOf } = metricsDocs;
  const row = (definition: MetricDefinition) => [
    code(genericName(definition.name)),
    genericHelp(definition),
    definition.kind,
    definition.unit === '' ? '' : SYMBOLS[definition.unit],
    definition.labels.map(code).join(', '),
    String(examples.get(definition.name) ?? definition.example ?? ''),
    valid?.[definition.validity] ?? VALID[definition.validity],
    ...(familiesOf ? [familiesOf(definition.name).join(', ')] : []),
  ];
  const titles = ['Metric', 'Meaning', 'Type', 'Unit', 'Labels', 'Example', 'Valid'];
  if (familiesOf) titles.push('Families');
  const groups = own.map(
    (group) =>
      `### ${group.title}\n\n${paragraph(group.introduction)}${table(titles, generic(group).map(row))}\n`,
  );
  return `## ${title}\n\n${paragraph(introduction)}${groups.join('')}`;
}

const PV_INPUT = /(?<=_pv)\d+(?=_)/;

/** The metrics of all PV inputs have one row, that of the first. */
function generic({ definitions }: MetricGroup): MetricDefinition[] {
  const byName = Map.groupBy(definitions, ({ name }) => genericName(name));
  return [...byName.values()].map(([first]) => first!);
}

const genericName = (name: string) => name.replace(PV_INPUT, 'N');

function genericHelp({ name, help }: MetricDefinition): string {
  const input = PV_INPUT.exec(name)?.[0];
  return input === undefined ? help : help.replace(input, 'N');
}

const paragraph = (text: string | undefined) => (text === undefined ? '' : `${text}\n\n`);

function ownTable(): string {
  const rows = Object.entries<OwnMetric>(ownCatalogue).map(([name, { kind, labels, help }]) => [
    code(name),
    help,
    kind,
    labels.map(code).join(', '),
  ]);
  return table(['Metric', 'Meaning', 'Type', 'Labels'], rows);
}

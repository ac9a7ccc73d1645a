import type { Metric, Span } from './catalogue.ts';
import { growattMetrics } from './growatt.ts';
import { type OwnMetric, ownCatalogue } from './own-catalogue.ts';
import { truckiLegacyMetrics, truckiMetrics } from './trucki.ts';

const ENDS: Readonly<Record<Span, string>> = {
  instant: 'when the source has failed for `STALE_AFTER`, or the device sleeps',
  status: 'as above, but 0 while the device sleeps',
  today: 'at local midnight',
  month: 'with the month',
  year: 'with the year',
  lifetime: 'with the device',
  fact: 'with the device',
};

/** The page `docs/metrics.md`: every metric there is. */
export function metricsReference(): string {
  return `# Metrics

The same names and labels leave through \`/metrics\`, OTLP and the Pushgateway. A value that a source did not give is no
sample, never 0. What happens to values that cannot be true: [true-values.md](true-values.md).

In the OpenMetrics format the lifetime counters are of type \`unknown\`, since that format wants a counter's name to end
in \`_total\`.

## Growatt

A metric of an input, a phase, a battery or the grid appears once the device has shown that it has one.

${deviceTable(growattMetrics)}
## Trucki

${deviceTable(truckiMetrics)}
### With \`TRUCKI_LEGACY_NAMES=true\`

trucki2prometheus's names. Its \`trucki_wifi_state\`, 0 to 9, is there too, without the label \`state\`.

${deviceTable(truckiLegacyMetrics)}
## The agent itself

\`source\` is \`growatt/ACCOUNT\` or \`trucki/STICK\`; a single account is called \`default\`.

${ownTable()}`;
}

function deviceTable(metrics: readonly Metric[]): string {
  const rows = metrics.map(({ name, kind, labels, help, span }) => [
    code(name),
    kind,
    labels.map(code).join(', '),
    help,
    ENDS[span],
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

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(titles) + line(titles.map(() => '---')) + rows.map(line).join('');
}

const code = (text: string) => `\`${text}\``;

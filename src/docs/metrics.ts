import { growattMetrics } from '../metrics/growatt.ts';
import type { Metric, Validity } from '../model/metric.ts';
import { truckiLegacyMetrics, truckiMetrics } from '../sources/trucki/metrics.ts';
import { type OwnMetric, ownCatalogue } from '../telemetry/own-catalogue.ts';
import { code, table } from './markdown.ts';

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

/** A stick neither sleeps nor has a time zone: its energies of the day are as it counts them. */
const STICK_ENDS: Ends = {
  ...ENDS,
  instant: 'when the stick has failed for `STALE_AFTER`',
  today: 'when the stick has failed for `STALE_AFTER`',
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
What ends with the device ends with the plant or the account where those are its labels. Of the metrics with \`date\` at
most \`HISTORY_DAYS\` dates are shown; see [history.md](history.md).

${deviceTable(growattMetrics, ENDS)}
## Trucki

${deviceTable(truckiMetrics, STICK_ENDS)}
### With \`TRUCKI_LEGACY_NAMES=true\`

trucki2prometheus's names. Its \`trucki_wifi_state\`, 0 to 9, is there too, without the label \`state\`.

${deviceTable(truckiLegacyMetrics, STICK_ENDS)}
## The agent itself

\`source\` is \`growatt/ACCOUNT\` or \`trucki/STICK\`; a single account is called \`default\`.

${ownTable()}`;
}

function deviceTable(metrics: readonly Metric[], ends: Ends): string {
  const rows = metrics.map(({ name, kind, labels, help, validity }) => [
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

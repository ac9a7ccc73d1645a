/** The series of one metric, as the peers are given them. */
export interface PeerMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly labelNames: readonly string[];
  /** The values of the labels of each series. */
  readonly labels: readonly (readonly string[])[];
}

/** What a scrape of the agent showed of devices: without the agent's own metrics. */
export interface Scraped {
  readonly metrics: readonly PeerMetric[];
  /** One for each series, in the order of the metrics and their labels. */
  readonly values: readonly number[];
}

const SAMPLE = /^(growatt_\w+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the Prometheus text format. Series of one metric follow each other there, with the same names of labels. */
export function readExposition(text: string): Scraped {
  const help = new Map<string, string>();
  const kinds = new Map<string, string>();
  const metrics = new Map<string, PeerMetric & { labels: string[][] }>();
  const values: number[] = [];
  for (const line of text.split('\n')) {
    const [, what, name = '', about = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what !== undefined) (what === 'HELP' ? help : kinds).set(name, about);
    const [sample, metric = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (sample === undefined) continue;
    const pairs = [...labelText.matchAll(LABEL)];
    const known = metrics.get(metric) ?? {
      name: metric,
      kind: kinds.get(metric) === 'counter' ? ('counter' as const) : ('gauge' as const),
      help: help.get(metric) ?? '',
      labelNames: pairs.map(([, label = '']) => label),
      labels: [],
    };
    metrics.set(metric, known);
    known.labels.push(pairs.map(([, , text = '']) => text.replace(/\\(.)/g, unescaped)));
    values.push(Number(value));
  }
  return { metrics: [...metrics.values()], values };
}

const unescaped = (_: string, character: string) => (character === 'n' ? '\n' : character);

/** Which part of the values, 0 to 1, differs. */
export function changedPart(before: readonly number[], after: readonly number[]): number {
  return after.filter((value, i) => value !== before[i]).length / after.length;
}

import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics';
import { countExports, ownMeter } from './own.ts';
import { type CurrentSeries, createScrapeReader } from './readers.ts';
import { agentResource } from './resource.ts';

/** What a reader that exports is given. */
export interface ExporterTools {
  readonly series: () => CurrentSeries;
  readonly onExport: (outcome: 'success' | 'failure') => void;
}

export interface ProviderOptions {
  readonly series: () => CurrentSeries;
  /** Attributes of the resource beyond the agent's own. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Creates the reader that exports; undefined: scrapes only. */
  readonly createExporter?: ((tools: ExporterTools) => MetricReader) | undefined;
}

/** The provider of all metrics, and its reader for scrapes. */
export function createProvider({ series, attributes, createExporter }: ProviderOptions) {
  const reader = createScrapeReader(series);
  // The counter of exports belongs to the provider that the exporting reader belongs to.
  const exporter = createExporter?.({ series, onExport: (outcome) => count(outcome) });
  const readers = exporter ? [reader, exporter] : [reader];
  const provider = new MeterProvider({ resource: agentResource(attributes), readers });
  const count = exporter ? countExports(ownMeter(provider)) : () => {};
  return { provider, reader };
}

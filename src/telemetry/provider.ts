import type { Meter } from '@opentelemetry/api';
import { MeterProvider, type MetricProducer, type MetricReader } from '@opentelemetry/sdk-metrics';
import { version } from '../base/version.ts';
import { leaveOutEnded } from './ended-sources.ts';
import { ObservableInstruments } from './observable-instruments.ts';
import { countExports } from './own.ts';
import { ProducerReader, ScrapeReader } from './readers.ts';
import { agentResource } from './resource.ts';

/** Scope of the instruments that the store feeds. */
export const DEVICE_SCOPE = 'solar-otel-agent/devices';
const OWN_SCOPE = 'solar-otel-agent';

/** What a reader that exports is given. */
export interface ExporterTools {
  readonly metricProducers: MetricProducer[];
  readonly onExport: (outcome: 'success' | 'failure') => void;
}

export interface ProviderOptions {
  /** Names of the sources that are polled now, asked at each collection: what was counted of others is left out. */
  readonly polled?: (() => ReadonlySet<string>) | undefined;
  /** Attributes of the resource beyond the agent's own. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  /** Creates the reader that exports; undefined: scrapes only. */
  readonly createExporter?: ((tools: ExporterTools) => MetricReader) | undefined;
}

/** The provider of all metrics, with the meters that feed it and its readers for scrapes. */
export interface Metrics {
  readonly provider: MeterProvider;
  /** Of what the devices measure, which need not be collected anew for each scrape. */
  readonly deviceReader: ScrapeReader;
  /** Of what the agent counts of itself. */
  readonly ownReader: ScrapeReader;
  /** For what the devices measure. */
  readonly deviceMeter: Meter;
  /** For what the agent counts of itself. */
  readonly ownMeter: Meter;
}

export function createProvider({ attributes, createExporter, polled }: ProviderOptions = {}): Metrics {
  const devices = new ObservableInstruments({ name: DEVICE_SCOPE, version });
  const own = new ObservableInstruments({ name: OWN_SCOPE, version });
  const deviceReader = new ProducerReader([devices]);
  const ownReader = new ScrapeReader([own]);
  // The counter of exports belongs to the provider that the exporting reader belongs to.
  const exporter = createExporter?.({
    metricProducers: [devices, own],
    onExport: (outcome) => count(outcome),
  });
  const countReaders = [ownReader, ...(exporter ? [exporter] : [])];
  if (polled) for (const reader of countReaders) leaveOutEnded(reader, polled);
  const readers = [deviceReader, ...countReaders];
  const provider = new MeterProvider({ resource: agentResource(attributes), readers });
  const deviceMeter = devices.meter(provider.getMeter(DEVICE_SCOPE, version));
  const ownMeter = own.meter(provider.getMeter(OWN_SCOPE, version));
  const count = exporter ? countExports(ownMeter) : () => {};
  return { provider, deviceReader, ownReader, deviceMeter, ownMeter };
}

import { setTimeout as delay } from 'node:timers/promises';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import {
  AggregationType,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';

/** For the SDK's own instruments, of which only counters of sources have many series; its own limit is 2000. */
const MOST_SERIES = 1_000_000;

/** Of the five seconds that stopping may take. */
const FLUSH_MS = 3000;

/** The reader for scrapes: the package's own, without its server. */
export class ScrapeReader extends PrometheusExporter {
  constructor(metricProducers: MetricProducer[]) {
    super({ preventServerStart: true, metricProducers });
  }

  override selectCardinalityLimit(): number {
    return MOST_SERIES;
  }
}

/** A reader for scrapes of what the producers give, without the SDK's own instruments. */
export class ProducerReader extends ScrapeReader {
  override selectAggregation(): { type: AggregationType.DROP } {
    return { type: AggregationType.DROP };
  }
}

export interface OtlpReaderOptions {
  readonly exporter: PushMetricExporter;
  /** Milliseconds between two exports. */
  readonly interval: number;
  /** Milliseconds that one export may take; no more than the interval. */
  readonly timeout: number;
  readonly metricProducers: MetricProducer[];
  readonly flushMs?: number;
}

/** The reader that exports at an interval; it reports the same series as the one for scrapes. */
export class OtlpReader extends PeriodicExportingMetricReader {
  readonly #flushMs: number;

  constructor(options: OtlpReaderOptions) {
    const { exporter, interval, timeout, metricProducers, flushMs = FLUSH_MS } = options;
    super({ exporter, exportIntervalMillis: interval, exportTimeoutMillis: timeout, metricProducers });
    this.#flushMs = flushMs;
  }

  override selectCardinalityLimit(): number {
    return MOST_SERIES;
  }

  /** Exports for the last time; a receiver that does not answer cannot delay the end. */
  protected override async onShutdown(): Promise<void> {
    const flushed = new AbortController();
    const tooLong = delay(this.#flushMs, undefined, { signal: flushed.signal }).catch(() => undefined);
    await Promise.race([super.onShutdown(), tooLong]);
    flushed.abort();
  }
}

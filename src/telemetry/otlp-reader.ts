import { setTimeout as delay } from 'node:timers/promises';
import {
  type AggregationTemporality,
  type CollectionResult,
  type InstrumentType,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { type LiveSeries, MOST_SERIES, onlyLive, temporalityFor } from './readers.ts';

/** Of the five seconds that stopping may take. */
const FLUSH_MS = 3000;

export interface OtlpReaderOptions {
  readonly exporter: PushMetricExporter;
  /** Milliseconds between two exports. */
  readonly interval: number;
  /** Milliseconds that one export may take; no more than the interval. */
  readonly timeout: number;
  readonly live: () => LiveSeries;
  readonly flushMs?: number;
}

/** The reader that exports every so often, and sees the same series as the one for scrapes. */
export class OtlpReader extends PeriodicExportingMetricReader {
  readonly #live: () => LiveSeries;
  readonly #flushMs: number;

  constructor({ exporter, interval, timeout, live, flushMs = FLUSH_MS }: OtlpReaderOptions) {
    super({ exporter, exportIntervalMillis: interval, exportTimeoutMillis: timeout });
    this.#live = live;
    this.#flushMs = flushMs;
  }

  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return temporalityFor(type);
  }

  override selectCardinalityLimit(): number {
    return MOST_SERIES;
  }

  override async collect(options?: Parameters<MetricReader['collect']>[0]): Promise<CollectionResult> {
    return onlyLive(await super.collect(options), this.#live());
  }

  /** Sends what there is for the last time; a receiver that does not answer cannot hold up the end. */
  protected override async onShutdown(): Promise<void> {
    const enough = new AbortController();
    const tooLong = delay(this.#flushMs, undefined, { signal: enough.signal }).catch(() => undefined);
    await Promise.race([super.onShutdown(), tooLong]);
    enough.abort();
  }
}

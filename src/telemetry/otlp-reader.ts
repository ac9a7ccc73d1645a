import { setTimeout as delay } from 'node:timers/promises';
import { PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { type CurrentSeries, reportCurrentSeries } from './readers.ts';

/** Of the five seconds that stopping may take. */
const FLUSH_MS = 3000;

export interface OtlpReaderOptions {
  readonly exporter: PushMetricExporter;
  /** Milliseconds between two exports. */
  readonly interval: number;
  /** Milliseconds that one export may take; no more than the interval. */
  readonly timeout: number;
  readonly series: () => CurrentSeries;
  readonly flushMs?: number;
}

/** The reader that exports at an interval; it reports the same series as the one for scrapes. */
export class OtlpReader extends PeriodicExportingMetricReader {
  readonly #flushMs: number;

  constructor({ exporter, interval, timeout, series, flushMs = FLUSH_MS }: OtlpReaderOptions) {
    super({ exporter, exportIntervalMillis: interval, exportTimeoutMillis: timeout });
    this.#flushMs = flushMs;
    reportCurrentSeries(this, series);
  }

  /** Exports for the last time; a receiver that does not answer cannot delay the end. */
  protected override async onShutdown(): Promise<void> {
    const flushed = new AbortController();
    const tooLong = delay(this.#flushMs, undefined, { signal: flushed.signal }).catch(() => undefined);
    await Promise.race([super.onShutdown(), tooLong]);
    flushed.abort();
  }
}

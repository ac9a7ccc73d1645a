import { ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { version } from '../base/version.ts';
import { definitionOf } from '../catalogue.ts';
import { createOtlpExporter } from '../export/otlp.ts';
import { complaintIn } from '../export/otlp-health.ts';
import type { OtlpExport } from '../export/otlp-settings.ts';
import type { HistorySample } from '../model/history.ts';
import { DEVICE_SCOPE } from '../telemetry/provider.ts';
import { agentResource } from '../telemetry/resource.ts';

/** Data points of one request; a receiver takes a few megabytes. */
const BATCH = 5000;

/** Sends samples of the past to one receiver. */
export interface HistorySender {
  /**
   * Sends the samples of one metric with their own timestamps.
   * @throws HistoryRejected when the receiver does not take them all, after the exporter's own retries
   */
  send(name: string, samples: AsyncIterable<HistorySample>, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The receiver did not take the data; the message says why. */
export class HistoryRejected extends Error {
  override readonly name = 'HistoryRejected';
}

/** Connects to a receiver with the first batch; `close` ends the connection. */
export function createHistorySender(settings: OtlpExport): HistorySender {
  let problem: string | undefined;
  const exporter = createOtlpExporter(settings, {
    succeeded() {},
    failed(reason) {
      problem = reason;
    },
    answered(response) {
      const { rejected, message } = complaintIn(response);
      if (rejected > 0) problem = `it rejects ${rejected} data points: ${message || 'without a reason'}`;
    },
  });
  const resource = agentResource(settings.resourceAttributes);
  return {
    async send(name, samples, signal) {
      const starts = new Map<string, number>();
      for await (const batch of batches(samples)) {
        signal.throwIfAborted();
        const metrics = [describe(name, batch, starts)];
        await exportOnce(exporter, {
          resource,
          scopeMetrics: [{ scope: { name: DEVICE_SCOPE, version }, metrics }],
        });
        if (problem !== undefined)
          throw new HistoryRejected(`${settings.metricsEndpoint} does not take the data: ${problem}`);
      }
    },
    close: () => exporter.shutdown(),
  };
}

/** Resolves when the export ended; the exporter's health knows how. */
function exportOnce(exporter: PushMetricExporter, metrics: Parameters<PushMetricExporter['export']>[0]) {
  return new Promise<void>((resolve) => exporter.export(metrics, () => resolve()));
}

/** @param starts when each counter is first known, milliseconds since the epoch, by its labels */
function describe(name: string, samples: readonly HistorySample[], starts: Map<string, number>) {
  const { kind, unit, help } = definitionOf(name);
  const startOf = ({ labels, at }: HistorySample) => {
    const key = JSON.stringify(labels);
    const start = starts.get(key) ?? at;
    starts.set(key, start);
    return start;
  };
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: samples.map((sample) => ({
      startTime: hrTime(kind === 'counter' ? startOf(sample) : sample.at),
      endTime: hrTime(sample.at),
      attributes: sample.labels,
      value: sample.value,
    })),
  };
  return kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM as const, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE as const };
}

const hrTime = (ms: number): [number, number] => [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];

async function* batches(samples: AsyncIterable<HistorySample>): AsyncGenerator<HistorySample[]> {
  let batch: HistorySample[] = [];
  for await (const sample of samples) {
    batch.push(sample);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

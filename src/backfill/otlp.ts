import { ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { OtlpExport } from '../config/config.ts';
import { metricNamed } from '../metrics/catalogue.ts';
import { DEVICE_SCOPE } from '../metrics/readers.ts';
import { agentResource } from '../metrics/resource.ts';
import { version } from '../version.ts';
import type { Point } from './points.ts';

/** Data points of one request; a receiver takes a few megabytes. */
const BATCH = 5000;

/**
 * Sends the points of one metric with their own timestamps.
 * @throws Error when the receiver does not take them, after the exporter's own retries
 */
export async function sendPoints(
  name: string,
  points: AsyncIterable<Point>,
  { exporter, settings }: { exporter: PushMetricExporter; settings: OtlpExport },
): Promise<void> {
  const resource = agentResource(settings.resourceAttributes);
  let start: number | undefined;
  for await (const batch of batches(points)) {
    start ??= batch[0]?.at ?? 0;
    const metric = describe(name, batch, start);
    const scopeMetrics = [{ scope: { name: DEVICE_SCOPE, version }, metrics: [metric] }];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    exporter.export({ resource, scopeMetrics }, ({ code, error }) =>
      code === 0 ? resolve() : reject(error ?? new Error('the receiver refused the data')),
    );
    await promise;
  }
}

/** `start` is when a counter is first known, milliseconds since the epoch. */
function describe(name: string, points: readonly Point[], start: number) {
  const { kind, unit, help } = metricNamed(name);
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: points.map(({ labels, at, value }) => ({
      startTime: hrTime(start),
      endTime: hrTime(at),
      attributes: labels,
      value,
    })),
  };
  return kind === 'counter'
    ? { ...common, dataPointType: DataPointType.SUM as const, isMonotonic: true }
    : { ...common, dataPointType: DataPointType.GAUGE as const };
}

const hrTime = (ms: number): [number, number] => [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];

async function* batches(points: AsyncIterable<Point>): AsyncGenerator<Point[]> {
  let batch: Point[] = [];
  for await (const point of points) {
    batch.push(point);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

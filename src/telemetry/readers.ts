import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import {
  AggregationTemporality,
  type CollectionResult,
  InstrumentType,
  type MetricData,
  type MetricReader,
} from '@opentelemetry/sdk-metrics';

/** Scope of the instruments that the store feeds; only their series come and go. */
export const DEVICE_SCOPE = 'solar-otel-agent/devices';

/** The attribute objects of the series that exist now, each with its value. */
export type CurrentSeries = ReadonlyMap<object, number>;

/** The SDK's own limit is 2000 series an instrument over the life of the process, ended ones included. */
const MOST_SERIES = 1_000_000;

/** The reader for scrapes: the package's own, without its server. */
export function createScrapeReader(series: () => CurrentSeries): MetricReader {
  return reportCurrentSeries(new PrometheusExporter({ preventServerStart: true }), series);
}

/**
 * Makes a reader leave out series that have ended. With cumulative temporality the SDK repeats each attribute set
 * it ever saw, so a removed device would keep its last values for ever.
 * @param series asked after each collection
 * @returns the same reader
 */
export function reportCurrentSeries<R extends MetricReader>(reader: R, series: () => CurrentSeries): R {
  const collect = reader.collect.bind(reader);
  return Object.assign(reader, {
    // Delta makes a gauge report only what was observed since the last collection.
    selectAggregationTemporality: (type: InstrumentType) =>
      type === InstrumentType.OBSERVABLE_GAUGE
        ? AggregationTemporality.DELTA
        : AggregationTemporality.CUMULATIVE,
    selectCardinalityLimit: () => MOST_SERIES,
    collect: async (options?: Parameters<MetricReader['collect']>[0]) =>
      onlyCurrent(await collect(options), series()),
  });
}

/**
 * Drops the points of devices whose attribute object the store no longer uses, and gives the others the value
 * that was observed: the SDK adds up the differences of a counter, and those are not exact.
 */
function onlyCurrent(result: CollectionResult, series: CurrentSeries): CollectionResult {
  const scopeMetrics = result.resourceMetrics.scopeMetrics.map((scope) => {
    if (scope.scope.name !== DEVICE_SCOPE) return scope;
    const metrics = scope.metrics.map((metric) => ({
      ...metric,
      dataPoints: (metric.dataPoints as { attributes: object }[]).flatMap((point) => {
        const value = series.get(point.attributes);
        return value === undefined ? [] : [{ ...point, value }];
      }),
    })) as MetricData[];
    return { ...scope, metrics: metrics.filter((metric) => metric.dataPoints.length > 0) };
  });
  return { ...result, resourceMetrics: { ...result.resourceMetrics, scopeMetrics } };
}

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
export type LiveSeries = ReadonlyMap<object, number>;

/** The SDK's own limit is 2000 series an instrument over the life of the process, the dead ones included. */
export const MOST_SERIES = 1_000_000;

/**
 * The Prometheus reader: without the package's own server, and without series that have ended. With cumulative
 * temporality the SDK repeats each attribute set it ever saw, so a removed device would keep its last
 * values for ever.
 */
export class ScrapeReader extends PrometheusExporter {
  readonly #live: () => LiveSeries;

  constructor(live: () => LiveSeries) {
    super({ preventServerStart: true });
    this.#live = live;
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
}

/** Delta makes a gauge report only what was observed since the last collection. */
export function temporalityFor(type: InstrumentType): AggregationTemporality {
  return type === InstrumentType.OBSERVABLE_GAUGE
    ? AggregationTemporality.DELTA
    : AggregationTemporality.CUMULATIVE;
}

/**
 * Drops the points of devices whose attribute object the store no longer uses, and gives the others the value
 * that was observed: the SDK adds up the differences of a counter, and those are not exact.
 */
export function onlyLive(result: CollectionResult, live: LiveSeries): CollectionResult {
  const scopeMetrics = result.resourceMetrics.scopeMetrics.map((scope) => {
    if (scope.scope.name !== DEVICE_SCOPE) return scope;
    const metrics = scope.metrics.map((metric) => ({
      ...metric,
      dataPoints: (metric.dataPoints as { attributes: object }[]).flatMap((point) => {
        const value = live.get(point.attributes);
        return value === undefined ? [] : [{ ...point, value }];
      }),
    })) as MetricData[];
    return { ...scope, metrics: metrics.filter((metric) => metric.dataPoints.length > 0) };
  });
  return { ...result, resourceMetrics: { ...result.resourceMetrics, scopeMetrics } };
}

import type { CollectionResult, MetricData, MetricReader, ScopeMetrics } from '@opentelemetry/sdk-metrics';

/**
 * Lets a reader leave out what the agent counted of sources that it no longer polls: counters and histograms of the
 * SDK (3.1) keep every attribute set for the life of the process.
 * @param sources names of those that are polled, asked at each collection
 */
export function leaveOutEnded(reader: MetricReader, sources: () => ReadonlySet<string>): void {
  const collect = reader.collect.bind(reader);
  reader.collect = async (options): Promise<CollectionResult> => {
    const { resourceMetrics, errors } = await collect(options);
    const polled = sources();
    const scopeMetrics = resourceMetrics.scopeMetrics.map((scope) => withoutEnded(scope, polled));
    return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors };
  };
}

function withoutEnded(scope: ScopeMetrics, polled: ReadonlySet<string>): ScopeMetrics {
  const metrics = scope.metrics.flatMap((metric) => {
    const dataPoints = (metric.dataPoints as MetricData['dataPoints'][number][]).filter(
      ({ attributes: { source } }) => typeof source !== 'string' || polled.has(source),
    );
    if (dataPoints.length === metric.dataPoints.length) return [metric];
    return dataPoints.length > 0 ? [{ ...metric, dataPoints } as MetricData] : [];
  });
  return { ...scope, metrics };
}

/** OpenTelemetry's own Prometheus exporter over its own observable instruments. */
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { labelSets, servePeer } from './peer.ts';

servePeer((metrics) => {
  // Without labels of its own, so that its series are those of the others.
  const reader = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
  // The default limit is 2000 series for each instrument.
  reader.selectCardinalityLimit = () => 1_000_000;
  const meter = new MeterProvider({ readers: [reader] }).getMeter('bench');
  let present: readonly number[] = [];
  let first = 0;
  for (const metric of metrics) {
    const { name, kind, help: description } = metric;
    const sets = labelSets(metric);
    const start = first;
    first += sets.length;
    const instrument =
      kind === 'counter'
        ? meter.createObservableCounter(name, { description })
        : meter.createObservableGauge(name, { description });
    instrument.addCallback((result) => {
      for (const [i, labels] of sets.entries()) result.observe(present[start + i] ?? 0, labels);
    });
  }
  return {
    set(values) {
      present = values;
    },
    scrape: (request, response) => reader.getMetricsRequestHandler(request, response),
  };
});

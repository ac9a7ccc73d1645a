import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Lets the real SDK collect once what `record` has recorded with instruments of its provider. */
export async function collect(record: (provider: MeterProvider) => void): Promise<ResourceMetrics> {
  const reader = new PrometheusExporter({ preventServerStart: true });
  record(new MeterProvider({ readers: [reader] }));
  const { resourceMetrics, errors } = await reader.collect();
  if (errors.length > 0) throw new AggregateError(errors);
  return resourceMetrics;
}

/** One instrument of each kind, as the agent has them. */
export function recordPlant(provider: MeterProvider): void {
  const meter = provider.getMeter('plant');
  const device = { plant_id: '77', device_sn: 'ABC123' };
  const power = meter.createObservableGauge('growatt_current_power_watts', {
    description: 'AC output power',
    unit: 'watts',
  });
  power.addCallback((result) => {
    result.observe(4200.5, device);
    result.observe(0, { plant_id: '78', device_sn: 'DEF456' });
  });
  meter
    .createObservableCounter('growatt_energy_total_kwh', { description: 'Lifetime energy', unit: 'kwh' })
    .addCallback((result) => result.observe(12345.6, device));
  meter
    .createCounter('solar_agent_polls_total', { description: 'Polls by outcome' })
    .add(3, { source: 'growatt/default', outcome: 'ok' });
  meter
    .createObservableCounter('process_cpu_seconds_total', { description: 'CPU time', unit: 'seconds' })
    .addCallback((result) => result.observe(1.25));
  meter.createUpDownCounter('solar_agent_connections', { description: 'Open connections' }).add(2);
  const duration = meter.createHistogram('solar_agent_poll_duration_seconds', {
    description: 'Duration of one poll',
    unit: 'seconds',
    advice: { explicitBucketBoundaries: [0.1, 1, 10] },
  });
  for (const seconds of [0.05, 0.5, 0.5, 20]) duration.record(seconds, { source: 'trucki/shed' });
}

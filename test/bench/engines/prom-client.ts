/** prom-client, as its documentation shows it. Counters are gauges: a counter of this library cannot be set. */
import { Gauge, Registry } from 'prom-client';
import { labelSets, servePeer } from './peer.ts';

servePeer((metrics) => {
  const registry = new Registry();
  const gauges = metrics.map((metric) => {
    const { name, help, labelNames } = metric;
    return { gauge: new Gauge({ name, help, labelNames, registers: [registry] }), sets: labelSets(metric) };
  });
  return {
    set(values) {
      let next = 0;
      for (const { gauge, sets } of gauges) for (const labels of sets) gauge.set(labels, values[next++] ?? 0);
    },
    async scrape(_request, response) {
      response.setHeader('Content-Type', registry.contentType);
      response.end(await registry.metrics());
    },
  };
});

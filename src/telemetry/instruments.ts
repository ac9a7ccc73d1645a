import type { Meter, Observable } from '@opentelemetry/api';
import { inTurns } from '../base/turns.ts';
import type { MetricDefinition } from '../model/metric.ts';
import type { Store } from '../store/store.ts';

/**
 * Creates one observable gauge or counter for each metric of the catalogue, all fed by one callback that
 * reads the store: a collection shows one consistent moment, however long it takes, and never calls a device.
 */
export function observeStore(meter: Meter, store: Store, catalogue: readonly MetricDefinition[]): void {
  const instruments = new Map<string, Observable>(
    catalogue.map(({ name, kind, unit, help }) => {
      const options = { unit, description: help };
      return [
        name,
        kind === 'counter'
          ? meter.createObservableCounter(name, options)
          : meter.createObservableGauge(name, options),
      ];
    }),
  );
  meter.addBatchObservableCallback(
    (result) =>
      inTurns(store.samples(), ({ metric, value, attributes }) =>
        result.observe(instruments.get(metric)!, value, attributes),
      ),
    [...instruments.values()],
  );
}

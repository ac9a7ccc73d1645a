import type { Meter, Observable } from '@opentelemetry/api';
import { inTurns, nextTurn } from '../base/turns.ts';
import { limits } from '../model/limits.ts';
import type { MetricDefinition } from '../model/metric.ts';
import type { Store } from '../store/store.ts';

/** Samples of which a list takes milliseconds to be put together. */
const MANY = 5000;

/**
 * Creates one observable gauge or counter for each metric of the catalogue, all fed by one callback that
 * reads the store: a collection shows one consistent moment, however long it takes, and never calls a device.
 * @param onCut learns how many series there are whenever some of them are left out
 */
export function observeStore(
  meter: Meter,
  store: Store,
  catalogue: readonly MetricDefinition[],
  onCut: (all: number) => void = () => {},
): void {
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
    async (result) => {
      const samples = within(store.samples(), onCut);
      // To put these together may have taken a turn.
      if (samples.length > MANY) await nextTurn();
      await inTurns(samples, ({ metric, value, attributes }) =>
        result.observe(instruments.get(metric)!, value, attributes),
      );
    },
    [...instruments.values()],
  );
}

function within<T>(samples: readonly T[], onCut: (all: number) => void): readonly T[] {
  const { most } = limits.series;
  if (samples.length <= most) return samples;
  onCut(samples.length);
  return samples.slice(0, most);
}

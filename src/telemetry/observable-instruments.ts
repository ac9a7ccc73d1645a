import type {
  Attributes,
  BatchObservableCallback,
  HrTime,
  Meter,
  MetricOptions,
  Observable,
  ObservableCallback,
} from '@opentelemetry/api';
import { ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricDescriptor,
  type MetricProducer,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';

type Shape = 'gauge' | 'counter' | 'updowncounter';

/** An observable gauge or counter that holds nothing between two collections. */
class Instrument implements Observable {
  readonly descriptor: MetricDescriptor;
  readonly shape: Shape;
  readonly callbacks = new Set<ObservableCallback>();

  constructor(shape: Shape, name: string, { description = '', unit = '' }: MetricOptions = {}) {
    this.shape = shape;
    this.descriptor = { name, description, unit, valueType: ValueType.DOUBLE };
  }

  addCallback(callback: ObservableCallback): void {
    this.callbacks.add(callback);
  }

  removeCallback(callback: ObservableCallback): void {
    this.callbacks.delete(callback);
  }
}

type Points = Map<Instrument, DataPoint<number>[]>;

/**
 * Observable instruments that report exactly what their callbacks observe in a collection. The specification of
 * the Metrics API and SDK wants it so: an attribute set that a callback did not observe in a collection must not
 * be exported by it. The instruments of the JavaScript SDK (3.1) keep every attribute set that they ever saw.
 *
 * Readers take them through the SDK's own hook, `metricProducers`. To return to the SDK's instruments, use
 * `provider.getMeter` in the place of `meter`, and leave this out of the readers' `metricProducers`.
 */
export class ObservableInstruments implements MetricProducer {
  readonly #scope: ScopeMetrics['scope'];
  readonly #now: () => number;
  /** Counters count since then. */
  readonly #start: HrTime;
  readonly #instruments = new Set<Instrument>();
  readonly #batchCallbacks = new Set<BatchObservableCallback>();

  /** @param now milliseconds since the epoch */
  constructor(scope: ScopeMetrics['scope'], now: () => number = Date.now) {
    this.#scope = scope;
    this.#now = now;
    this.#start = hrTime(now());
  }

  /** A meter with these observable instruments; all other instruments are those of the SDK's meter. */
  meter(sdk: Meter): Meter {
    return {
      createGauge: sdk.createGauge.bind(sdk),
      createHistogram: sdk.createHistogram.bind(sdk),
      createCounter: sdk.createCounter.bind(sdk),
      createUpDownCounter: sdk.createUpDownCounter.bind(sdk),
      createObservableGauge: (name, options) => this.#create('gauge', name, options),
      createObservableCounter: (name, options) => this.#create('counter', name, options),
      createObservableUpDownCounter: (name, options) => this.#create('updowncounter', name, options),
      addBatchObservableCallback: (callback) =>
        void this.#batchCallbacks.add(callback as BatchObservableCallback),
      removeBatchObservableCallback: (callback) =>
        void this.#batchCallbacks.delete(callback as BatchObservableCallback),
    };
  }

  /** Calls all callbacks once. @returns what they observed, and the errors of those that failed */
  async collect(): Promise<CollectionResult> {
    const points: Points = new Map();
    const endTime = hrTime(this.#now());
    const observe = (instrument: Observable, value: number, attributes: Attributes = {}) => {
      const point = { startTime: this.#start, endTime, attributes, value };
      const known = points.get(instrument as Instrument);
      if (known) known.push(point);
      else points.set(instrument as Instrument, [point]);
    };
    const calls = [
      ...[...this.#batchCallbacks].map(async (callback) => await callback({ observe })),
      ...[...this.#instruments].flatMap((instrument) =>
        [...instrument.callbacks].map(
          async (callback) =>
            await callback({ observe: (value, attributes) => observe(instrument, value, attributes) }),
        ),
      ),
    ];
    const results = await Promise.allSettled(calls);
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    const metrics = [...this.#instruments].flatMap((instrument) => {
      const dataPoints = points.get(instrument);
      return dataPoints ? [metricData(instrument, dataPoints)] : [];
    });
    const scopeMetrics = metrics.length > 0 ? [{ scope: this.#scope, metrics }] : [];
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors };
  }

  #create(shape: Shape, name: string, options: MetricOptions | undefined): Instrument {
    const instrument = new Instrument(shape, name, options);
    this.#instruments.add(instrument);
    return instrument;
  }
}

function metricData({ shape, descriptor }: Instrument, dataPoints: DataPoint<number>[]): MetricData {
  const common = { descriptor, dataPoints, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  return shape === 'gauge'
    ? { ...common, dataPointType: DataPointType.GAUGE }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: shape === 'counter' };
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];

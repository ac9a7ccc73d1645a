import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/config.ts';
import type { MetricGroup, Validity } from './metric.ts';
import type { CallObserver } from './observer.ts';
import type { StartSimulator } from './simulator.ts';
import type { Source } from './source.ts';

/** What a kind of source is given to create its sources. */
export interface SourceTools {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  /** Whether this process polls the source with this name, or another shard does. */
  readonly owns: (source: string) => boolean;
  /** Learns of every call of the source with this name. */
  readonly observer: (source: string) => CallObserver;
}

/** What docs/metrics.md says of a kind beside its table of metrics; Markdown. */
export interface MetricsDocs {
  /** How its sources are called in the label `source`. */
  readonly sourceNames: string;
  readonly introduction?: string;
  /** When its values end, where that differs from other kinds. */
  readonly ends?: Partial<Readonly<Record<Validity, string>>>;
}

/** One kind of source: everything that configuration, catalogue, commands and docs know of it. */
export interface SourceKind {
  /** Its name for people. */
  readonly title: string;
  /** Groups that several kinds give values for are the same objects. */
  readonly metrics: readonly MetricGroup[];
  readonly metricsDocs: MetricsDocs;
  /** Loads the simulator of its devices, which only `demo` and `simulate` need. */
  readonly simulator: () => Promise<StartSimulator>;
  create(config: Config, tools: SourceTools): readonly Source[];
}

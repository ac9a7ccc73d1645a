import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/config.ts';
import type { Metric } from './metric.ts';
import type { CallObserver } from './observer.ts';
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

/** One kind of source: everything that configuration, catalogue, commands and docs know of it. */
export interface SourceKind {
  readonly metrics: readonly Metric[];
  create(config: Config, tools: SourceTools): readonly Source[];
}

import type { Clock } from '../base/clock.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Settings } from '../settings/read.ts';
import type { Resolved, Section } from '../settings/setting.ts';
import type { CaptureRules } from './capture.ts';
import type { MetricGroup, Validity } from './metric.ts';
import type { CallObserver } from './observer.ts';
import type { KindOverview } from './overview.ts';
import type { StartSimulator } from './simulator.ts';
import type { Source } from './source.ts';

/** What a kind of source is given to create its sources. */
export interface SourceTools {
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** Whether this process polls the source with this name, or another shard does. */
  readonly owns: (source: string) => boolean;
  /** Learns of every call of the source with this name. */
  readonly observer: (source: string) => CallObserver;
  /**
   * What several sources share, such as the rate limiter of a token, by a key that is unique to the kind. It outlives
   * them: the sources that a reload makes share it with those that it keeps.
   */
  readonly shared: <T>(key: string, create: () => T) => T;
  /** Whether a device with this serial number is being read locally, so that its account need not ask for it often. */
  readonly isReadLocally?: (serial: string) => boolean;
  /** Set when everything is read once and the process ends: milliseconds in which nothing may become due twice. */
  readonly once?: number | undefined;
}

/** What docs/metrics.md says of a part beside its table of metrics; Markdown. */
export interface MetricsDocs {
  /** How its sources are called in the label `source`. */
  readonly sourceNames: string;
  readonly introduction?: string;
  /** How long its values are valid, in the words of the page, where that differs from other kinds. */
  readonly valid?: Partial<Readonly<Record<Validity, string>>>;
  /** The families of devices that give a metric, by its name; absent where there is only one family. */
  readonly familiesOf?: (metric: string) => readonly string[];
}

/** What docs/configuration.md says of a part beside its settings. */
export interface PartSettingsDocs {
  /** A part of a configuration file with the settings to begin with. */
  readonly example: string;
  /** Markdown: what the table of settings cannot say. */
  readonly notes?: string;
}

/** What help, docs/configuration.md and messages say of a kind beside its settings. */
export interface SettingsDocs extends PartSettingsDocs {
  /** What it reads, such as `Growatt plants`. */
  readonly reads: string;
  /** A command line for the help. */
  readonly usage: string;
}

/** An answer of a real device that the tests hold the kind against. */
export interface CheckedAnswer {
  /** Name of its folder among the cases of the kind. */
  readonly name: string;
  /** The family of devices that it is of. */
  readonly family: string;
  /** The answer as it was published. */
  readonly answer: unknown;
}

/** A page of the docs that is made from the tables of a kind. */
export interface KindPage {
  /** Its name in the folder docs. */
  readonly file: string;
  /** @returns Markdown */
  readonly render: (answers: readonly CheckedAnswer[]) => Promise<string>;
}

/** What has settings and gives metrics. C is its part of the resolved configuration. */
export interface Part<S extends Section = Section, C = unknown> {
  /** Its name for people. */
  readonly title: string;
  readonly settings: S;
  readonly settingsDocs: PartSettingsDocs;
  /** Groups that several parts give values for are the same objects. */
  readonly metrics: readonly MetricGroup[];
  readonly metricsDocs: MetricsDocs;
  /** What the status page shows of it. */
  readonly overview: KindOverview;
  /** Loads the simulator of what it calls, which only `demo` and `simulate` need. */
  readonly simulator?: () => Promise<StartSimulator>;
  /** Its part of the configuration; mistakes between several settings are reported to `given`. */
  resolve(given: Settings): C;
  /** The values of its settings that resolve to this again, for `check` and for the log's list of secrets. */
  shown(config: C): Partial<Resolved<S>>;
}

/** One kind of source: everything that configuration, catalogue, commands and docs know of it. */
export interface SourceKind<S extends Section = Section, C = unknown> extends Part<S, C> {
  readonly settingsDocs: SettingsDocs;
  /** A page about its devices, if it reads several families of them. */
  readonly page?: KindPage;
  readonly simulator: () => Promise<StartSimulator>;
  /** What its answers hold, for masking them; absent where nothing can be captured. */
  readonly capture?: CaptureRules;
  /** True when its sources can read completed days, for `backfill`. */
  readonly hasHistory?: boolean;
  create(config: C, tools: SourceTools): readonly Source[];
}

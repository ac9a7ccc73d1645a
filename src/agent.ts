import type { Meter } from '@opentelemetry/api';
import type { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { BackfillSource } from './backfill/collect.ts';
import { type Clock, systemClock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { version } from './base/version.ts';
import { catalogue, definitionOf } from './catalogue.ts';
import type { Config } from './config/config.ts';
import { createDerivedSources, createSources, sharedObjects, sourceNames } from './config/sources.ts';
import { ConfiguredSources } from './configured-sources.ts';
import type { Body } from './export/body.ts';
import type { createOtlpReader } from './export/otlp.ts';
import { RenderedMetrics } from './export/rendered-metrics.ts';
import type { Surface } from './export/routes.ts';
import type { ExpositionFormat } from './export/text-format.ts';
import type { Fetch } from './http/fetch.ts';
import { nodeFetch } from './http/node-fetch.ts';
import { limits } from './model/limits.ts';
import type { HttpObserver } from './model/observer.ts';
import type { PastPower } from './model/overview.ts';
import type { PollContext } from './model/poll-context.ts';
import type { OnProgress, Source } from './model/source.ts';
import type { Status } from './model/status.ts';
import { logCalls } from './policy/call-log.ts';
import { discoverAll, type SourceDiscovery } from './poll/discover-all.ts';
import type { Poller } from './poll/poller.ts';
import { type SourceChanges, SourceSet } from './poll/source-set.ts';
import { Presentation } from './presentation.ts';
import { AgentState } from './state/agent-state.ts';
import { namedInstanceId } from './state/instance-id.ts';
import { StoredPlantReadings } from './store/plant-readings.ts';
import { Store } from './store/store.ts';
import { observeStore } from './telemetry/instruments.ts';
import { countHttp, createOwnMetrics, observeReloads, type ReloadState } from './telemetry/own.ts';
import { createProvider } from './telemetry/provider.ts';
import type { Curve, Subject } from './view/curves.ts';
import type { StatusView } from './view/status-api.ts';

export interface AgentOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly fetch?: Fetch;
  /** The data comes from the built-in simulators. */
  readonly simulated?: boolean;
  /** The `service.instance.id` of what it exports by OTLP; one that follows from the configuration when absent. */
  readonly instanceId?: string | undefined;
  /** What the simulators know of the time before the start, for the curves of the page. */
  readonly past?: Iterable<PastPower>;
  /** Set when all is polled once: milliseconds that this may take. */
  readonly once?: number;
}

/** The running graph: sources → pollers → store → instruments → readers. Creating it starts nothing. */
export class Agent implements Surface {
  /** What `service.instance.id` is unless resource attributes say otherwise. */
  readonly instanceId: string;
  readonly #rendered: RenderedMetrics;
  readonly #sources: SourceSet;
  readonly #store: Store;
  readonly #configured: ConfiguredSources;
  readonly #namesOf: (config: Config) => readonly string[];
  readonly #provider: MeterProvider;
  readonly #ownMeter: Meter;
  readonly #state: AgentState;
  readonly #startTime: number;
  readonly #simulated: boolean;
  readonly #presentation: Presentation;
  #shard: Status['shard'];
  #restored: Promise<unknown> | undefined;
  /** Every source had been tried once; what a reload adds does not make it unready again. */
  #wasReady = false;

  /** An agent that also sends by OTLP, where its configuration says so: only then what that needs is loaded. */
  static async create(options: AgentOptions): Promise<Agent> {
    const otlp = options.config.otlp && (await import('./export/otlp.ts'));
    return new Agent(options, otlp?.createOtlpReader);
  }

  /**
   * @param createReader what sends by OTLP
   * @throws Error without it where the configuration asks for OTLP: `create` is for that
   */
  constructor(options: AgentOptions, createReader?: typeof createOtlpReader) {
    const {
      config,
      log,
      clock = systemClock,
      fetch = nodeFetch,
      simulated = false,
      once,
      instanceId,
      past = [],
    } = options;
    if (config.otlp && !createReader) throw new Error('An agent that sends by OTLP is made by Agent.create');
    this.#startTime = clock.now() / 1000;
    this.#simulated = simulated;
    const { shard, staleAfter, stateDir, otlp } = config;
    const names = sourceNames(config, { clock, fetch });
    const warn = (message: string) => log.warn(message);
    const store = new Store({ clock, staleAfter, definitionOf, warn });
    this.instanceId = instanceId ?? namedInstanceId(names, shard?.index);
    const { provider, deviceReader, ownReader, deviceMeter, ownMeter } = createProvider({
      attributes: {
        'service.instance.id': this.instanceId,
        ...otlp?.resourceAttributes,
      },
      polled: () => new Set(this.#sources.sources.map(({ name }) => name)),
      createExporter: otlp && createReader && ((tools) => createReader({ settings: otlp, log, ...tools })),
    });
    this.#store = store;
    this.#provider = provider;
    this.#ownMeter = ownMeter;
    this.#rendered = new RenderedMetrics({
      devices: () => deviceReader.collect(),
      own: () => ownReader.collect(),
      revision: () => store.revision,
    });
    const ownMetrics = createOwnMetrics(ownMeter, () => this.status().sources);
    let isCut = false;
    observeStore(deviceMeter, store, catalogue, (all) => {
      ownMetrics.limitReached('series');
      if (!isCut) log.warn(`There are ${all} series: only ${limits.series.most} are exposed`);
      isCut = true;
    });
    const tools = {
      clock,
      fetch,
      observer: (source: string) => logCalls(source, log, ownMetrics.callObserver(source)),
      shared: sharedObjects(),
      isReadLocally: (serial: string) => store.isReadLocally(serial),
      once,
    };
    const derivedTools = {
      ...tools,
      readings: new StoredPlantReadings({ store, clock }),
      folder: stateDir,
      isSharded: shard !== undefined,
    };
    this.#namesOf = (given) => sourceNames(given, { clock, fetch });
    this.#shard = shardOf(config, names);
    const onIdle = (source: Source) => {
      this.#state.changed(source);
      if (!source.isDerived) void this.#configured.followPlants();
      // An agent that polls once has no page.
      if (once === undefined) this.#presentation.polled();
    };
    const saved = (source: string) => this.#state.claim(source);
    const setOptions = { store, clock, log, observer: ownMetrics, onIdle, saved };
    this.#sources = new SourceSet(setOptions, createSources(config, tools));
    this.#configured = new ConfiguredSources({
      config,
      set: this.#sources,
      plantRevision: () => store.plantRevision,
      create: (given) => createSources(given, tools),
      derive: (given) => createDerivedSources(given, derivedTools),
    });
    const sources = () => this.#sources.sources;
    store.waitForLists(() => sources().some(({ hasListed }) => hasListed === false));
    this.#state = new AgentState({ folder: stateDir, sources, store, clock, log });
    this.#presentation = new Presentation({
      store,
      sources,
      status: () => this.status(),
      folder: stateDir,
      past,
      clock,
      log,
    });
  }

  /** Polls all sources until the signal is aborted; also where its shard has none. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#restore();
    await this.#sources.run(signal);
  }

  /**
   * Takes over a configuration while running: sources that it does not change go on as they are. Where it listens,
   * its mode, where it keeps its state and OTLP stay as they were. Calls must not overlap.
   */
  async reconfigure(config: Config): Promise<SourceChanges> {
    const shard = shardOf(config, this.#namesOf(config));
    await this.#restore();
    this.#isReady();
    this.#store.staleAfter = config.staleAfter;
    const changes = await this.#configured.reconfigure(config);
    this.#shard = shard;
    this.#state.changed();
    return changes;
  }

  /**
   * Polls each source once, with its background work as far as it is done by `deadline` (milliseconds since the
   * epoch).
   * @returns whether all of them could be read
   */
  async pollOnce(signal: AbortSignal, deadline: number): Promise<boolean> {
    await this.#state.restore();
    const pollAll = (pollers: readonly Poller[]) =>
      Promise.all(pollers.map((poller) => poller.pollFully(signal, deadline)));
    const outcomes = await pollAll(this.#polledDevices());
    await this.#configured.followPlants();
    // What cannot be derived is no reason to withhold what was read.
    await pollAll(this.#sources.pollers.filter(({ source }) => source.isDerived));
    return outcomes.every(Boolean);
  }

  /** The metrics as text. @throws Error when collecting them fails: a defect */
  metrics(format: ExpositionFormat): Promise<Body> {
    return this.#rendered.get(format);
  }

  /** Counts what a server of this agent does; call once. */
  observeHttp(): HttpObserver {
    return countHttp(this.#ownMeter);
  }

  /** Shows what became of reloads; call once. */
  observeReloads(state: () => ReloadState): void {
    observeReloads(this.#ownMeter, state);
  }

  /** State of the agent and of its sources. */
  status(): Status {
    const { pollers } = this.#sources;
    return {
      version,
      startTime: this.#startTime,
      simulated: this.#simulated,
      ready: this.#isReady(),
      ...(this.#shard && { shard: this.#shard }),
      sources: pollers.map((poller) => poller.status),
    };
  }

  /** What the page and `/api/v1/status` show. */
  view(): Promise<StatusView> {
    return this.#presentation.view();
  }

  /** The power of a plant or a stick today and yesterday. */
  curveOf(subject: Subject): Curve | undefined {
    return this.#presentation.curveOf(subject);
  }

  /**
   * Lists what each source has access to, or why that is not possible.
   * @param onProgress learns how far all sources together are
   */
  async discover(signal: AbortSignal, onProgress?: OnProgress): Promise<readonly SourceDiscovery[]> {
    return await discoverAll(this.#sources.pollers, signal, onProgress);
  }

  /** A source by its name, and what its calls outside of polls are given. @throws Error when there is none */
  sourceFor(name: string, signal: AbortSignal): { readonly source: Source; readonly context: PollContext } {
    const poller = this.#sources.pollers.find(({ source }) => source.name === name);
    if (!poller) throw new Error(`No source is called ${name}`);
    return { source: poller.source, context: poller.context(signal) };
  }

  /** The sources whose completed days can be read. */
  historyReaders(signal: AbortSignal): readonly BackfillSource[] {
    return this.#sources.pollers.flatMap((poller) => {
      const { name, history } = poller.source;
      return history ? [{ name, reader: history, context: poller.context(signal) }] : [];
    });
  }

  /** Saves the state and exports for the last time; call when `run` or `pollOnce` has ended. */
  async stop(): Promise<void> {
    await Promise.all([this.#state.close(), this.#presentation.close(), this.#provider.shutdown()]);
  }

  #isReady(): boolean {
    this.#wasReady ||= this.#polledDevices().every((poller) => poller.tried);
    return this.#wasReady;
  }

  async #restore(): Promise<void> {
    this.#restored ??= Promise.all([
      this.#state.restore().then(() => this.#configured.followPlants()),
      this.#presentation.restore(),
    ]);
    await this.#restored;
  }

  /** The pollers of sources that read devices. */
  #polledDevices(): readonly Poller[] {
    return this.#sources.pollers.filter(({ source }) => !source.isDerived);
  }
}

function shardOf({ shard }: Config, names: readonly string[]): Status['shard'] {
  return shard && { ...shard, sources: names.length };
}

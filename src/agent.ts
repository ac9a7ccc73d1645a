import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Job } from './backfill/collect.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import { SourceError } from './errors.ts';
import { createOtlpReader } from './export/otlp.ts';
import type { Surface } from './export/routes.ts';
import { type ExpositionFormat, renderText } from './export/text-format.ts';
import { nodeFetch } from './http/node-fetch.ts';
import type { Log } from './log.ts';
import { observeStore } from './metrics/instruments.ts';
import { countExports, createTelemetry } from './metrics/own.ts';
import { DEVICE_SCOPE, ScrapeReader } from './metrics/readers.ts';
import { agentResource } from './metrics/resource.ts';
import { Poller } from './poll/poller.ts';
import { createSources } from './sources/index.ts';
import type { Holding } from './sources/source.ts';
import { createMemory } from './state/memory.ts';
import type { Status } from './status.ts';
import { Store } from './store/store.ts';
import { version } from './version.ts';

export interface AgentOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  readonly fetch?: typeof globalThis.fetch;
  /** The data comes from the built-in simulators. */
  readonly simulated?: boolean;
}

/** The running graph: sources → pollers → store → instruments → readers. */
export interface Agent extends Surface {
  /** Polls all sources until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Polls each source once, with the work that waits for the gap between polls as far as it is done by
   * `deadline` (milliseconds since the epoch).
   * @returns whether all of them could be read
   */
  pollOnce(signal: AbortSignal, deadline: number): Promise<boolean>;
  /** Looks up what each source holds, or why that is not possible. */
  survey(signal: AbortSignal): Promise<readonly Survey[]>;
  /** The sources that know days that are over. */
  pasts(signal: AbortSignal): readonly Job[];
  stop(): Promise<void>;
}

/** What one source holds. */
export interface Survey {
  readonly source: string;
  readonly holdings: readonly Holding[];
  /** Why nothing could be looked up. */
  readonly problem?: string;
}

/** Scrapes that come closer together than this, with nothing new to tell, get the same text. */
const RENDER_LIFETIME_MS = 1000;

/** Builds the agent; nothing is started. */
export function createAgent({
  config,
  log,
  clock = systemClock,
  fetch = nodeFetch,
  simulated = false,
}: AgentOptions): Agent {
  let pollers: readonly Poller[] = [];
  const store = new Store({
    clock,
    staleAfter: config.staleAfter,
    onSuspect: (source, reason) => telemetry.suspect(source, reason),
  });
  const reader = new ScrapeReader(() => store.live);
  const otlp =
    config.otlp &&
    createOtlpReader({
      settings: config.otlp,
      live: () => store.live,
      log,
      onExport: (outcome) => countExport?.(outcome),
    });
  const provider = new MeterProvider({
    resource: agentResource(config.otlp?.resourceAttributes),
    readers: otlp ? [reader, otlp] : [reader],
  });
  const meter = provider.getMeter('solar-otel-agent', version);
  const telemetry = createTelemetry(meter, version, () => pollers.map((poller) => poller.state));
  const countExport = otlp && countExports(meter);
  observeStore(provider.getMeter(DEVICE_SCOPE, version), store);
  const sources = createSources({ config, clock, fetch });
  const memory = createMemory({ folder: config.stateDir, sources, store, clock, log });
  pollers = sources.map((source) => {
    store.apply(source.name, { entities: source.entities });
    const onIdle = () => memory.polled(source);
    return new Poller({ source, store, clock, log, telemetry, onIdle });
  });
  const startTime = clock.now() / 1000;
  const rendered = new Map<ExpositionFormat, { version: number; at: number; text: string }>();

  return {
    async run(signal) {
      memory.restore();
      await Promise.all(pollers.map((poller) => poller.run(signal)));
    },
    async pollOnce(signal, deadline) {
      memory.restore();
      const outcomes = await Promise.all(pollers.map((poller) => poller.pollFully(signal, deadline)));
      return outcomes.every(Boolean);
    },
    async metrics(format) {
      const known = rendered.get(format);
      const at = performance.now();
      if (known && known.version === store.version && at - known.at < RENDER_LIFETIME_MS) return known.text;
      const { version } = store;
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw new Error(`Collecting the metrics failed: ${String(errors[0])}`);
      const text = renderText(resourceMetrics, format);
      rendered.set(format, { version, at, text });
      return text;
    },
    status: (): Status => ({
      version,
      startTime,
      simulated,
      ready: pollers.every((poller) => poller.tried),
      sources: pollers.map((poller) => poller.status),
    }),
    survey: (signal) =>
      Promise.all(
        pollers.map(async (poller): Promise<Survey> => {
          const { source } = poller.state;
          try {
            return { source, holdings: await poller.survey(signal) };
          } catch (error) {
            if (!(error instanceof SourceError)) throw error;
            return { source, holdings: [], problem: error.message };
          }
        }),
      ),
    pasts: (signal) =>
      pollers.flatMap((poller) => {
        const { name, past } = poller.source;
        return past ? [{ source: name, past, turn: poller.turn(signal) }] : [];
      }),
    async stop() {
      memory.save();
      await provider.shutdown();
    },
  };
}

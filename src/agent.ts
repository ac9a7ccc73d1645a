import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/config.ts';
import type { Surface } from './export/routes.ts';
import { type ExpositionFormat, renderText } from './export/text-format.ts';
import type { Log } from './log.ts';
import { observeStore } from './metrics/instruments.ts';
import { createTelemetry } from './metrics/own.ts';
import { DEVICE_SCOPE, ScrapeReader } from './metrics/readers.ts';
import { Poller } from './poll/poller.ts';
import { createSources } from './sources/index.ts';
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
  /** Polls each source once. @returns whether all of them could be read */
  pollOnce(signal: AbortSignal): Promise<boolean>;
  stop(): Promise<void>;
}

/** Scrapes that come closer together than this, with nothing new to tell, get the same text. */
const RENDER_LIFETIME_MS = 1000;

/** Builds the agent; nothing is started. */
export function createAgent({
  config,
  log,
  clock = systemClock,
  fetch = globalThis.fetch,
  simulated = false,
}: AgentOptions): Agent {
  let pollers: readonly Poller[] = [];
  const store = new Store({
    clock,
    staleAfter: config.staleAfter,
    onSuspect: (source, reason) => telemetry.suspect(source, reason),
  });
  const reader = new ScrapeReader(() => store.live);
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': 'solar-otel-agent', 'service.version': version }),
    readers: [reader],
  });
  const telemetry = createTelemetry(provider.getMeter('solar-otel-agent', version), version, () =>
    pollers.map((poller) => poller.state),
  );
  observeStore(provider.getMeter(DEVICE_SCOPE, version), store);
  pollers = createSources({ config, clock, fetch }).map((source) => {
    store.apply(source.name, { entities: source.entities });
    return new Poller({ source, store, clock, log, telemetry });
  });
  const startTime = clock.now() / 1000;
  const rendered = new Map<ExpositionFormat, { version: number; at: number; text: string }>();

  return {
    async run(signal) {
      await Promise.all(pollers.map((poller) => poller.run(signal)));
    },
    async pollOnce(signal) {
      const outcomes = await Promise.all(pollers.map((poller) => poller.poll(signal)));
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
    async stop() {
      await provider.shutdown();
    },
  };
}

import { setImmediate } from 'node:timers/promises';
import type { Meter } from '@opentelemetry/api';
import { version } from '../base/version.ts';
import { limits } from '../model/limits.ts';
import type { CallObserver, HttpObserver, PollObserver } from '../model/observer.ts';
import type { Circuit } from '../model/source.ts';
import type { SourceStatus } from '../model/status.ts';
import { type OwnName, ownCatalogue } from './own-catalogue.ts';

const POLL_OUTCOMES = ['success', 'partial', 'failure'] as const;

/** The agent's own metrics, fed by what it observes of polls and calls. */
export interface OwnMetrics extends PollObserver {
  /** Counts the calls of one source, from 0 on: a rate needs a value from before the first event. */
  callObserver(source: string): CallObserver;
}

const CIRCUIT_VALUES: Readonly<Record<Circuit, number>> = { closed: 0, 'half-open': 1, open: 2 };
/** Seconds; from a stick on the local network to an account of hundreds of plants. */
const POLL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Creates the agent's own instruments; `sources` is asked at each collection. */
export function createOwnMetrics(meter: Meter, sources: () => readonly SourceStatus[]): OwnMetrics {
  const counter = (name: OwnName) => meter.createCounter(name, optionsOf(name));
  const polls = counter('solar_agent_polls_total');
  const requests = counter('solar_agent_requests_total');
  const retries = counter('solar_agent_retries_total');
  const rejections = counter('solar_agent_suspect_readings_total');
  const limitsReached = counter('solar_agent_limit_reached_total');
  const durations = meter.createHistogram('solar_agent_poll_duration_seconds', {
    ...optionsOf('solar_agent_poll_duration_seconds'),
    advice: { explicitBucketBoundaries: POLL_BUCKETS },
  });
  for (const limit of Object.keys(limits)) limitsReached.add(0, { limit });
  observeSources(meter, sources);
  observeProcess(meter);

  return {
    callObserver(source) {
      for (const outcome of POLL_OUTCOMES) polls.add(0, { source, outcome });
      retries.add(0, { source });
      return {
        attempted: (endpoint, outcome) => requests.add(1, { source, endpoint, outcome }),
        retried: () => retries.add(1, { source }),
      };
    },
    polled(source, outcome, seconds) {
      polls.add(1, { source, outcome });
      durations.record(seconds, { source });
    },
    rejected: (source, reason) => rejections.add(1, { source, reason }),
    limitReached: (limit) => limitsReached.add(1, { limit }),
  };
}

/** Creates the counter of OTLP exports, which an agent without OTLP does not have. */
export function countExports(meter: Meter): (outcome: 'success' | 'failure') => void {
  const name: OwnName = 'solar_agent_otlp_exports_total';
  const exports = meter.createCounter(name, optionsOf(name));
  for (const outcome of ['success', 'failure']) exports.add(0, { outcome });
  return (outcome) => exports.add(1, { outcome });
}

/** Creates the counters of the HTTP server, which an agent that pushes does not have. */
export function countHttp(meter: Meter): HttpObserver {
  const counter = (name: OwnName) => meter.createCounter(name, optionsOf(name));
  const requests = counter('solar_agent_http_requests_total');
  const dropped = counter('solar_agent_http_connections_dropped_total');
  dropped.add(0);
  return {
    answered: (path, code) => requests.add(1, { path, code: String(code) }),
    connectionDropped: () => dropped.add(1),
  };
}

/** What became of the reloads of the configuration. */
export interface ReloadState {
  /** Of the last one; true before the first. */
  readonly isSuccessful: boolean;
  /** When the configuration in use was loaded, in seconds since the Unix epoch. */
  readonly succeededAt: number;
}

/** Creates the gauges of reloads, which an agent that polls once does not have; `state` is asked at each collection. */
export function observeReloads(meter: Meter, state: () => ReloadState): void {
  const gauge = (name: OwnName) => meter.createObservableGauge(name, optionsOf(name));
  gauge('solar_agent_config_last_reload_successful').addCallback((result) =>
    result.observe(Number(state().isSuccessful)),
  );
  gauge('solar_agent_config_last_reload_success_timestamp_seconds').addCallback((result) =>
    result.observe(state().succeededAt),
  );
}

function observeSources(meter: Meter, sources: () => readonly SourceStatus[]): void {
  const perSource = (name: OwnName, value: (source: SourceStatus) => number | undefined) =>
    meter.createObservableGauge(name, optionsOf(name)).addCallback((result) => {
      for (const source of sources()) {
        const observed = value(source);
        if (observed !== undefined) result.observe(observed, { source: source.name });
      }
    });
  perSource('solar_agent_last_poll_success_timestamp_seconds', ({ lastSuccess }) => lastSuccess);
  perSource('solar_agent_next_poll_timestamp_seconds', ({ nextPoll }) => nextPoll);
  perSource('solar_agent_poll_interval_seconds', ({ intervalSeconds }) => intervalSeconds);
  perSource('solar_agent_circuit_state', ({ circuit }) => CIRCUIT_VALUES[circuit]);
}

function observeProcess(meter: Meter): void {
  const gauge = (name: OwnName) => meter.createObservableGauge(name, optionsOf(name));
  gauge('solar_agent_build_info').addCallback((result) => result.observe(1, { version }));
  gauge('process_resident_memory_bytes').addCallback((result) => result.observe(process.memoryUsage.rss()));
  gauge('process_start_time_seconds').addCallback((result) => result.observe(performance.timeOrigin / 1000));
  gauge('nodejs_eventloop_lag_seconds').addCallback(async (result) => {
    const queued = performance.now();
    await setImmediate();
    result.observe((performance.now() - queued) / 1000);
  });
  meter
    .createObservableCounter('process_cpu_seconds_total', optionsOf('process_cpu_seconds_total'))
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
}

const optionsOf = (name: OwnName) => ({
  unit: ownCatalogue[name].unit,
  description: ownCatalogue[name].help,
});

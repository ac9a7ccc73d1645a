import { setImmediate } from 'node:timers/promises';
import type { Meter } from '@opentelemetry/api';
import type { Circuit } from '../poll/policy.ts';

/** `partial`: some plants or devices failed. */
const POLL_OUTCOMES = ['success', 'partial', 'failure'] as const;
export type PollOutcome = (typeof POLL_OUTCOMES)[number];

/** What the agent counts about its own work. */
export interface Telemetry {
  /** Makes the counters of a source start at 0: a rate needs a value from before the first event. */
  expect(source: string): void;
  poll(source: string, outcome: PollOutcome, seconds: number): void;
  request(source: string, endpoint: string, outcome: string): void;
  retry(source: string): void;
  suspect(source: string, reason: string): void;
}

/** The labels of these metrics. */
export const OWN_LABELS = ['source', 'outcome', 'endpoint', 'reason', 'version', 'le'];

/** A running poll loop, as far as its metrics go. */
export interface PollState {
  readonly source: string;
  /** Seconds; the one in force. */
  readonly intervalSeconds: number;
  /** Seconds since the Unix epoch. */
  readonly lastSuccess: number | undefined;
  readonly circuit: Circuit;
}

const CIRCUIT_VALUES: Readonly<Record<Circuit, number>> = { closed: 0, 'half-open': 1, open: 2 };
/** Seconds; from a stick on the local network to an account of hundreds of plants. */
const POLL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Creates the agent's own instruments; `pollers` is asked at each collection. */
export function createTelemetry(
  meter: Meter,
  version: string,
  pollers: () => readonly PollState[],
): Telemetry {
  const polls = meter.createCounter('solar_agent_polls_total', {
    description: 'Polls of a source by outcome: success, partial (some plants or devices failed), failure.',
  });
  const durations = meter.createHistogram('solar_agent_poll_duration_seconds', {
    description: 'Time that one poll of a source took, waiting between calls included.',
    unit: 'seconds',
    advice: { explicitBucketBoundaries: POLL_BUCKETS },
  });
  const requests = meter.createCounter('solar_agent_requests_total', {
    description: 'Calls to a source by endpoint and outcome, retries included.',
  });
  const retries = meter.createCounter('solar_agent_retries_total', {
    description: 'Calls that were retries.',
  });
  const suspects = meter.createCounter('solar_agent_suspect_readings_total', {
    description: 'Values and readings held back because they cannot be true, by reason.',
  });
  observePollers(meter, pollers);
  observeProcess(meter, version);

  return {
    expect(source) {
      for (const outcome of POLL_OUTCOMES) polls.add(0, { source, outcome });
      retries.add(0, { source });
    },
    poll(source, outcome, seconds) {
      polls.add(1, { source, outcome });
      durations.record(seconds, { source });
    },
    request: (source, endpoint, outcome) => requests.add(1, { source, endpoint, outcome }),
    retry: (source) => retries.add(1, { source }),
    suspect: (source, reason) => suspects.add(1, { source, reason }),
  };
}

/** Creates the counter of OTLP exports, which an agent without OTLP does not have. */
export function countExports(meter: Meter): (outcome: 'success' | 'failure') => void {
  const exports = meter.createCounter('solar_agent_otlp_exports_total', {
    description: 'Exports by OTLP, each counted once however often it was tried, by outcome.',
  });
  for (const outcome of ['success', 'failure']) exports.add(0, { outcome });
  return (outcome) => exports.add(1, { outcome });
}

function observePollers(meter: Meter, pollers: () => readonly PollState[]): void {
  const perPoller = (
    name: string,
    unit: string,
    description: string,
    value: (p: PollState) => number | undefined,
  ) =>
    meter.createObservableGauge(name, { unit, description }).addCallback((result) => {
      for (const poller of pollers()) {
        const observed = value(poller);
        if (observed !== undefined) result.observe(observed, { source: poller.source });
      }
    });
  perPoller(
    'solar_agent_last_poll_success_timestamp_seconds',
    'seconds',
    'When a poll last succeeded, Unix time.',
    (poller) => poller.lastSuccess,
  );
  perPoller(
    'solar_agent_poll_interval_seconds',
    'seconds',
    'Time between two polls, as in force now: longer while inverters sleep or the cloud limits calls.',
    (poller) => poller.intervalSeconds,
  );
  perPoller(
    'solar_agent_circuit_state',
    '',
    'Circuit breaker: 0 closed, 1 half open, 2 open (failing, one trial call a poll).',
    (poller) => CIRCUIT_VALUES[poller.circuit],
  );
}

function observeProcess(meter: Meter, version: string): void {
  meter
    .createObservableGauge('solar_agent_build_info', { description: 'Version of the agent; always 1.' })
    .addCallback((result) => result.observe(1, { version }));
  meter
    .createObservableCounter('process_cpu_seconds_total', {
      unit: 'seconds',
      description: 'User and system CPU time spent.',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  meter
    .createObservableGauge('process_resident_memory_bytes', {
      unit: 'bytes',
      description: 'Resident memory size.',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('process_start_time_seconds', {
      unit: 'seconds',
      description: 'Start time of the process, Unix time.',
    })
    .addCallback((result) => result.observe(performance.timeOrigin / 1000));
  meter
    .createObservableGauge('nodejs_eventloop_lag_seconds', {
      unit: 'seconds',
      description: 'Time that a task just queued had to wait for the event loop.',
    })
    .addCallback(async (result) => {
      const queued = performance.now();
      await setImmediate();
      result.observe((performance.now() - queued) / 1000);
    });
}

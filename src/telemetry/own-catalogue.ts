/** One metric about the agent itself. */
export interface OwnMetric {
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
  /** Of the HTTP server, which push mode does not have: it is never pushed. */
  readonly ofServer?: true;
}

/** All metrics about the agent itself; instruments and docs are made from this. */
export const ownCatalogue = {
  solar_agent_build_info: {
    kind: 'gauge',
    unit: '',
    labels: ['version'],
    help: 'Version of the agent; always 1.',
  },
  solar_agent_polls_total: {
    kind: 'counter',
    unit: '',
    labels: ['source', 'outcome'],
    help: 'Polls of a source by outcome: success, partial (some plants or devices failed), failure.',
  },
  solar_agent_poll_duration_seconds: {
    kind: 'histogram',
    unit: 'seconds',
    labels: ['source'],
    help: 'Time that one poll of a source took, waiting between calls included.',
  },
  solar_agent_last_poll_success_timestamp_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    labels: ['source'],
    help: 'When a poll last succeeded, Unix time.',
  },
  solar_agent_poll_interval_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    labels: ['source'],
    help: 'Time between two polls, as in force now: longer while inverters sleep or the cloud limits calls.',
  },
  solar_agent_next_poll_timestamp_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    labels: ['source'],
    help: 'When the next poll is due, Unix time; absent while a poll runs.',
  },
  solar_agent_requests_total: {
    kind: 'counter',
    unit: '',
    labels: ['source', 'endpoint', 'outcome'],
    help: 'Calls to a source by endpoint and outcome, retries included.',
  },
  solar_agent_retries_total: {
    kind: 'counter',
    unit: '',
    labels: ['source'],
    help: 'Calls that were retries.',
  },
  solar_agent_circuit_state: {
    kind: 'gauge',
    unit: '',
    labels: ['source'],
    help: 'Circuit breaker: 0 closed, 1 half open, 2 open (failing, one trial call a poll).',
  },
  solar_agent_suspect_readings_total: {
    kind: 'counter',
    unit: '',
    labels: ['source', 'reason'],
    help: 'Values and readings held back because they cannot be true, by reason.',
  },
  solar_agent_limit_reached_total: {
    kind: 'counter',
    unit: '',
    labels: ['limit'],
    help: 'Times that a limit of the agent was reached and something was left out, by the limits of docs/limits.md.',
  },
  solar_agent_otlp_exports_total: {
    kind: 'counter',
    unit: '',
    labels: ['outcome'],
    help: 'Exports by OTLP, each counted once however often it was tried, by outcome.',
  },
  solar_agent_http_requests_total: {
    kind: 'counter',
    unit: '',
    labels: ['path', 'code'],
    help: 'Answers of the HTTP server by path (other: one that does not exist) and status code.',
    ofServer: true,
  },
  solar_agent_http_connections_dropped_total: {
    kind: 'counter',
    unit: '',
    labels: [],
    help: 'Connections closed to make room: beyond 256, those that ask for nothing, oldest first.',
    ofServer: true,
  },
  solar_agent_config_last_reload_successful: {
    kind: 'gauge',
    unit: '',
    labels: [],
    help: 'Whether the last reload of the configuration was successful; 1 also before the first one.',
  },
  solar_agent_config_last_reload_success_timestamp_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    labels: [],
    help: 'When the configuration in use was loaded, Unix time.',
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'User and system CPU time spent.',
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Resident memory size.',
  },
  process_start_time_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    labels: [],
    help: 'Start time of the process, Unix time.',
  },
  nodejs_eventloop_lag_seconds: {
    kind: 'gauge',
    unit: 'seconds',
    labels: [],
    help: 'Time that a task just queued had to wait for the event loop.',
  },
} as const satisfies Record<string, OwnMetric>;

export type OwnName = keyof typeof ownCatalogue;

const pushed = Object.values<OwnMetric>(ownCatalogue).filter(({ ofServer }) => !ofServer);

/** The labels of those that are pushed, with that of histogram buckets. */
export const PUSHED_LABELS: readonly string[] = [
  ...new Set(['le', ...pushed.flatMap(({ labels }) => labels)]),
];

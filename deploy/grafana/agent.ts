import { dashboard } from './dashboard.ts';
import { lines, type Query, stat, states } from './panels.ts';
import { withPlantName } from './queries.ts';

const UP = { 0: ['no', 'red'], 1: ['yes', 'green'] } as const;

/** A counter's growth, added up by labels. */
const growth = (metric: string, range: string, ...labels: readonly string[]): Query => [
  `sum by (${labels.join(', ')}) (increase(${metric}[${range}]))`,
  labels.map((label) => `{{${label}}}`).join(' '),
];
const bySource = (metric: string): Query => [`max by (source) (${metric})`, '{{source}}'];
/** What the agent measures of its process; other programs have metrics of the same names. */
const ofAgent = (query: string): Query => [
  `${query} and on (job, instance) solar_agent_build_info`,
  '{{instance}}',
];

export const agent = dashboard({
  name: 'agent',
  title: 'agent',
  description: 'The agent itself: sources, calls to clouds and devices, exports, memory.',
  from: 'now-24h',
  variables: [],
  rows: [
    [
      'Sources',
      stat({ title: 'Agents', width: 4 }, ['count by (version) (solar_agent_build_info)', '{{version}}']),
      stat({ title: 'Accounts', width: 8, words: UP }, [
        'max by (account) (growatt_account_up)',
        '{{account}}',
      ]),
      stat({ title: 'Sticks', width: 6, words: UP }, ['max by (stick) (trucki_up)', '{{stick}}']),
      stat(
        {
          title: 'Inverters on the local network',
          description: 'Empty without GROWATT_MODBUS_TARGETS.',
          width: 6,
          words: UP,
        },
        ['max by (target) (growatt_modbus_up)', '{{target}}'],
      ),
      states(
        {
          title: 'Plants, accounts, sticks and local inverters that can be read',
          width: 24,
          height: 10,
          words: UP,
        },
        ['max by (account) (growatt_account_up)', 'account {{account}}'],
        [withPlantName('max by (plant_id) (growatt_up)'), 'plant {{plant_name}}'],
        ['max by (stick) (trucki_up)', 'stick {{stick}}'],
        ['max by (target) (growatt_modbus_up)', 'inverter {{target}}'],
      ),
    ],
    [
      'Polls',
      lines(
        { title: 'Polls by outcome, an hour', width: 8 },
        growth('solar_agent_polls_total', '1h', 'source', 'outcome'),
      ),
      lines({ title: 'Time since the last success', width: 8, unit: 's' }, [
        'time() - max by (source) (solar_agent_last_poll_success_timestamp_seconds)',
        '{{source}}',
      ]),
      lines({ title: 'Time to the next poll', width: 8, unit: 's' }, [
        'max by (source) (solar_agent_next_poll_timestamp_seconds) - time()',
        '{{source}}',
      ]),
      lines({ title: 'Poll duration, 95th percentile', width: 8, unit: 's' }, [
        'histogram_quantile(0.95, sum by (source, le) (rate(solar_agent_poll_duration_seconds_bucket[1h])))',
        '{{source}}',
      ]),
      lines(
        { title: 'Poll interval in force', width: 8, unit: 's' },
        bySource('solar_agent_poll_interval_seconds'),
      ),
      states(
        {
          title: 'Circuit breaker',
          width: 8,
          words: { 0: ['closed', 'green'], 1: ['half open', 'yellow'], 2: ['open', 'red'] },
        },
        bySource('solar_agent_circuit_state'),
      ),
    ],
    [
      'Calls to clouds and devices',
      lines(
        { title: 'Calls by outcome, a day', width: 8 },
        growth('solar_agent_requests_total', '1d', 'source', 'outcome'),
      ),
      lines(
        { title: 'Calls by endpoint, a day', width: 8 },
        growth('solar_agent_requests_total', '1d', 'source', 'endpoint'),
      ),
      lines({ title: 'Retries, a day', width: 8 }, growth('solar_agent_retries_total', '1d', 'source')),
      lines(
        {
          title: 'Held back as not credible, a day',
          description: 'By the reasons of docs/true-values.md. Empty until something was held back.',
          width: 12,
        },
        growth('solar_agent_suspect_readings_total', '1d', 'source', 'reason'),
      ),
      lines(
        {
          title: 'Limits reached, a day',
          description: 'What was left out because there was too much of it: docs/limits.md.',
          width: 12,
        },
        growth('solar_agent_limit_reached_total', '1d', 'limit'),
      ),
    ],
    [
      'Exports and process',
      lines(
        { title: 'Exports by OTLP, an hour', description: 'Empty without an OTLP endpoint.', width: 8 },
        growth('solar_agent_otlp_exports_total', '1h', 'outcome'),
      ),
      lines(
        { title: 'HTTP answers, an hour', width: 8 },
        growth('solar_agent_http_requests_total', '1h', 'path', 'code'),
      ),
      lines({ title: 'Connections dropped, an hour', width: 8 }, [
        'sum(increase(solar_agent_http_connections_dropped_total[1h]))',
        'dropped',
      ]),
      lines({ title: 'Memory', width: 8, unit: 'bytes', min: 0 }, ofAgent('process_resident_memory_bytes')),
      lines(
        { title: 'CPU', width: 8, unit: 'percentunit', min: 0 },
        ofAgent('rate(process_cpu_seconds_total[1h])'),
      ),
      lines(
        { title: 'Event loop lag', width: 8, unit: 's', min: 0 },
        ofAgent('nodejs_eventloop_lag_seconds'),
      ),
      states(
        {
          title: 'Configuration accepted at the last reload',
          width: 12,
          words: { 0: ['no', 'red'], 1: ['yes', 'green'] },
        },
        ['min by (instance) (solar_agent_config_last_reload_successful)', '{{instance}}'],
      ),
      lines({ title: 'Running for', width: 12, unit: 's' }, ofAgent('time() - process_start_time_seconds')),
    ],
  ],
});

import type { Alert } from '../alert.ts';
import { limit } from '../limits.ts';

/** Whether the agent itself works. */
export const agentAlerts: readonly Alert[] = [
  {
    name: 'SolarAgentDown',
    severity: 'critical',
    for: '5m',
    expr: 'up{job="solar-otel-agent"} == 0',
    summary: 'The agent at {{ $labels.instance }} cannot be scraped.',
    description: 'Prometheus knows the agent, but gets no answer from it, so no reading is stored.',
    action:
      'See whether the process or container runs, and what its log says. If it runs, ask it from the machine of Prometheus: curl http://ADDRESS:9120/healthz. An answer of 401 means that the scrape needs a password.',
  },
  {
    name: 'SolarAgentGone',
    severity: 'critical',
    for: '15m',
    expr: 'absent(up{job="solar-otel-agent"}) and on () absent(solar_agent_build_info)',
    summary: 'No agent is known any more.',
    description:
      'Prometheus has no target with the job solar-otel-agent, and no metric of an agent comes by OTLP or from a Pushgateway.',
    action:
      'See whether the agent is still deployed, whether Prometheus still has its target (Status, Targets), and whether the job is called solar-otel-agent. In Kubernetes the PodMonitor has to carry the labels that your Prometheus selects.',
  },
  {
    name: 'SolarPushOverdue',
    severity: 'warning',
    for: '15m',
    expr: `time() - max by (job) (push_time_seconds{job="growatt_exporter"}) > ${limit('push_age_seconds')}`,
    summary: 'Nothing has been pushed for {{ $value | humanizeDuration }}.',
    description:
      'The agent in push mode has not reached the Pushgateway, which still shows the values of the last push.',
    action:
      'Look at the last runs of the timer (systemctl list-timers, journalctl -u solar-otel-agent-push). A push that fails exits with 1 and says why.',
  },
  {
    name: 'SolarOtlpFailing',
    severity: 'warning',
    for: '15m',
    expr:
      'sum by (job, instance) (increase(solar_agent_otlp_exports_total{outcome="failure"}[15m])) > 0' +
      ' unless sum by (job, instance) (increase(solar_agent_otlp_exports_total{outcome="success"}[15m])) > 0',
    summary: 'The agent at {{ $labels.instance }} cannot export by OTLP.',
    description: 'All exports of the last minutes failed. What is scraped from /metrics is not affected.',
    action:
      'The log of the agent says once for each outage why. See whether the Collector runs, and whether OTEL_EXPORTER_OTLP_ENDPOINT, headers and certificates are right.',
  },
  {
    name: 'SolarReloadRefused',
    severity: 'warning',
    for: '5m',
    expr: 'min by (job, instance) (solar_agent_config_last_reload_successful) == 0',
    summary: 'The agent at {{ $labels.instance }} has refused its new configuration.',
    description:
      'The configuration was changed and reloaded, but has a mistake: the agent goes on with the old one.',
    action:
      'The log names the key, the value and what is allowed; solar-otel-agent check says the same. Correct the file and reload again.',
  },
];

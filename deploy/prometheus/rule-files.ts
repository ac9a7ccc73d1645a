import { stringify } from 'yaml';
import type { Alert } from './alert.ts';
import { agentAlerts } from './alerts/agent.ts';
import { inverterAlerts } from './alerts/inverters.ts';
import { sourceAlerts } from './alerts/sources.ts';
import { grids, type Limit, type LimitName, limitSeries, limits } from './limits.ts';
import { recordings } from './recordings.ts';

export const alerts: readonly Alert[] = [...agentAlerts, ...sourceAlerts, ...inverterAlerts];

const MANUAL = 'https://github.com/solar-otel-agent/solar-otel-agent/blob/main/docs/alerts.md';
const everyLimit = Object.entries(limits) as [LimitName, Limit][];

const HEAD = `# Alerts and recording rules for solar-otel-agent; docs/alerts.md explains each of them.
# The numbers of the group solar-limits are meant to be changed; for another grid these four:
#
${Object.entries(grids)
  .map(
    ([grid, [low, high, slow, fast]]) =>
      `#   ${`${grid}:`.padEnd(28)} grid_voltage ${low} to ${high}, grid_frequency ${slow} to ${fast}`,
  )
  .join('\n')}
#
# \`npm run monitoring\` makes this file from deploy/prometheus/*.ts.
`;

const limitRules = everyLimit.map(
  ([name, { value, unit, help }]) => `      # ${help} Unit: ${unit}.
      - record: ${limitSeries(name)}
        expr: vector(${value})
`,
);

const alertRule = ({ name, severity, for: wait, expr, summary, description, action }: Alert) => ({
  alert: name,
  expr,
  for: wait,
  labels: { severity },
  annotations: { summary, description, action, runbook_url: `${MANUAL}#${name.toLowerCase()}` },
});

/** The groups of rules as YAML, limits first. */
const groups = `groups:
  - name: solar-limits
    rules:
${limitRules.join('')}${indent(
  stringify(
    [
      { name: 'solar-recordings', rules: recordings.map(({ record, expr }) => ({ record, expr })) },
      { name: 'solar-alerts', rules: alerts.map(alertRule) },
    ],
    { lineWidth: 118, singleQuote: true },
  ),
  2,
)}`;

function indent(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(columns));
}

/** The same for the Prometheus Operator; kube-prometheus-stack selects by the label \`release\`. */
const prometheusRule = `${HEAD}apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: solar-otel-agent
  labels:
    release: kube-prometheus-stack
spec:
${indent(groups, 2)}`;

const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;

const manual = `# Alerts

\`deploy/prometheus/alerts.yaml\` holds the alerts and recording rules of this page. Prometheus loads it with
\`rule_files: [alerts.yaml]\`; for the Prometheus Operator the same is in
\`deploy/kubernetes/monitoring/prometheus-rule.yaml\`. Each alert has a summary with names and value, a description, an
action and a link to its section here. Where an agent that was restarted overlaps with its predecessor, each device
counts once.

The alerts about the agent expect the scrape job \`solar-otel-agent\`, and the Pushgateway job \`growatt_exporter\`.

## Limits

They are series at the head of the file: change the number in \`vector(…)\` and reload Prometheus.

${row('series', 'value', 'unit', 'meaning')}${row('---', '---', '---', '---')}${everyLimit
  .map(([name, { value, unit, help }]) => row(`\`${limitSeries(name)}\``, value, unit, help))
  .join('')}
The four limits of the grid, for other grids:

${row('grid', 'voltage', 'frequency')}${row('---', '---', '---')}${Object.entries(grids)
  .map(([grid, [low, high, slow, fast]]) => row(grid, `${low} to ${high} V`, `${slow} to ${fast} Hz`))
  .join('')}
Which voltage an inverter reports depends on how it is connected: look at \`growatt_ac_voltage_volts\` first.

## Recording rules

${row('series', 'meaning')}${row('---', '---')}${recordings.map(({ record, help }) => row(`\`${record}\``, help)).join('')}
${alerts
  .map(
    ({ name, severity, for: wait, expr, description, action }) => `## ${name}

${description}

${action}

Severity ${severity}, ${wait === '0m' ? 'at once' : `after ${wait}`}:

\`\`\`promql
${expr}
\`\`\`
`,
  )
  .join('\n')}`;

/** The files that hold the rules, and the page about them: path and text. */
export const ruleFiles: Readonly<Record<string, string>> = {
  'deploy/prometheus/alerts.yaml': HEAD + groups,
  'deploy/kubernetes/monitoring/prometheus-rule.yaml': prometheusRule,
  'deploy/helm/solar-otel-agent/files/rules.yaml': HEAD + groups,
  'docs/alerts.md': manual,
};

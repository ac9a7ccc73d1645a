import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';
import { startsIn } from '../settings/setting.ts';
import { dashed, OPTIONS, takersOf } from './flags.ts';

const WIDTH = 80;
const INDENT = 22;

const all = Object.values<SourceKind>(kinds);
const reads = new Intl.ListFormat('en').format(all.map(({ settingsDocs }) => settingsDocs.reads));
const hints = all.flatMap(({ settings }) => startsIn(settings).flatMap(([, { hint }]) => hint ?? []));

/** What `--help` prints; fits 80 columns. */
export const HELP = `Usage: solar-otel-agent [COMMAND] [FLAGS]

${wrap(`Polls ${reads} in the background and exports their metrics to Prometheus, OpenTelemetry (OTLP) and the Pushgateway.`)}

Commands:
  run         the agent (when no command is given); with EXPORTER_MODE=push it
              collects once, pushes and exits
  demo        the agent over simulated devices: no account, no hardware
  simulate    only the simulated devices
  check       print the configuration as resolved, without secrets
  discover    list plants and devices, and whether they are supported
  healthcheck ask the running agent for /healthz, exit code 0 or 1; that it asks
              for a password or a client certificate counts as an answer
  backfill    write past days as OpenMetrics, for promtool to import
  capture     write the answers of a source, masked, for a bug report

Flags:
${Object.keys(OPTIONS).map(flagLines).join('\n')}

${wrap(['Flags beat environment variables, which beat the file', ...hints].map((text) => `${capitalized(text)}.`).join(' '))}

Examples:
${all.map(({ settingsDocs }) => `  ${settingsDocs.usage}`).join('\n')}

Then open http://localhost:9120/. All settings: docs/configuration.md.
`;

function flagLines(name: string): string {
  const { value = '', short, doc } = OPTIONS[name] ?? { doc: '' };
  const takers = takersOf(name);
  const typed = `  ${short ? `${dashed(short)}, ` : ''}${dashed(name)} ${value}`;
  const text = takers.length === 0 ? doc : `${doc} (${takers.join(', ')})`;
  if (typed.length >= INDENT) return `${typed}\n${wrap(' '.repeat(INDENT) + text, INDENT)}`;
  return wrap(typed.padEnd(INDENT) + text, INDENT);
}

/** Breaks a text at spaces; further lines are indented. */
function wrap(text: string, indent = 0): string {
  if (text.length <= WIDTH) return text.trimEnd();
  const at = text.lastIndexOf(' ', WIDTH);
  return `${text.slice(0, at)}\n${wrap(' '.repeat(indent) + text.slice(at + 1), indent)}`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

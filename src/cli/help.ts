import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';
import { startsIn } from '../settings/setting.ts';
import { COMMANDS, type Command, dashed, OPTIONS, takersOf } from './command-table.ts';

const WIDTH = 80;
const INDENT = 22;
const COMMAND_INDENT = 14;

const all = Object.values<SourceKind>(kinds);
const reads = new Intl.ListFormat('en').format(all.map(({ settingsDocs }) => settingsDocs.reads));
const hints = all.flatMap(({ settings }) => startsIn(settings).flatMap(([, { hint }]) => hint ?? []));

/** What `--help` prints; fits 80 columns. */
export const HELP = `Usage: solar-otel-agent [COMMAND] [FLAGS]

${wrap(`Polls ${reads} in the background and exports their metrics to Prometheus, OpenTelemetry (OTLP) and the Pushgateway.`)}

Commands:
${Object.entries(COMMANDS)
  .map(([command, { summary }]) => lineOf(command, summary, COMMAND_INDENT))
  .join('\n')}

Flags:
${Object.keys(OPTIONS).map(flagLines).join('\n')}

${wrap(['Flags beat environment variables, which beat the file', ...hints].map((text) => `${capitalized(text)}.`).join(' '))}

Examples:
${all.map(({ settingsDocs }) => `  ${settingsDocs.usage}`).join('\n')}

The flags of one command: solar-otel-agent COMMAND --help.
Then open http://localhost:9120/. All settings: docs/configuration.md.
`;

/** What `--help` prints, or `COMMAND --help`. */
export const helpText = (command: Command | undefined) => (command ? helpOf(command) : HELP);

/** What `COMMAND --help` prints; fits 80 columns. */
export function helpOf(command: Command): string {
  const { summary, details, options, optionDocs, examples } = COMMANDS[command];
  return `Usage: solar-otel-agent ${command} [FLAGS]

${wrap(`${capitalized(summary)}. ${details}`)}

Flags:
${[...options, 'help'].map((name) => optionLine(name, optionDocs?.[name] ?? OPTIONS[name]!.doc)).join('\n')}

Examples:
${examples.map((example) => `  solar-otel-agent ${example}`).join('\n')}
`;
}

function flagLines(name: string): string {
  const { doc } = OPTIONS[name]!;
  const takers = takersOf(name);
  return optionLine(name, takers.length === 0 ? doc : `${doc} (${takers.join(', ')})`);
}

function optionLine(name: string, text: string): string {
  const { value = '', short } = OPTIONS[name]!;
  return lineOf(`${short ? `${dashed(short)}, ` : ''}${dashed(name)} ${value}`, text, INDENT);
}

/** A word and what is said of it, in two columns. */
function lineOf(word: string, text: string, indent: number): string {
  const start = `  ${word}`;
  if (start.length >= indent) return `${start.trimEnd()}\n${wrap(' '.repeat(indent) + text, indent)}`;
  return wrap(start.padEnd(indent) + text, indent);
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

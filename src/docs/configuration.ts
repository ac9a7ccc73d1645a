import { agentSettings } from '../config/settings.ts';
import { parts } from '../kinds.ts';
import type { Part } from '../model/kind.ts';
import { type Setting, settingsOf, startsIn } from '../settings/setting.ts';
import { code, table } from './markdown.ts';

/** The agent's own part of the example. */
const AGENT_EXAMPLE = `exporter:
  mode: http                     # or push
  listen_addr: ":9120"

pushgateway:
  url: http://localhost:9091
  grouping:                      # further labels of what is pushed
    instance: home

otlp:                            # leave out for no OTLP export
  endpoint: http://localhost:4318
  resource_attributes:
    service.instance.id: home

stale_after: 1h
state_dir: /var/lib/solar-otel-agent

log:
  level: info
  format: json
`;

/** A file that shows most settings; it is part of the reference page, and a test loads it. */
export const EXAMPLE_FILE = [
  ...Object.values<Part>(parts).map(({ settingsDocs }) => settingsDocs.example),
  AGENT_EXAMPLE,
].join('\n');

/** Files to begin with; they are part of the reference page, and a test loads them. */
export const FIRST_FILES: Readonly<Record<string, string>> = {
  'A home with a Growatt account': `token: \${GROWATT_TOKEN}
region: eu
state_dir: /var/lib/solar-otel-agent   # keeps the last readings across restarts
`,
  'Only a Trucki stick': `trucki:
  targets:
    - name: shed                       # becomes the label stick
      address: 192.168.1.40
`,
  'An installer with several accounts': `accounts:
  - name: north                        # becomes the label account
    token_file: /run/secrets/north
  - name: south
    token_file: /run/secrets/south
    region: us
history:
  enabled: true
state_dir: /var/lib/solar-otel-agent
exporter:
  listen_addr: 127.0.0.1:9120
`,
};

/** Titles of the agent's own parts of the file; the rest is "Agent". */
const TITLES: Readonly<Record<string, string>> = {
  exporter: 'HTTP server and push mode',
  pushgateway: 'HTTP server and push mode',
  otlp: 'OTLP export',
  log: 'Log',
};

/** The page `docs/configuration.md`: every setting of the schema, and how to give them. */
export function configurationReference(): string {
  const all = Object.values<Part>(parts);
  const sections = [...all.map(({ settings }) => settings), agentSettings];
  const settings = sections.flatMap((section) => [...settingsOf(section)]);
  const starts = all.flatMap((part) => startsIn(part.settings)).flatMap(([, { env }]) => env ?? []);
  const notes = all.flatMap(({ settingsDocs }) => settingsDocs.notes ?? []);
  return `# Configuration

Settings come from flags, environment variables, a YAML file (\`--config FILE\`) and defaults; in this order, the first
that has a value wins. An empty variable counts as unset, and white space around a value is ignored.
A variable that begins with \`GROWATT_\`, \`TRUCKI_\`, \`EXPORTER_\`, \`COLLECT_\`, \`HISTORY_\` or
\`OTEL_EXPORTER_OTLP_\` and is not known, or is another name but for one or two letters, gets a warning with the name that
is meant most likely.
\`solar-otel-agent check\` prints what results, without secrets. At least one source must be configured, with
${starts.map(code).join(', ')} or in the file.

## Files to begin with

${Object.entries(FIRST_FILES)
  .map(([title, file]) => `### ${title}\n\n\`\`\`yaml\n${file}\`\`\`\n`)
  .join('\n')}
## Settings

${all.map((part) => section(part.title, [...settingsOf(part.settings)])).join('')}${agentSections()}
Durations are a number with its unit, \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`: \`500ms\`, \`5s\`, \`5m\`, \`1h\`, \`1d\`, or a sum
such as \`1h30m\`. Only \`0\` needs no unit. Switches take \`true\`, \`false\`, \`yes\`, \`no\`, \`1\` or \`0\`. What the flags
take: \`solar-otel-agent --help\`.

## The file

An unknown key is an error, so that a misspelt one does not go unnoticed. \`\${NAME}\` in a value is replaced by the
environment variable of that name, which must be set; it cannot add keys or lists.

\`\`\`yaml
${EXAMPLE_FILE}\`\`\`
${lists(settings)}
${notes.join('\n')}
## OTLP

With an endpoint, the metrics of \`/metrics\` also leave by OTLP over HTTP, under the same names and labels; \`/metrics\`
stays. The variables are OpenTelemetry's own, with two differences: a value that is not understood is an error instead
of being ignored, and a duration, without a unit in milliseconds, may have one. A variable that names \`METRICS\`
replaces the one that does not. gRPC is not supported, so take the receiver's port for HTTP.

\`\`\`sh
# A Collector on the same machine, such as one with otel-collector.yaml of this project
OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318
# Prometheus itself, started with --web.enable-otlp-receiver; to keep the names as they are, its configuration needs
# otlp: {translation_strategy: NoTranslation}
OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:9090/api/v1/otlp/v1/metrics
\`\`\`

The resource has \`service.name\`, \`service.version\` and \`service.instance.id\`, which Prometheus turns into the labels
\`job\` and \`instance\`. The last one is the same after a restart, so that series continue: what \`OTEL_RESOURCE_ATTRIBUTES\` says, such
as \`service.instance.id=home\`; else one kept in \`STATE_DIR\`; else one made of the names of the configured sources and of
the number of the shard. Agents without \`STATE_DIR\` whose sources have the same names need ids of their own if they send
to one receiver.

## Secrets

A token or password is given as itself or as a file that holds it, not both. White space around the content of such a
file is ignored. A relative path in the configuration file starts at the folder of that file. A variable of either kind
replaces both kinds in the file. No secret is shown in a log, an error or the output of \`check\`.
`;
}

/** The agent's own settings, those of one part of the file together. */
function agentSections(): string {
  const titleOf = (path: string) => TITLES[path.split('.')[0] ?? ''] ?? 'Agent';
  const parts = Map.groupBy(settingsOf(agentSettings), ([path]) => titleOf(path));
  return [...parts].map(([title, settings]) => section(title, settings)).join('');
}

const section = (title: string, settings: readonly (readonly [string, Setting])[]) =>
  `### ${title}\n\n${table(['Variable', 'Key in the file', 'Flag', 'Default', 'Meaning'], settings.map(settingRow))}\n`;

function settingRow([path, setting]: readonly [string, Setting]): string[] {
  const variables = [setting.env ?? []].flat().map(code);
  return [
    variables.join(' or '),
    keyOf(path, setting),
    code(setting.flag?.name),
    defaultOf(setting),
    meaningOf(setting),
  ];
}

function itemRow([path, setting]: readonly [string, Setting]): string[] {
  return [keyOf(path, setting), defaultOf(setting), meaningOf(setting)];
}

const keyOf = (path: string, { list }: Setting) => code(list ? `${path}[]` : path);

const meaningOf = ({ doc, format: { note } }: Setting) => (note === undefined ? doc : `${doc} ${note}`);

/** One table for each list whose items have more than one key. */
function lists(settings: readonly (readonly [string, Setting])[]): string {
  return settings
    .map(([path, { list }]) => {
      const rows = [...settingsOf(list?.items ?? {})].map(itemRow);
      return rows.length > 1 ? `\n### \`${path}[]\`\n\n${table(['Key', 'Default', 'Meaning'], rows)}` : '';
    })
    .join('');
}

const defaultOf = ({ otherwise, default: text }: Setting) => otherwise ?? (code(text || undefined) || '–');

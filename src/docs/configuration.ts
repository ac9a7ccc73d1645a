import { formatDuration } from '../base/duration.ts';
import { EXAMPLE_FILE } from '../config/example.ts';
import { schema } from '../config/schema.ts';
import { type Section, type Setting, settingsOf } from '../config/setting.ts';
import { code, table } from './markdown.ts';

/** The page `docs/configuration.md`: every setting of the schema, and how to give them. */
export function configurationReference(): string {
  return `# Configuration

Settings come from flags, environment variables, a YAML file (\`--config FILE\`) and defaults; in this order, the first
that has a value wins. An empty variable counts as unset, and white space around a value is ignored.
\`solar-otel-agent check\` prints what results, without secrets. At least one Growatt token or one Trucki target is
needed; each works without the other.

## Settings

${table(['Variable', 'Key in the file', 'Flag', 'Default', 'Meaning'], [...settingsOf(schema)].map(settingRow))}
Durations are a number with its unit, \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`: \`500ms\`, \`5s\`, \`5m\`, \`1h\`, \`1d\`, or a sum
such as \`1h30m\`. Only \`0\` needs no unit. Switches take \`true\`, \`false\`, \`yes\`, \`no\`, \`1\` or \`0\`. \`-p PORT\`
listens on all interfaces; \`-i\` takes seconds.

## The file

An unknown key is an error, so that a misspelt one does not go unnoticed. \`\${NAME}\` in a value is replaced by the
environment variable of that name, which must be set; it cannot add keys or lists.

\`\`\`yaml
${EXAMPLE_FILE}\`\`\`
${lists(schema)}
### Several accounts

With \`accounts\`, the keys \`token\`, \`token_file\`, \`plants\` and \`device_sns\` belong into each account, and
\`GROWATT_PLANT_ID\` and \`GROWATT_DEVICE_SN\` cannot be used. An account without its own token uses \`GROWATT_TOKEN\`
or \`GROWATT_TOKEN_FILE\`; one without its own \`region\`, \`base_url\` or \`v4\` uses the one at the top.

\`\`\`yaml
accounts:
  - name: home
    token: \${HOME_TOKEN}
    region: eu
  - name: farm
    token_file: /run/secrets/farm-token
    region: us
    plants: ["67890"]
\`\`\`

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
\`job\` and \`instance\`. The last one is new with each start; give it a value of its own to keep the series together:
\`OTEL_RESOURCE_ATTRIBUTES=service.instance.id=home\`.

## Secrets

A token or password is given as itself or as a file that holds it, not both. White space around the content of such a
file is ignored. A relative path in the configuration file starts at the folder of that file. A variable of either kind
replaces both kinds in the file. No secret is shown in a log, an error or the output of \`check\`.
`;
}

function settingRow([path, setting]: readonly [string, Setting]): string[] {
  return [
    [setting.metricsEnv, setting.env]
      .filter((name) => name !== undefined)
      .map(code)
      .join(' or '),
    keyOf(path, setting),
    code(setting.flag),
    defaultOf(setting),
    meaningOf(setting),
  ];
}

function itemRow([path, setting]: readonly [string, Setting]): string[] {
  return [keyOf(path, setting), defaultOf(setting), meaningOf(setting)];
}

const keyOf = (path: string, { items }: Setting) => code(items ? `${path}[]` : path);

const isDuration = ({ format }: Setting) => format === 'duration' || format === 'milliseconds';

function meaningOf(setting: Setting): string {
  const { doc, min = 0 } = setting;
  return isDuration(setting) && min > 0 ? `${doc} At least \`${formatDuration(min)}\`.` : doc;
}

/** One table for each list whose items have more than one key. */
function lists(section: Section): string {
  return [...settingsOf(section)]
    .filter(([, { items = {} }]) => Object.keys(items).length > 1)
    .map(([path, { items = {} }]) => {
      const rows = [...settingsOf(items)].map(itemRow);
      return `\n### \`${path}[]\`\n\n${table(['Key', 'Default', 'Meaning'], rows)}`;
    })
    .join('');
}

function defaultOf(setting: Setting): string {
  const { default: value, otherwise } = setting;
  if (otherwise !== undefined) return otherwise;
  if (value === undefined || value === '' || Array.isArray(value)) return '–';
  return code(isDuration(setting) ? formatDuration(Number(value)) : String(value));
}

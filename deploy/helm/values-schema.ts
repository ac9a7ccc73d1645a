import { agentSettings } from '../../src/config/settings.ts';
import { parts } from '../../src/kinds.ts';
import { isSetting, type Section, type Setting } from '../../src/settings/setting.ts';
import { limits } from '../prometheus/limits.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Every key of the agent's configuration file. */
const settings: Section = Object.assign(
  {},
  ...Object.values(parts).map((part) => part.settings),
  agentSettings,
);

/** What the chart says to the agent by values of its own, or what does not suit an agent that runs all the time. */
export const NOT_IN_CONFIG: readonly string[] = [
  'accounts',
  'trucki',
  'modbus',
  'token',
  'plants',
  'device_sns',
  'shard',
  'state_dir',
  'pushgateway',
  'exporter.mode',
  'exporter.listen_addr',
  'exporter.web_config_file',
];

const scalar: Schema = { type: ['string', 'number', 'boolean'] };
const text: Schema = { type: 'string' };
const texts: Schema = { type: 'object', additionalProperties: text };
const list: Schema = { type: 'array', items: { type: 'object' } };
const anything: Schema = { type: 'object' };
const yesNo: Schema = { type: 'boolean' };

const closed = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

/** A key of a Secret in the namespace of the release. */
const keyOfSecret = closed({ name: text, key: text }, { required: ['name', 'key'] });

/** How a secret can be given: as itself, or from elsewhere under a key with this ending. */
interface Elsewhere {
  readonly ending: string;
  readonly schema: Schema;
}
const ofSecret: Elsewhere = { ending: '_secret', schema: keyOfSecret };
const ofFile: Elsewhere = { ending: '_file', schema: text };

/** The schema of a part of the configuration file. */
function sectionSchema(section: Section, elsewhere: Elsewhere, without: readonly string[] = []): Schema {
  const properties: Record<string, Schema> = {};
  const required: string[] = [];
  const exclusive: Schema[] = [];
  for (const [key, node] of Object.entries(section)) {
    if (without.includes(key)) continue;
    if (!isSetting(node)) {
      const below = without.flatMap((path) => (path.startsWith(`${key}.`) ? path.slice(key.length + 1) : []));
      const mapping = sectionSchema(node, elsewhere, below);
      const hasPlain = Object.values(node).some((setting) => isSetting(setting) && setting.plain);
      properties[key] = hasPlain ? { anyOf: [scalar, mapping] } : mapping;
      continue;
    }
    properties[key] = settingSchema(node, elsewhere);
    if (node.required) required.push(key);
    if (node.file) {
      properties[key + elsewhere.ending] = elsewhere.schema;
      exclusive.push({ not: { required: [key, key + elsewhere.ending] } });
    }
  }
  return closed(properties, {
    ...(required.length > 0 && { required }),
    ...(exclusive.length > 0 && { allOf: exclusive }),
  });
}

function settingSchema({ doc: description, list, file }: Setting, elsewhere: Elsewhere): Schema {
  if (!list) return { description, ...(file ? text : scalar) };
  const item = sectionSchema(list.items, elsewhere);
  // The chart looks for secrets in each item, so such an item is a mapping.
  const hasSecret = Object.values(list.items).some((node) => isSetting(node) && node.file);
  const items = list.fromText && !hasSecret ? { anyOf: [scalar, item] } : item;
  const array = { type: 'array', items };
  return { description, ...(list.mapping ? { anyOf: [array, { type: 'object' }] } : array) };
}

const { accounts, trucki, modbus } = sectionSchema(settings, ofSecret).properties as Record<string, Schema>;

/** The schema of the chart's values, by which Helm refuses a misspelt key. */
export const valuesSchema: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  ...closed({
    accounts: accounts!,
    trucki: trucki!,
    modbus: modbus!,
    config: sectionSchema(settings, ofFile, NOT_IN_CONFIG),
    webConfigSecret: text,
    shards: { type: 'integer', minimum: 1 },
    image: closed({ repository: text, tag: text, pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] } }),
    imagePullSecrets: list,
    resources: closed({ requests: anything, limits: anything, claims: list }),
    persistence: closed({
      enabled: yesNo,
      size: text,
      storageClass: text,
      accessModes: { type: 'array', items: text },
      annotations: texts,
      existingClaim: text,
    }),
    service: closed({
      type: { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
      port: { type: 'integer', minimum: 1, maximum: 65535 },
      annotations: texts,
    }),
    serviceAccount: closed({ create: yesNo, name: text, annotations: texts }),
    monitor: closed({
      enabled: yesNo,
      kind: { enum: ['PodMonitor', 'ServiceMonitor'] },
      labels: texts,
      interval: text,
      endpoint: anything,
    }),
    prometheusRule: closed({
      enabled: yesNo,
      labels: texts,
      limits: closed(
        Object.fromEntries(
          Object.entries(limits).map(([name, { help, unit }]) => [
            name,
            { description: `${help} Unit: ${unit}.`, type: 'number' },
          ]),
        ),
      ),
    }),
    dashboards: closed({ enabled: yesNo, namespace: text, labels: texts, annotations: texts }),
    podSecurityContext: anything,
    securityContext: anything,
    extraEnv: list,
    extraVolumes: list,
    extraVolumeMounts: list,
    podLabels: texts,
    podAnnotations: texts,
    nodeSelector: texts,
    tolerations: list,
    affinity: anything,
    priorityClassName: text,
    fullnameOverride: text,
    // What Helm adds where the chart is a part of another.
    global: anything,
  }),
};

/** The file that holds it: path and text. */
export const schemaFiles: Readonly<Record<string, string>> = {
  'deploy/helm/solar-otel-agent/values.schema.json': `${JSON.stringify(valuesSchema, undefined, 2)}\n`,
};

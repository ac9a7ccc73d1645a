import { parseDuration } from '../base/duration.ts';
import type { FileNode } from './file.ts';
import type { Schema, Setting } from './setting.ts';

/** What OTLP export can be told, by OpenTelemetry's own variables or by the section `otlp` of the file. */
export interface OtlpSettings {
  endpoint: string | undefined;
  metrics_endpoint: string | undefined;
  protocol: 'http/protobuf' | 'http/json';
  headers: readonly FileNode[];
  compression: 'none' | 'gzip';
  timeout: number;
  interval: number;
  export_timeout: number;
  certificate: string | undefined;
  client_certificate: string | undefined;
  client_key: string | undefined;
  service_name: string | undefined;
  resource_attributes: readonly FileNode[];
  metrics_exporter: readonly FileNode[];
  sdk_disabled: 'true' | 'false';
  temporality_preference: 'cumulative';
  histogram_aggregation: 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram';
  exemplar_filter: 'trace_based' | 'always_off';
}

/** An HTTP header or a resource attribute. */
export interface PairSettings {
  name: string;
  value: string;
}

const ms = (text: string): number => parseDuration(text) ?? Number.NaN;

/** The two variables of an option of the exporter: for all signals, and for metrics. */
const exporterEnv = (name: string) => ({
  env: `OTEL_EXPORTER_OTLP_${name}`,
  metricsEnv: `OTEL_EXPORTER_OTLP_METRICS_${name}`,
});

/** `name=value`; without `=` it is all name. */
function pairFromText(text: string): Record<string, string> {
  const [name = '', ...value] = text.split('=');
  return value.length === 0 ? { name } : { name: name.trim(), value: value.join('=').trim() };
}

/** Both parts are secret in errors: a header without its name is mostly a token. */
export const headerSchema: Schema<PairSettings> = {
  name: { format: 'headername', default: '', sensitive: true, doc: 'Name of the HTTP header.' },
  value: { format: 'headervalue', default: '', sensitive: true, doc: 'Its value, which is never shown.' },
};

/** An item of `otlp.resource_attributes`. */
export const attributeSchema: Schema<PairSettings> = {
  name: {
    format: 'attribute',
    default: '',
    doc: 'Name of the attribute, such as `deployment.environment.name`.',
  },
  value: { format: 'attribute', default: '', doc: 'Its value, a text.' },
};

/** An item of `otlp.metrics_exporter`. */
export const exporterSchema: Schema<{ name: string }> = {
  name: {
    format: 'choice',
    choices: ['otlp', 'prometheus', 'none'],
    default: '',
    doc: '`otlp`, `prometheus` or `none`.',
  },
};

const pairs = {
  format: 'baggage',
  default: [],
  pairs: true,
  fromText: pairFromText,
} satisfies Partial<Setting>;

/** The section `otlp` of the file. */
export const otlpSchema: Schema<OtlpSettings> = {
  endpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    twin: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    format: 'endpoint',
    default: undefined,
    otherwise: 'no OTLP export',
    doc: 'OTLP receiver, such as `http://localhost:4318`; `/v1/metrics` is added. Export is on as soon as it is set.',
  },
  metrics_endpoint: {
    env: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    twin: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    format: 'endpoint',
    default: undefined,
    otherwise: 'from `otlp.endpoint`',
    doc: 'The same as a full URL, which is used as it is.',
  },
  protocol: {
    ...exporterEnv('PROTOCOL'),
    format: 'otlpprotocol',
    default: 'http/protobuf',
    doc: '`http/protobuf` or `http/json`; not `grpc`.',
  },
  headers: {
    ...exporterEnv('HEADERS'),
    ...pairs,
    items: headerSchema,
    doc: 'HTTP headers to send, such as `authorization=Bearer%20abc,x-scope=home`; in the file also a mapping.',
  },
  compression: {
    ...exporterEnv('COMPRESSION'),
    format: 'choice',
    choices: ['none', 'gzip'],
    default: 'none',
    doc: '`none` or `gzip`.',
  },
  timeout: {
    ...exporterEnv('TIMEOUT'),
    format: 'milliseconds',
    default: ms('10s'),
    doc: 'How long one export may take, retries included; `0`: as long as `otlp.export_timeout`.',
  },
  interval: {
    env: 'OTEL_METRIC_EXPORT_INTERVAL',
    format: 'milliseconds',
    min: ms('100ms'),
    default: ms('1m'),
    doc: 'How often to export.',
  },
  export_timeout: {
    env: 'OTEL_METRIC_EXPORT_TIMEOUT',
    format: 'milliseconds',
    default: ms('30s'),
    doc: 'As `otlp.timeout`; the shortest of both and the interval counts. `0`: as long as the interval.',
  },
  certificate: {
    ...exporterEnv('CERTIFICATE'),
    format: 'path',
    default: undefined,
    otherwise: "Node's authorities",
    doc: 'PEM file of the authorities to trust for an `https://` receiver.',
  },
  client_certificate: {
    ...exporterEnv('CLIENT_CERTIFICATE'),
    format: 'path',
    default: undefined,
    doc: 'PEM file of the certificate to show to such a receiver.',
  },
  client_key: {
    ...exporterEnv('CLIENT_KEY'),
    format: 'path',
    default: undefined,
    doc: "PEM file of this certificate's private key.",
  },
  service_name: {
    env: 'OTEL_SERVICE_NAME',
    format: 'name',
    default: undefined,
    otherwise: '`solar-otel-agent`',
    doc: 'Resource attribute `service.name`.',
  },
  resource_attributes: {
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    ...pairs,
    items: attributeSchema,
    doc: 'Further resource attributes, such as `deployment.environment.name=home`; in the file also a mapping. A `service.name` here gives way to `otlp.service_name`.',
  },
  metrics_exporter: {
    env: 'OTEL_METRICS_EXPORTER',
    format: 'list',
    default: [],
    otherwise: '`otlp` if there is an endpoint',
    items: exporterSchema,
    fromText: (name) => ({ name }),
    doc: 'With `otlp`, export is on, without an endpoint to `http://localhost:4318`; with only `prometheus` or `none` it is off. `/metrics` is there in any case.',
  },
  sdk_disabled: {
    env: 'OTEL_SDK_DISABLED',
    format: 'choice',
    choices: ['true', 'false'],
    default: 'false',
    doc: '`true` turns OTLP export off whatever else is set; `/metrics` stays.',
  },
  temporality_preference: {
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    format: 'choice',
    choices: ['cumulative'],
    default: 'cumulative',
    doc: 'Only `cumulative`: counters leave by OTLP as they stand at `/metrics`.',
  },
  histogram_aggregation: {
    env: 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    format: 'choice',
    choices: ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'],
    default: 'explicit_bucket_histogram',
    doc: '`explicit_bucket_histogram` or `base2_exponential_bucket_histogram`; `/metrics` has explicit buckets.',
  },
  exemplar_filter: {
    env: 'OTEL_METRICS_EXEMPLAR_FILTER',
    format: 'choice',
    choices: ['trace_based', 'always_off'],
    default: 'trace_based',
    doc: '`trace_based` or `always_off`; the agent has no traces, so both mean no exemplars.',
  },
};

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { trimEndOf } from '../base/trim.ts';
import { decodeLeniently, plainUrl } from '../settings/addresses.ts';
import {
  attempt,
  choice,
  commaSeparated,
  isPrintable,
  milliseconds,
  name,
  secret,
  text,
} from '../settings/format.ts';
import type { Settings } from '../settings/read.ts';
import { heldFile, pairs, type Resolved, setting, texts } from '../settings/setting.ts';

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/** The two variables of an option of the exporter: for metrics, and for all signals. */
const exporterEnv = (option: string) =>
  [`OTEL_EXPORTER_OTLP_METRICS_${option}`, `OTEL_EXPORTER_OTLP_${option}`] as const;

const endpoint = plainUrl('; credentials go into a header');

const protocol = {
  ...choice('http/protobuf', 'http/json'),
  allowed: "http/protobuf or http/json (no gRPC: take the receiver's port for HTTP, usually 4318)",
};

/** `key=value,…` with percent-encoding, as OpenTelemetry's variables have it (W3C Baggage). */
const baggage = {
  ...commaSeparated,
  parse: (given: string) => given.split(',').flatMap((pair) => decodeLeniently(pair.trim()) || []),
};

/** What the export sets itself, and what would break its requests. */
const OWN_HEADERS =
  /^(?:content-(?:type|length|encoding)|connection|expect|host|te|trailer|transfer-encoding|upgrade|user-agent)$/i;

/** Not quoted in errors: a header without its name is mostly a token. */
const headerName = {
  ...text(
    'name=value with the name of an HTTP header that the export does not set itself',
    (given) => /^[!#$%&'*+.^_`|~\w-]+$/.test(given) && !OWN_HEADERS.test(given),
    (given) => given.toLowerCase(),
  ),
  hidden: true,
};

const headerValue = {
  ...secret('name=value with a value of printable ASCII', (given) =>
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(given),
  ),
  /** Mostly a token, be it behind a scheme such as Bearer. */
  secretsIn(value: string) {
    const credentials = value.split(' ').at(-1) ?? '';
    return [value, encodeURIComponent(value), credentials, encodeURIComponent(credentials)];
  },
};

const attribute = text('name=value without control characters', isPrintable);

const certificate = text('a certificate in PEM form', (pem) =>
  Boolean(attempt(() => new X509Certificate(pem))),
);
const privateKey = text('an unencrypted private key in PEM form', (pem) =>
  Boolean(attempt(() => createPrivateKey(pem))),
);

/** The section `otlp` of the file. */
export const otlpSettings = {
  endpoint: setting(endpoint, {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    twin: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    otherwise: 'no OTLP export',
    doc: 'OTLP receiver, such as `http://localhost:4318`; `/v1/metrics` is added. Export is on as soon as it is set.',
  }),
  metrics_endpoint: setting(endpoint, {
    env: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    twin: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    otherwise: 'from `otlp.endpoint`',
    doc: 'The same as a full URL, which is used as it is.',
  }),
  protocol: setting(protocol, {
    env: exporterEnv('PROTOCOL'),
    default: 'http/protobuf',
    doc: '`http/protobuf` or `http/json`; not `grpc`.',
  }),
  headers: pairs(
    {
      name: setting(headerName, { required: true, doc: 'Name of the HTTP header.' }),
      value: setting(headerValue, { required: true, doc: 'Its value, which is never shown.' }),
    },
    {
      env: exporterEnv('HEADERS'),
      doc: 'HTTP headers to send, such as `authorization=Bearer%20abc,x-scope=home`; in the file also a mapping.',
    },
    baggage,
  ),
  compression: setting(choice('none', 'gzip'), {
    env: exporterEnv('COMPRESSION'),
    default: 'none',
    doc: '`none` or `gzip`.',
  }),
  timeout: setting(milliseconds(), {
    env: exporterEnv('TIMEOUT'),
    default: '10s',
    doc: 'How long one export may take, retries included; `0`: as long as `otlp.export_timeout`.',
  }),
  interval: setting(milliseconds('100ms'), {
    env: 'OTEL_METRIC_EXPORT_INTERVAL',
    default: '1m',
    doc: 'How often to export.',
  }),
  export_timeout: setting(milliseconds(), {
    env: 'OTEL_METRIC_EXPORT_TIMEOUT',
    default: '30s',
    doc: 'As `otlp.timeout`; the shortest of both and the interval counts. `0`: as long as the interval.',
  }),
  certificate: heldFile(certificate, {
    env: exporterEnv('CERTIFICATE'),
    otherwise: "Node's authorities",
    doc: 'PEM file of the authorities to trust for an `https://` receiver.',
  }),
  client_certificate: heldFile(certificate, {
    env: exporterEnv('CLIENT_CERTIFICATE'),
    doc: 'PEM file of the certificate to show to such a receiver.',
  }),
  client_key: heldFile(privateKey, {
    env: exporterEnv('CLIENT_KEY'),
    doc: "PEM file of this certificate's private key.",
  }),
  service_name: setting(name, {
    env: 'OTEL_SERVICE_NAME',
    otherwise: '`solar-otel-agent`',
    doc: 'Resource attribute `service.name`.',
  }),
  resource_attributes: pairs(
    {
      name: setting(attribute, {
        required: true,
        doc: 'Name of the attribute, such as `deployment.environment.name`.',
      }),
      value: setting(attribute, { required: true, doc: 'Its value, a text.' }),
    },
    {
      env: 'OTEL_RESOURCE_ATTRIBUTES',
      doc: 'Further resource attributes, such as `deployment.environment.name=home`; in the file also a mapping. `otlp.service_name` replaces a `service.name` given here.',
    },
    baggage,
  ),
  metrics_exporter: texts(
    'name',
    setting(choice('otlp', 'prometheus', 'none'), {
      required: true,
      doc: '`otlp`, `prometheus` or `none`.',
    }),
    {
      env: 'OTEL_METRICS_EXPORTER',
      otherwise: '`otlp` if there is an endpoint',
      doc: 'With `otlp`, export is on, without an endpoint to `http://localhost:4318`; with only `prometheus` or `none` it is off. `/metrics` is served in any case.',
    },
  ),
  sdk_disabled: setting(choice('true', 'false'), {
    env: 'OTEL_SDK_DISABLED',
    default: 'false',
    doc: '`true` turns OTLP export off whatever else is set; `/metrics` stays.',
  }),
  temporality_preference: setting(choice('cumulative'), {
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    default: 'cumulative',
    doc: 'Only `cumulative`: counters leave by OTLP as they stand at `/metrics`.',
  }),
  histogram_aggregation: setting(choice('explicit_bucket_histogram', 'base2_exponential_bucket_histogram'), {
    env: 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    default: 'explicit_bucket_histogram',
    doc: '`explicit_bucket_histogram` or `base2_exponential_bucket_histogram`; `/metrics` has explicit buckets.',
  }),
  exemplar_filter: setting(choice('trace_based', 'always_off'), {
    env: 'OTEL_METRICS_EXEMPLAR_FILTER',
    default: 'trace_based',
    doc: '`trace_based` or `always_off`; the agent has no traces, so both mean no exemplars.',
  }),
};

/** How metrics leave by OTLP over HTTP; durations are milliseconds. */
export interface OtlpExport extends Omit<Resolved<typeof otlpSettings>, 'endpoint'> {
  /** With the path, such as `http://localhost:4318/v1/metrics`. */
  readonly metricsEndpoint: string;
}

/**
 * OTLP export with what follows from several settings put in; undefined when it is off. What the agent cannot
 * honour, such as delta temporality, the settings' formats have refused before.
 */
export function resolveOtlp(
  { endpoint = DEFAULT_ENDPOINT, ...otlp }: Resolved<typeof otlpSettings>,
  given: Settings,
): OtlpExport | undefined {
  const { metricsExporter, metricsEndpoint, interval, timeout, exportTimeout, serviceName } = otlp;
  if (metricsExporter.includes('none') && metricsExporter.length > 1) {
    const { key } = given.origin('otlp.metrics_exporter');
    given.report({ key, message: 'cannot hold none beside others' });
  }
  checkClientCertificate(otlp, given);
  const hasEndpoint = ['endpoint', 'metrics_endpoint'].some(
    (key) => given.origin(`otlp.${key}`).from !== 'default',
  );
  const wanted = metricsExporter.length === 0 ? hasEndpoint : metricsExporter.includes('otlp');
  if (!wanted || otlp.sdkDisabled === 'true') return undefined;
  return {
    ...otlp,
    metricsEndpoint: metricsEndpoint ?? `${trimEndOf(endpoint, '/')}/v1/metrics`,
    timeout: Math.min(interval, timeout || interval, exportTimeout || interval),
    resourceAttributes: {
      ...otlp.resourceAttributes,
      ...(serviceName !== undefined && { 'service.name': serviceName }),
    },
  };
}

function checkClientCertificate(
  { clientCertificate, clientKey }: Pick<OtlpExport, 'clientCertificate' | 'clientKey'>,
  given: Settings,
): void {
  const certificate = given.origin('otlp.client_certificate');
  const key = given.origin('otlp.client_key');
  if ((certificate.from === 'default') !== (key.from === 'default')) {
    given.report({ key: `${certificate.key} and ${key.key}`, message: 'must be set together' });
  } else if (clientCertificate && clientKey) {
    const { content } = clientCertificate;
    if (new X509Certificate(content).checkPrivateKey(createPrivateKey(clientKey.content))) return;
    const message = `must hold the private key of the certificate in ${certificate.key}`;
    given.report({ key: key.key, message });
  }
}

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { formatDuration } from '../base/duration.ts';
import { REDACTED } from '../base/redacted.ts';
import type { OtlpExport, PemFile } from './config.ts';
import type { Context } from './context.ts';
import { readFailure } from './file.ts';
import { readItems } from './items.ts';
import { attributeSchema, exporterSchema, headerSchema, otlpSchema } from './otlp-schema.ts';
import { presentable } from './problems.ts';
import type { Settings } from './schema.ts';
import type { Origin, Read } from './settings.ts';

const DEFAULT_ENDPOINT = 'http://localhost:4318';

/**
 * OTLP export as the variables of OpenTelemetry or the section `otlp` of the file ask for it; undefined when
 * it is off. What the agent cannot honour, such as delta temporality, the schema has refused before.
 */
export function readOtlp(settings: Read<Settings>, context: Context): OtlpExport | undefined {
  const { otlp } = settings.values;
  const origin = (key: string) => settings.origin(`otlp.${key}`);
  const exporters = readItems(
    exporterSchema,
    otlpSchema.metrics_exporter,
    otlp.metrics_exporter,
    origin('metrics_exporter'),
    context,
  ).map(({ values }) => values.name);
  if (exporters.includes('none') && exporters.length > 1) {
    context.problems.push({ key: origin('metrics_exporter').key, message: 'cannot hold none beside others' });
  }
  const headers = readItems(headerSchema, otlpSchema.headers, otlp.headers, origin('headers'), context);
  const attributes = readItems(
    attributeSchema,
    otlpSchema.resource_attributes,
    otlp.resource_attributes,
    origin('resource_attributes'),
    context,
  );
  const hasEndpoint = otlp.metrics_endpoint !== undefined || otlp.endpoint !== undefined;
  const wanted = exporters.length === 0 ? hasEndpoint : exporters.includes('otlp');
  if (!wanted || otlp.sdk_disabled === 'true') return undefined;
  const base = (otlp.endpoint ?? DEFAULT_ENDPOINT).replace(/\/+$/, '');
  return {
    url: otlp.metrics_endpoint ?? `${base}/v1/metrics`,
    protocol: otlp.protocol,
    headers: Object.fromEntries(headers.map(({ values }) => [values.name.toLowerCase(), values.value])),
    compression: otlp.compression,
    timeout: Math.min(otlp.interval, otlp.timeout || otlp.interval, otlp.export_timeout || otlp.interval),
    interval: otlp.interval,
    exponentialHistograms: otlp.histogram_aggregation === 'base2_exponential_bucket_histogram',
    ...readTls(settings, context),
    resourceAttributes: {
      ...Object.fromEntries(attributes.map(({ values }) => [values.name, values.value])),
      ...(otlp.service_name !== undefined && { 'service.name': otlp.service_name }),
    },
  };
}

type Tls = Pick<OtlpExport, 'certificate' | 'clientCertificate' | 'clientKey'>;

function readTls({ values: { otlp }, origin }: Read<Settings>, context: Context): Tls {
  const read = (key: 'certificate' | 'client_certificate' | 'client_key', kind: keyof typeof PEM) =>
    readPem(otlp[key], origin(`otlp.${key}`), kind, context);
  const tls = {
    certificate: read('certificate', 'certificate'),
    clientCertificate: read('client_certificate', 'certificate'),
    clientKey: read('client_key', 'key'),
  };
  const certificateKey = origin('otlp.client_certificate').key;
  const keyKey = origin('otlp.client_key').key;
  if ((otlp.client_certificate === undefined) !== (otlp.client_key === undefined)) {
    const message = 'must be set together with the other';
    context.problems.push({ key: `${certificateKey} and ${keyKey}`, message });
  } else if (
    tls.clientCertificate &&
    tls.clientKey &&
    !belongTogether(tls.clientCertificate, tls.clientKey)
  ) {
    const message = `must hold the private key of the certificate that ${certificateKey} names`;
    context.problems.push({ key: keyKey, message });
  }
  return tls;
}

const PEM = {
  certificate: { parse: (pem: string) => new X509Certificate(pem), allowed: 'a certificate in PEM form' },
  key: { parse: (pem: string) => createPrivateKey(pem), allowed: 'an unencrypted private key in PEM form' },
};

/** A PEM file that was read and parsed; undefined when none is given or, with a problem, not usable. */
function readPem(
  path: string | undefined,
  { key, from }: Origin,
  kind: keyof typeof PEM,
  { readFile, folder, problems }: Context,
): PemFile | undefined {
  if (path === undefined) return undefined;
  const fail = (message: string): undefined => {
    problems.push({ key, message: `names ${presentable(path)}, which ${message}` });
  };
  const absolute = from === 'file' ? resolve(folder, path) : path;
  let pem: string;
  try {
    pem = readFile(absolute);
  } catch (error) {
    return fail(readFailure(error));
  }
  try {
    PEM[kind].parse(pem);
  } catch {
    return fail(`must hold ${PEM[kind].allowed}`);
  }
  return { path: absolute, pem };
}

const belongTogether = (certificate: PemFile, key: PemFile) =>
  new X509Certificate(certificate.pem).checkPrivateKey(createPrivateKey(key.pem));

/** The section `otlp` as it could be used again, but for its headers' values. */
export function describeOtlp(otlp: OtlpExport): object {
  const { certificate, clientCertificate, clientKey } = otlp;
  return {
    metrics_endpoint: otlp.url,
    protocol: otlp.protocol,
    ...list(
      'headers',
      Object.keys(otlp.headers).map((name) => ({ name, value: REDACTED })),
    ),
    compression: otlp.compression,
    timeout: formatDuration(otlp.timeout),
    interval: formatDuration(otlp.interval),
    export_timeout: formatDuration(otlp.timeout),
    certificate: certificate?.path,
    client_certificate: clientCertificate?.path,
    client_key: clientKey?.path,
    ...list(
      'resource_attributes',
      Object.entries(otlp.resourceAttributes).map(([name, value]) => ({ name, value })),
    ),
    histogram_aggregation: otlp.exponentialHistograms
      ? 'base2_exponential_bucket_histogram'
      : 'explicit_bucket_histogram',
  };
}

function list(key: string, items: readonly object[]): object {
  return items.length === 0 ? {} : { [key]: items };
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeConfig, secretsOf } from '../../src/config/config.ts';
import type { OtlpExport } from '../../src/export/otlp-settings.ts';
import { load, messageOf } from './support.ts';

const pem = (name: string) =>
  readFileSync(new URL(`../export/fixtures/otlp/${name}.pem`, import.meta.url), 'utf8');
const FILES = {
  '/tls/ca.pem': pem('ca'),
  '/tls/agent.pem': pem('agent'),
  '/tls/agent-key.pem': pem('agent-key'),
  '/tls/receiver-key.pem': pem('receiver-key'),
  '/tls/text.pem': 'no PEM',
  '/etc/agent/tls/ca.pem': pem('ca'),
};
const HERE = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://here:4318' };

type Variables = Readonly<Record<string, string>>;

function otlp(env: Variables, yaml?: string): OtlpExport | undefined {
  return load(yaml, { TRUCKI_TARGETS: 'a', ...env }, {}, FILES).otlp;
}

function refusal(env: Variables, yaml?: string): string {
  return messageOf(() => otlp(env, yaml));
}

test('export is off until there is an endpoint, and an empty variable is none', () => {
  assert.equal(otlp({}), undefined);
  assert.equal(otlp({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_METRIC_EXPORT_INTERVAL: '' }), undefined);
});

test('an endpoint alone exports to /v1/metrics with the defaults of the specification', () => {
  assert.deepEqual(otlp(HERE), {
    metricsEndpoint: 'http://here:4318/v1/metrics',
    protocol: 'http/protobuf',
    headers: {},
    compression: 'none',
    timeout: 10_000,
    interval: 60_000,
    exportTimeout: 30_000,
    certificate: undefined,
    clientCertificate: undefined,
    clientKey: undefined,
    serviceName: undefined,
    resourceAttributes: {},
    metricsExporter: [],
    sdkDisabled: 'false',
    temporalityPreference: 'cumulative',
    histogramAggregation: 'explicit_bucket_histogram',
    exemplarFilter: 'trace_based',
  });
});

test('the path for metrics is added to the common endpoint, slashes put right', () => {
  const url = (endpoint: string) => otlp({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })?.metricsEndpoint;
  assert.equal(url('http://here:4318/'), 'http://here:4318/v1/metrics');
  assert.equal(url('https://here/base/v1//'), 'https://here/base/v1/v1/metrics');
});

test('the endpoint for metrics is used as it is and beats the common one', () => {
  const prometheus = 'http://prometheus:9090/api/v1/otlp/v1/metrics';
  assert.equal(
    otlp({ ...HERE, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: prometheus })?.metricsEndpoint,
    prometheus,
  );
});

test('a variable for metrics beats the common one, and replaces its headers', () => {
  const variables = {
    PROTOCOL: ['http/protobuf', 'http/json'],
    HEADERS: ['authorization=common', 'X-Scope=home,authorization=Bearer%20a%2Cb%3D%3D'],
    COMPRESSION: ['none', 'gzip'],
    TIMEOUT: ['1000', '2000'],
    CERTIFICATE: ['/tls/nowhere', '/tls/ca.pem'],
    CLIENT_CERTIFICATE: ['/tls/nowhere', '/tls/agent.pem'],
    CLIENT_KEY: ['/tls/nowhere', '/tls/agent-key.pem'],
  };
  const env = Object.entries(variables).flatMap(([name, [common, forMetrics]]) => [
    [`OTEL_EXPORTER_OTLP_${name}`, common ?? ''],
    [`OTEL_EXPORTER_OTLP_METRICS_${name}`, forMetrics ?? ''],
  ]);
  const config = otlp({ ...HERE, ...Object.fromEntries(env) });
  assert.equal(config?.protocol, 'http/json');
  assert.deepEqual(config?.headers, { 'x-scope': 'home', authorization: 'Bearer a,b==' });
  assert.equal(config?.compression, 'gzip');
  assert.equal(config?.timeout, 2000);
  assert.deepEqual(
    [config?.certificate, config?.clientCertificate, config?.clientKey].map((file) => file?.path),
    ['/tls/ca.pem', '/tls/agent.pem', '/tls/agent-key.pem'],
  );
});

test('an export takes no longer than the shortest of its time-outs and the interval, and 0 is no time-out', () => {
  const timeout = (exporter: string, reader: string, interval: string) =>
    otlp({
      ...HERE,
      OTEL_EXPORTER_OTLP_TIMEOUT: exporter,
      OTEL_METRIC_EXPORT_TIMEOUT: reader,
      OTEL_METRIC_EXPORT_INTERVAL: interval,
    })?.timeout;
  assert.equal(timeout('20000', '15000', '60000'), 15_000);
  assert.equal(timeout('20000', '0', '60000'), 20_000);
  assert.equal(timeout('0', '0', '60000'), 60_000);
  assert.equal(timeout('10000', '30000', '500'), 500);
});

test('OTEL_SERVICE_NAME beats the service.name of OTEL_RESOURCE_ATTRIBUTES', () => {
  const attributes = 'service.name=other,service.instance.id=roof-1,site=my%20home';
  assert.deepEqual(otlp({ ...HERE, OTEL_RESOURCE_ATTRIBUTES: attributes })?.resourceAttributes, {
    'service.name': 'other',
    'service.instance.id': 'roof-1',
    site: 'my home',
  });
  const named = otlp({ ...HERE, OTEL_RESOURCE_ATTRIBUTES: attributes, OTEL_SERVICE_NAME: 'solar' });
  assert.equal(named?.resourceAttributes['service.name'], 'solar');
});

test('OTEL_METRICS_EXPORTER and OTEL_SDK_DISABLED turn export on and off', () => {
  assert.equal(otlp({ OTEL_METRICS_EXPORTER: 'otlp' })?.metricsEndpoint, 'http://localhost:4318/v1/metrics');
  assert.ok(otlp({ ...HERE, OTEL_METRICS_EXPORTER: 'prometheus,otlp' }));
  assert.equal(otlp({ ...HERE, OTEL_METRICS_EXPORTER: 'prometheus' }), undefined);
  assert.equal(otlp({ ...HERE, OTEL_METRICS_EXPORTER: 'none' }), undefined);
  assert.equal(otlp({ ...HERE, OTEL_SDK_DISABLED: 'TRUE' }), undefined);
  assert.ok(otlp({ ...HERE, OTEL_SDK_DISABLED: 'False' }));
});

test('histograms may be exponential', () => {
  const name = 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION';
  const config = otlp({ ...HERE, [name]: 'base2_exponential_bucket_histogram' });
  assert.equal(config?.histogramAggregation, 'base2_exponential_bucket_histogram');
});

test('the file can say all of it, with headers as a mapping or a list, and variables beat it', () => {
  const yaml = `
otlp:
  endpoint: http://there:4318
  headers: {authorization: "Bearer 100%", x-scope: "\${SCOPE}"}
  resource_attributes: [site=home, {name: room, value: attic}]
  certificate: tls/ca.pem
  interval: 15s
  timeout: 5s
  metrics_exporter: [otlp]
`;
  const config = otlp({ SCOPE: 'house' }, yaml);
  assert.equal(config?.metricsEndpoint, 'http://there:4318/v1/metrics');
  assert.deepEqual(config?.headers, { authorization: 'Bearer 100%', 'x-scope': 'house' });
  assert.deepEqual(config?.resourceAttributes, { site: 'home', room: 'attic' });
  assert.equal(config?.certificate?.path, '/etc/agent/tls/ca.pem');
  assert.deepEqual([config?.interval, config?.timeout], [15_000, 5000]);
  const beaten = otlp({ SCOPE: 'house', ...HERE, OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }, yaml);
  assert.equal(beaten?.metricsEndpoint, 'http://here:4318/v1/metrics');
  assert.deepEqual(beaten?.headers, { a: 'b' });
  const full = 'otlp: {metrics_endpoint: "http://there/full"}';
  assert.equal(otlp(HERE, full)?.metricsEndpoint, 'http://here:4318/v1/metrics');
});

test('check shows all but the values of headers, and what it shows gives the same configuration', () => {
  const env = {
    TRUCKI_TARGETS: 'a',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://here:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20hunter2',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/tls/ca.pem',
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/tls/agent.pem',
    OTEL_EXPORTER_OTLP_CLIENT_KEY: '/tls/agent-key.pem',
    OTEL_EXPORTER_OTLP_TIMEOUT: '50000',
    OTEL_METRIC_EXPORT_TIMEOUT: '45000',
    OTEL_SERVICE_NAME: 'solar',
  };
  const config = load(undefined, env, {}, FILES);
  const printed = describeConfig(config);
  assert.doesNotMatch(printed, /hunter2|BEGIN/);
  assert.deepEqual(load(printed.replace('[redacted]', 'Bearer hunter2'), {}, {}, FILES), config);
  assert.match(
    messageOf(() => load(printed, {}, {}, FILES)),
    /^otlp\.headers\[0\]\.value: looks like a placeholder/,
  );
  assert.deepEqual(secretsOf(config).toSorted(), ['Bearer hunter2', 'Bearer%20hunter2', 'hunter2']);
});

const ENDPOINT = 'an http:// or https:// URL without credentials and query; credentials go into a header';
const MILLISECONDS = (min: number) =>
  `must be a whole number of milliseconds from ${min} to 2073600000, or a duration with its unit such as 30s`;
const HEADER = 'name=value with the name of an HTTP header that the export does not set itself';

/** Variable, bad value and what is said about it. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', `must be ${ENDPOINT}, not "localhost:4318"`],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://u:p@here', `must be ${ENDPOINT}, not "[redacted]@here"`],
  [
    'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    'http://here?key=x',
    `must be ${ENDPOINT}, not "http://here?[redacted]"`,
  ],
  [
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'grpc',
    `must be http/protobuf or http/json (no gRPC: take the receiver's port for HTTP, usually 4318), not "grpc"`,
  ],
  ['OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'zstd', 'must be none or gzip, not "zstd"'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '-1', `${MILLISECONDS(0)}, not "-1"`],
  ['OTEL_METRIC_EXPORT_INTERVAL', '0', `${MILLISECONDS(100)}, not "0"`],
  ['OTEL_METRIC_EXPORT_TIMEOUT', '1e3', `${MILLISECONDS(0)}, not "1e3"`],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'Bearer hunter2', `must be ${HEADER}`],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'Content-Type=text/plain', `must be ${HEADER}`],
  ['OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'a=b%0Ac', 'must be name=value with a value of printable ASCII'],
  ['OTEL_METRICS_EXPORTER', 'console', 'must be otlp, prometheus or none, not "console"'],
  ['OTEL_METRICS_EXPORTER', 'none,otlp', 'cannot hold none beside others'],
  ['OTEL_SDK_DISABLED', '1', 'must be true or false, not "1"'],
  ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta', 'must be cumulative, not "delta"'],
  [
    'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
    'none',
    'must be explicit_bucket_histogram or base2_exponential_bucket_histogram, not "none"',
  ],
  ['OTEL_METRICS_EXEMPLAR_FILTER', 'always_on', 'must be trace_based or always_off, not "always_on"'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'site', 'must be name=value without control characters, not "site"'],
  ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/tls/gone.pem', '/tls/gone.pem does not exist'],
  ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/tls/text.pem', '/tls/text.pem must hold a certificate in PEM form'],
];

for (const [name, value, message] of REFUSED) {
  test(`${name} cannot be ${value}`, () => {
    assert.equal(refusal({ ...HERE, [name]: value }), `${name}: ${message}`);
  });
}

test('a client certificate and its key come together and belong together', () => {
  const certificate = 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE';
  const key = 'OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY';
  assert.equal(
    refusal({ ...HERE, [certificate]: '/tls/agent.pem' }),
    `${certificate} and otlp.client_key: must be set together`,
  );
  assert.equal(
    refusal({ ...HERE, [certificate]: '/tls/agent.pem', [key]: '/tls/receiver-key.pem' }),
    `${key}: must hold the private key of the certificate in ${certificate}`,
  );
  assert.equal(
    refusal({ ...HERE, [certificate]: '/tls/agent.pem', [key]: '/tls/text.pem' }),
    `${key}: /tls/text.pem must hold an unencrypted private key in PEM form`,
  );
});

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http';
import type { IOtlpExportDelegate } from '@opentelemetry/otlp-exporter-base';
import { createOtlpHttpExportDelegate } from '@opentelemetry/otlp-exporter-base/node-http';
import {
  type IExportMetricsServiceResponse,
  type ISerializer,
  JsonMetricsSerializer,
  MetricsExporterMetricsHelper,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { formatDuration } from '../base/duration.ts';
import type { Log } from '../base/log.ts';
import { version } from '../base/version.ts';
import { OtlpReader, type OtlpReaderOptions } from '../telemetry/readers.ts';
import { NotOtlpError, readOtlpAnswer } from './otlp-answer.ts';
import { type ExportHealth, type ExportHealthOptions, exportFailure, watchExports } from './otlp-health.ts';
import type { OtlpExport } from './otlp-settings.ts';

/** ExportResultCode of @opentelemetry/core, which is not a direct dependency. */
const SUCCESS = 0;
const FAILED = 1;

type Serializer = ISerializer<ResourceMetrics, IExportMetricsServiceResponse>;

const ENCODINGS: Readonly<Record<OtlpExport['protocol'], { serializer: Serializer; contentType: string }>> = {
  'http/protobuf': { serializer: ProtobufMetricsSerializer, contentType: 'application/x-protobuf' },
  'http/json': { serializer: JsonMetricsSerializer, contentType: 'application/json' },
};

export interface OtlpOptions
  extends Pick<OtlpReaderOptions, 'metricProducers'>,
    Pick<ExportHealthOptions, 'onExport'> {
  readonly settings: OtlpExport;
  readonly log: Log;
}

/** The reader that sends all metrics to an OTLP receiver, while its provider runs. */
export function createOtlpReader({ settings, metricProducers, log, onExport }: OtlpOptions): OtlpReader {
  const { metricsEndpoint: url, interval, timeout } = settings;
  const exporter = createOtlpExporter(settings, watchExports({ url, interval, log, onExport }));
  return new OtlpReader({ exporter, interval, timeout, metricProducers });
}

/**
 * The exporter for one receiver, made of the packages' own parts: their ready-made exporter would read the
 * environment a second time, and would report rejected data points only to a logger of the whole process.
 */
export function createOtlpExporter(settings: OtlpExport, health: ExportHealth): PushMetricExporter {
  const { serializer, contentType } = ENCODINGS[settings.protocol];
  const connections = connectionsOf(settings);
  const isExponential = settings.histogramAggregation === 'base2_exponential_bucket_histogram';
  /** Why the answer to the export under way is none; there is one at a time. */
  let rubbish: NotOtlpError | undefined;
  const takeRubbish = () => {
    const taken = rubbish;
    rubbish = undefined;
    return taken;
  };
  const delegate = createOtlpHttpExportDelegate(
    {
      url: settings.metricsEndpoint,
      headers: async () => ({ ...settings.headers, 'Content-Type': contentType }),
      compression: settings.compression,
      timeoutMillis: settings.timeout,
      // While an export hangs, no other begins.
      concurrencyLimit: 1,
      agentFactory: () => connections,
      userAgent: `solar-otel-agent/${version}`,
    },
    {
      serializeRequest: serializer.serializeRequest,
      deserializeResponse(data) {
        try {
          const read = serializer.deserializeResponse.bind(serializer);
          health.answered(readOtlpAnswer(data, settings.protocol, read));
        } catch (error) {
          // The delegate would take the export for a success whatever is thrown here.
          rubbish = error instanceof NotOtlpError ? error : undefined;
          if (!rubbish) throw error;
        }
        return {};
      },
    },
    'otlp_http_metric_exporter',
    MetricsExporterMetricsHelper,
    undefined,
  );
  return new OTLPMetricExporterBase(bounded(delegate, connections, settings, { health, takeRubbish }), {
    temporalityPreference: AggregationTemporality.CUMULATIVE,
    aggregationPreference: (type) => ({
      type:
        isExponential && type === InstrumentType.HISTOGRAM
          ? AggregationType.EXPONENTIAL_HISTOGRAM
          : AggregationType.DEFAULT,
    }),
  });
}

function connectionsOf({
  metricsEndpoint,
  certificate,
  clientCertificate,
  clientKey,
}: OtlpExport): HttpAgent {
  if (!metricsEndpoint.startsWith('https:')) return new HttpAgent({ keepAlive: true });
  return new HttpsAgent({
    keepAlive: true,
    ...(certificate && { ca: certificate.content }),
    ...(clientCertificate && { cert: clientCertificate.content }),
    ...(clientKey && { key: clientKey.content }),
  });
}

/** The delegate's own time-out restarts with each byte; a receiver that sends its answer slowly would never reach it. */
function bounded(
  delegate: IOtlpExportDelegate<ResourceMetrics>,
  connections: HttpAgent,
  { timeout }: OtlpExport,
  { health, takeRubbish }: { readonly health: ExportHealth; readonly takeRubbish: () => Error | undefined },
): IOtlpExportDelegate<ResourceMetrics> {
  return {
    export(metrics, done) {
      let isLate = false;
      const deadline = setTimeout(() => {
        isLate = true;
        connections.destroy();
      }, timeout);
      delegate.export(metrics, (result) => {
        clearTimeout(deadline);
        const error = takeRubbish();
        if (error) health.failed(error.message);
        else if (result.code === SUCCESS) health.succeeded();
        else
          health.failed(isLate ? `no answer within ${formatDuration(timeout)}` : exportFailure(result.error));
        done(error ? { code: FAILED, error } : result);
      });
    },
    forceFlush: () => delegate.forceFlush(),
    async shutdown() {
      await delegate.shutdown();
      connections.destroy();
    },
    setMetrics: (metrics) => delegate.setMetrics(metrics),
  };
}
